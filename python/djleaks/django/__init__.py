"""A Django app that compares the running keys with those that have leaked.

    INSTALLED_APPS += ["djleaks.django"]

`manage.py check --deploy` then fails if the key that the process runs with is
on the repository's leak list, and `manage.py djleaks_fingerprints` prints the
fingerprints of the running keys. Needs Django 4.2 or newer, and nothing else:
the djleaks program is not run.
"""
