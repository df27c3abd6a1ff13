# python manage.py shell < resign.py      with the site stopped and the NEW key set
import getpass
import importlib

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.core import signing

engine = importlib.import_module(settings.SESSION_ENGINE)
Store = engine.SessionStore
SALT = "django.contrib.sessions." + Store.__qualname__
serializer = Store().serializer
old_key = getpass.getpass("old SECRET_KEY: ")
kept = dropped = 0


def signed_again(text):
    """The stored session under the new key; None if the old key did not sign it."""
    try:
        data = signing.loads(text, key=old_key, salt=SALT, serializer=serializer, fallback_keys=[])
    except TypeError:  # Django before 4.1
        data = signing.loads(text, key=old_key, salt=SALT, serializer=serializer)
    except signing.BadSignature:
        return None
    if SESSION_KEY in data:
        user = get_user_model()._default_manager.filter(pk=data[SESSION_KEY]).first()
        if user is None:
            return None
        data[HASH_SESSION_KEY] = user.get_session_auth_hash()
    return Store().encode(data)


if settings.SESSION_ENGINE.endswith(".file"):
    import glob
    import os

    folder, prefix = Store._get_storage_path(), settings.SESSION_COOKIE_NAME
    for name in glob.glob(os.path.join(folder, prefix + "*")):
        with open(name, encoding="ascii") as file:
            text = signed_again(file.read())
        if text is None:
            os.remove(name)
            dropped += 1
            continue
        with open(name, "w", encoding="ascii") as file:
            file.write(text)
        kept += 1
else:
    from django.contrib.sessions.models import Session

    for row in Session.objects.all().iterator():
        text = signed_again(row.session_data)
        if text is None:
            row.delete()
            dropped += 1
            continue
        row.session_data = text
        row.save(update_fields=["session_data"])
        kept += 1
    if settings.SESSION_ENGINE.endswith(".cached_db"):
        from django.core.cache import caches

        caches[settings.SESSION_CACHE_ALIAS].clear()

print(kept, "sessions kept,", dropped, "dropped")
