"""blast.py DJLEAKS PYTHON DJANGO ROW...: what the audit says of each row, and
what a real Django does: a value forged with the key is taken, a new key refuses
it, and SECRET_KEY_FALLBACKS = [old key] takes it again where the audit says so."""

import json
import os
import subprocess
import sys
import tempfile

here = os.path.dirname(os.path.abspath(__file__))
djleaks, python, version, *rows = sys.argv[1:]
OLD, NEW = "old-" + "k3y" * 20, "new-" + "k3y" * 20  # made here, and secret nowhere
COOKIES = 'SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"\n'
USES = "from django.conf import settings\nK = settings.SECRET_KEY\n"
# What a repository with the row has, and the effect and feature that it must get.
REPOSITORIES = {
    "pickle": ({"s": COOKIES + 'SESSION_SERIALIZER = "django.contrib.sessions.serializers.PickleSerializer"\n'}, "code", "pickled"),
    "cookie-session": ({"s": COOKIES}, "identity", "signed-cookie sessions"),
    "db-session": ({}, "links", "sessions in the database"),
    "auth-hash": ({}, "links", "session auth hash"),
    "reset": ({"shop/views.py": "from django.contrib.auth.views import PasswordResetView\nfrom django.contrib.auth.models import User\nUser.objects.create(username='x')\n"},
              "identity", "password reset links"),
    "own-tokens": ({"shop/tokens.py": "from django.contrib.auth.tokens import PasswordResetTokenGenerator\n\n\nclass T(PasswordResetTokenGenerator):\n"
                    "    def _make_hash_value(self, user, timestamp):\n        return f'{user.pk}{timestamp}'\n"}, "identity", "own token generator"),
    "messages": ({}, "links", "messages cookie"),
    "signed-cookie": ({"shop/views.py": "def v(r):\n    return r.get_signed_cookie('remember_user')\n"}, "identity", "signed cookie"),
    "signing": ({"shop/views.py": "from django.core import signing\nX = signing.loads(t, salt='news')\n"}, "links", "own signatures"),
    "salted-hmac": ({"shop/models.py": "from django.utils.crypto import salted_hmac\nX = salted_hmac('keys', 'x')\n"}, "data", "stored signatures"),
    "simplejwt": ({"apps": "rest_framework_simplejwt"}, "identity", "Simple JWT"),
    "django-q": ({"apps": "django_q"}, "code", "django-q"),
    "fernet": ({"shop/box.py": "from cryptography.fernet import Fernet\n" + USES + "box = Fernet(K)\n"}, "data", "own encryption"),
    "mirage": ({"shop/models.py": "from mirage import fields\nFERNET = fields\n"}, "data", "mirage"),
    "hashids": ({"shop/ids.py": "from hashids import Hashids\nfrom django.conf import settings\nH = Hashids(salt=settings.SECRET_KEY)\n"}, "links", "hashids"),
    "itsdangerous": ({"shop/t.py": "from itsdangerous import URLSafeTimedSerializer\nfrom django.conf import settings\nS = URLSafeTimedSerializer(settings.SECRET_KEY)\n"},
                     "links", "itsdangerous"),
}


def said(row):
    """The effect and the answer about fallbacks that an audit gives."""
    files, effect, feature = REPOSITORIES[row]
    files = dict(files)
    apps = ["django.contrib.auth", "django.contrib.sessions", "django.contrib.messages"] + ([files.pop("apps")] if "apps" in files else [])
    leaked = subprocess.run([djleaks, "key", "new"], check=True, capture_output=True, text=True).stdout.strip()
    text = f"INSTALLED_APPS = {apps!r}\n" + files.pop("s", "") + f'SECRET_KEY = "{leaked}"\n'
    files |= {"mysite/settings.py": text, "requirements.txt": f"Django=={version}\n"}
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
            with open(os.path.join(folder, name), "w") as file:
                file.write(content)
        for words in ["init -q", "add .", "-c user.name=a -c user.email=a@b commit -qm x"]:
            subprocess.run(["git", *words.split()], cwd=folder, check=True)
        report = json.loads(subprocess.run([djleaks, "audit", folder, "--format", "json", "--exit-zero"], check=True, capture_output=True).stdout)
    found = [e for e in report["keys"][0]["blast_radius"] if feature in e["feature"]]
    assert len(found) == 1, f"{row}: the audit says {found}"
    assert found[0]["effect"] == effect, f"{row}: the audit says {found[0]['effect']}"
    return found[0]["fallbacks"]


def run(mode, row, key, fallbacks="", *more):
    with tempfile.TemporaryDirectory() as folder:
        env = dict(os.environ, KEY=key, FALLBACKS=fallbacks, PROOF=os.path.join(folder, "proof"))
        return subprocess.run([python, os.path.join(here, "blast_on_django.py"), mode, row, *more], env=env, capture_output=True, text=True)


for row in rows:
    made = run("make", row, OLD)
    assert made.returncode == 0, f"{row}: {made.stderr[-600:]}"
    value = made.stdout.strip().splitlines()[-1]
    taken = lambda key, fallbacks="": run("check", row, key, fallbacks, value).returncode == 0  # noqa: E731
    assert taken(OLD), f"{row}: what is made with the key is not taken"
    assert not taken(NEW), f"{row}: a new key takes what the old one made"
    helps = "yes" if taken(NEW, OLD) else "no"
    answer = said(row)
    assert answer == helps, f"{row}: fallbacks help: {helps}; the audit says {answer}"
    print(f"Django {version}: {row}: forged, dead after the rotation, fallbacks help: {helps}")
