"""resign_on_django.py RESIGN.PY: a user and a visitor have sessions, the key is
replaced without a fallback, the script signs the sessions again: the user is
still logged in, the visitor has their basket, and the old key opens nothing."""

import getpass
import importlib
import sys
import tempfile

import django
from django.conf import settings
from django.test.utils import override_settings

OLD, NEW = "old-" + "k3y" * 20, "new-" + "k3y" * 20  # made here, and secret nowhere
folder = tempfile.mkdtemp()
settings.configure(
    SECRET_KEY=OLD, INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"], USE_TZ=True,
    SESSION_FILE_PATH=folder, CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})
django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.http import HttpRequest  # noqa: E402

call_command("migrate", verbosity=0)
user = User.objects.create_user("ada", password="x")
text = open(sys.argv[1], encoding="utf-8").read()
getpass.getpass = lambda prompt: OLD


def visit(engine, key):
    request = HttpRequest()
    request.session = importlib.import_module(engine).SessionStore(key)
    return get_user(request), dict(request.session.items())


for name in ["db", "cached_db", "file"]:
    engine = "django.contrib.sessions.backends." + name
    with override_settings(SESSION_ENGINE=engine, SECRET_KEY=OLD):
        Store = importlib.import_module(engine).SessionStore
        member, visitor = Store(), Store()
        member.update({SESSION_KEY: str(user.pk), BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend", HASH_SESSION_KEY: user.get_session_auth_hash()})
        visitor["basket"] = [7]
        member.create()
        visitor.create()
    with override_settings(SESSION_ENGINE=engine, SECRET_KEY=NEW):
        if name != "cached_db":
            assert not visit(engine, member.session_key)[0].is_authenticated, f"{name}: logged in without the script"
    with override_settings(SESSION_ENGINE=engine, SECRET_KEY=OLD):
        # a visit with the wrong key drops what it cannot read: store it again
        member.save()
        visitor.save()
    with override_settings(SESSION_ENGINE=engine, SECRET_KEY=NEW):
        exec(compile(text, "resign.py", "exec"), {"__name__": "__main__"})
        assert visit(engine, member.session_key)[0] == user, f"{name}: the user is logged out"
        assert visit(engine, visitor.session_key)[1].get("basket") == [7], f"{name}: the basket is lost"
    print(f"Django {django.__version__}: {name}: nobody is logged out, and no fallback is set")
