"""What `manage.py check --deploy` says of the running keys.

Django's own checks W009 and W025 look at a key's length and prefix: a leaked
key passes them.
"""

# mypy: disable-error-code="import-untyped,import-not-found,misc"

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured

from djleaks.django import leaklist
from djleaks.django.keys import RunningKey, running_keys

WRITE = f"Write it with `djleaks audit --write-leak-list {leaklist.NAME}` at the top of the repository, and commit it."
ROTATE = (
    "Whoever has read the repository can sign what this site trusts. Rotate: a new key from `djleaks key new` for every "
    "process, and the old one nowhere, not in SECRET_KEY_FALLBACKS either."
)


@register(Tags.security, deploy=True)  # type: ignore[untyped-decorator, unused-ignore]
def check_keys(**kwargs: Any) -> list[CheckMessage]:
    """Compare the running keys with the leak list."""
    try:
        keys = list(running_keys(settings))
    except ImproperlyConfigured:
        return []  # an empty SECRET_KEY: Django's own W009 says so
    leaked, problems = _leaked()
    for key in keys:
        problem = _problem(key, leaked)
        if problem:
            problems.append(problem)
    return problems


def _leaked() -> tuple[frozenset[str], list[CheckMessage]]:
    path = leaklist.find(settings)
    if path is None:
        return frozenset(), [
            Warning(
                f"There is no list of leaked keys ({leaklist.NAME}), so nobody has checked whether the running key is one.",
                hint=WRITE + " If it is in another folder, name it in the setting DJLEAKS_LEAK_LIST.",
                id="djleaks.W001",
            )
        ]
    try:
        return leaklist.read(path), []
    except OSError as error:
        why = error.strerror or type(error).__name__
    except leaklist.NotALeakList as error:
        why = str(error)
    return frozenset(), [Error(f"The list of leaked keys {path} cannot be used: {why}.", hint=WRITE, id="djleaks.E004")]


def _problem(key: RunningKey, leaked: frozenset[str]) -> CheckMessage | None:
    if key.forgeable:
        return Error(
            f"{key.setting}: {key.forgeable}. Everybody can sign cookies that this site accepts.",
            hint='Leave such entries out: [k for k in os.environ.get("DJANGO_SECRET_KEY_FALLBACKS", "").split(",") if k]',
            id="djleaks.E003",
        )
    if key.fingerprint not in leaked:
        return None
    if key.setting == "SECRET_KEY":
        return Error(
            f"The running SECRET_KEY (fingerprint {key.fingerprint}) has leaked: it is on the repository's leak list.",
            hint=ROTATE,
            id="djleaks.E001",
        )
    return Error(
        f"{key.setting} (fingerprint {key.fingerprint}) has leaked, and what is forged with it is accepted.",
        hint="Take it out of SECRET_KEY_FALLBACKS: a rotation to a list with the leaked key in it protects nobody.",
        id="djleaks.E002",
    )
