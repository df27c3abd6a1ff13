# -*- coding: utf-8 -*-
"""Prints values that real software signed, one JSON object on each line.

    python make.py [SEED] > django-4.2.jsonl

Run it with the Python of an environment that has Django, and whatever of Django
REST framework's JWT packages, allauth, registration, Flask, Flask-Login,
itsdangerous and Starlette is to be covered: what is not there is left out. It
runs on Python 2.7 as well, for the Djangos of its time. The key is drawn from
the seed as internal/testkit does, so that no file here holds one. The clock is
stopped at 1700000000 (2023-11-14T22:13:20Z).
"""

from __future__ import print_function, unicode_literals

import base64
import hashlib
import json
import struct
import sys
import time

NOW = 1700000000
ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)"


def key(n):
    """Returns the n-th made-up key: internal/testkit.Key."""
    out, block, limit = "", 0, 256 // len(ALPHABET) * len(ALPHABET)
    while len(out) < 50:
        seed = b"djleaks test key" + struct.pack(">QI", n, block)
        for b in bytearray(hashlib.sha256(seed).digest()):
            if b < limit and len(out) < 50:
                out += ALPHABET[b % len(ALPHABET)]
        block += 1
    return out


SEED = int(sys.argv[1]) if len(sys.argv) > 1 else 1
SOFTWARE = []


def text(value):
    return value.decode("utf-8") if isinstance(value, bytes) else value


def emit(purpose, value, id, salt="", signed_at=NOW, note=""):
    row = {"id": SOFTWARE[0] + "/" + id, "seed": SEED, "purpose": purpose, "value": text(value)}
    if signed_at and purpose != "uncheckable":
        row["signed_at"] = signed_at
    if salt:
        row["salt"] = salt
    if note:
        row["note"] = note
    print(json.dumps(row, sort_keys=True))


SESSION = {
    "_auth_user_id": "7",
    "_auth_user_backend": "django.contrib.auth.backends.ModelBackend",
    "_auth_user_hash": "ab" * 32,
    "cart": [1, 2, 3],
}


APPS = ["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions", "django.contrib.messages"]


def has(package):
    try:
        import pkgutil

        return pkgutil.find_loader(package) is not None if sys.version_info < (3, 4) else __import__("importlib.util").util.find_spec(package) is not None
    except ImportError:
        return False


def configured():
    import django
    from django.conf import settings

    SOFTWARE.insert(0, "django-" + ".".join(str(n) for n in django.VERSION[:3]))
    settings.configure(
        SECRET_KEY=key(SEED),
        INSTALLED_APPS=APPS + [app for app in ("django.contrib.sites", "allauth", "allauth.account") if has("allauth")],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        SESSION_SERIALIZER="django.contrib.sessions.serializers.JSONSerializer",
        SESSION_ENGINE="django.contrib.sessions.backends.db",
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        MIDDLEWARE=["allauth.account.middleware.AccountMiddleware"] if has("allauth.account.middleware") else [],
        USE_TZ=True,
    )
    if hasattr(django, "setup"):
        django.setup()
    return django.VERSION[:3], settings


def sessions(version, settings):
    from django.contrib.sessions.backends import cached_db, db, file

    for name, backend in (("db", db), ("cached-db", cached_db), ("file", file)):
        emit("session-data", backend.SessionStore().encode(SESSION), "session-data-" + name, signed_at=None if version < (3, 1) else NOW)
    emit("session-data", db.SessionStore().encode({}), "session-data-empty", signed_at=None if version < (3, 1) else NOW)
    if version < (1, 4):
        return
    from django.contrib.sessions.backends import signed_cookies

    serializers = [("json", "django.contrib.sessions.serializers.JSONSerializer")]
    if version < (5, 0):
        serializers.append(("pickle", "django.contrib.sessions.serializers.PickleSerializer"))
    for name, serializer in serializers:
        settings.SESSION_SERIALIZER = serializer
        store = signed_cookies.SessionStore()
        store.update(SESSION)
        store.save()
        emit("session-cookie", store.session_key, "session-cookie-" + name)
        emit("session-data", db.SessionStore().encode(SESSION), "session-data-" + name, signed_at=None if version < (3, 1) else NOW)
    settings.SESSION_SERIALIZER = serializers[0][1]
    if (3, 1) <= version < (4, 0):
        settings.DEFAULT_HASHING_ALGORITHM = "sha1"
        emit("session-data", db.SessionStore().encode(SESSION), "session-data-sha1", signed_at=None)
        settings.DEFAULT_HASHING_ALGORITHM = "sha256"


def messages(version):
    from django.contrib.messages import constants
    from django.contrib.messages.storage.base import Message
    from django.contrib.messages.storage.cookie import CookieStorage
    from django.http import HttpRequest, HttpResponse

    at = None if version < (3, 1) else NOW
    for name, several in (("short", ["Saved."]), ("long", ["The article “%d” was changed; see it, or not." % n for n in range(9)])):
        storage = CookieStorage(HttpRequest())
        batch = [Message(constants.INFO, words) for words in several]
        emit("messages-cookie", storage._encode(batch), "messages-" + name, signed_at=at)
        response = HttpResponse()
        storage._update_cookie(storage._encode(batch), response)
        emit("messages-cookie", response.cookies["messages"].output(), "messages-header-" + name, signed_at=at)


def cookies():
    from django.http import HttpResponse

    for salt in ("", "xyz", "größe") if sys.version_info > (3,) else ("", "xyz"):
        response = HttpResponse()
        response.set_signed_cookie("tracking", "user-42", salt=salt)
        name = {"": "plain", "xyz": "salted", "größe": "umlaut"}[salt]
        emit("signed-cookie", response.cookies["tracking"].output(), "signed-cookie-" + name, salt=salt)
    response.set_signed_cookie("basket", '{"items": [1, 2], "note": "a; b"}')
    emit("signed-cookie", response.cookies["basket"].output(), "signed-cookie-json")


def signing(version):
    from django.core import signing

    emit("signing-dumps", signing.dumps({"foo": "bar"}), "dumps")
    emit("signing-dumps", signing.dumps(list(range(99)), compress=True), "dumps-compressed")
    emit("timestamp-signer", signing.dumps({"foo": "bar"}, salt="shop.invite"), "dumps-salted", salt="shop.invite")
    emit("signer", signing.Signer().sign("My string"), "signer", signed_at=None)
    emit("signer", signing.Signer(salt="shop.unsubscribe").sign("a:b:c"), "signer-salted", salt="shop.unsubscribe", signed_at=None)
    emit("signer", signing.Signer(sep="|").sign("a/b/c.pdf"), "signer-separator", signed_at=None)
    emit("timestamp-signer", signing.TimestampSigner().sign("hello"), "timestamp-signer")
    emit("timestamp-signer", signing.TimestampSigner(salt="shop.invite").sign("größe"), "timestamp-signer-salted", salt="shop.invite")
    if version >= (3, 2):
        emit("signer", signing.Signer().sign_object({"foo": "bar"}), "sign-object", signed_at=None)
    if version >= (3, 1):
        for algorithm in ("sha1", "md5", "sha384", "sha512"):
            emit("signer", signing.Signer(algorithm=algorithm).sign("My string"), "signer-" + algorithm, signed_at=None)
    emit("email-confirmation", "https://shop.example.com/accounts/confirm-email/%s/" % signing.dumps(7, salt="account"), "allauth-link")
    emit("registration", "https://shop.example.com/accounts/activate/%s/" % signing.dumps("ada", salt="registration"), "registration-link")


def uncheckable():
    from django.contrib.auth.models import User
    from django.contrib.auth.tokens import default_token_generator
    from django.contrib.sessions.backends.db import SessionStore
    from django.http import HttpRequest
    from django.middleware import csrf

    user = User(pk=7, username="ada", password="pbkdf2_sha256$1$c2FsdA$aGFzaA", email="ada@example.com")
    emit("uncheckable", default_token_generator.make_token(user), "reset-token", note="reset token")
    emit("uncheckable", "https://shop.example.com/reset/Nw/%s/" % default_token_generator.make_token(user), "reset-link", note="reset token")
    if hasattr(user, "get_session_auth_hash"):
        emit("uncheckable", user.get_session_auth_hash(), "session-auth-hash", note="row")
    SessionStore.exists = lambda store, session_key: False
    emit("uncheckable", "sessionid=" + SessionStore()._get_new_session_key(), "session-id", note="session id")
    if SOFTWARE[0] < "django-1.4":
        return
    request = HttpRequest()
    emit("uncheckable", "csrfmiddlewaretoken=" + csrf.get_token(request), "csrf-form", note="CSRF")
    emit("uncheckable", "Cookie: csrftoken=" + request.META["CSRF_COOKIE"], "csrf-cookie", note="CSRF")


def packages(version):
    """Values that packages make by themselves."""
    try:
        from allauth.account.models import EmailAddress, EmailConfirmationHMAC

        emit("email-confirmation", EmailConfirmationHMAC(EmailAddress(pk=7, email="ada@example.com")).key, "allauth-key")
    except ImportError:
        pass
    try:
        from django_registration.backends.activation.views import RegistrationView

        class User(object):
            USERNAME_FIELD = "username"
            username = "ada"

            def get_username(self):
                return self.username

        emit("registration", RegistrationView().get_activation_key(User()), "registration-key")
    except ImportError:
        pass


def json_web_tokens():
    try:
        from django.conf import settings
        from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

        import datetime

        at = datetime.datetime.fromtimestamp(NOW, datetime.timezone.utc)
        for kind in (AccessToken, RefreshToken):
            token = kind()
            token.set_iat(at_time=at)
            token["user_id"] = 7
            emit("jwt", str(token), "simplejwt-" + kind.__name__.lower())
        from rest_framework_simplejwt.backends import TokenBackend

        for algorithm in ("HS384", "HS512"):
            backend = TokenBackend(algorithm, settings.SECRET_KEY)
            emit("jwt", backend.encode({"user_id": 7, "iat": NOW}), "simplejwt-" + algorithm.lower())
    except ImportError:
        pass
    try:
        from rest_framework_jwt.settings import api_settings

        emit("jwt", api_settings.JWT_ENCODE_HANDLER({"user_id": 7, "orig_iat": NOW}), "drf-jwt")
    except ImportError:
        pass


def flask():
    try:
        import flask
    except ImportError:
        return
    try:
        from importlib.metadata import version

        SOFTWARE.insert(0, "flask-" + version("flask"))
    except ImportError:
        SOFTWARE.insert(0, "flask-" + flask.__version__)
    app = flask.Flask("shop")
    app.secret_key = key(SEED)
    interface = app.session_interface.get_signing_serializer(app)
    emit("flask-session", interface.dumps({"user_id": 7}), "session")
    emit("flask-session", "session=" + interface.dumps({"user_id": 7, "pad": "ab" * 200}), "session-compressed")
    emit("flask-session", interface.dumps({}), "session-empty")
    try:
        from flask_login.utils import encode_cookie

        with app.app_context():
            emit("flask-remember", "remember_token=" + encode_cookie("7"), "remember", signed_at=None)
    except ImportError:
        pass


def its_dangerous():
    try:
        import itsdangerous
    except ImportError:
        return
    try:
        from importlib.metadata import version

        SOFTWARE.insert(0, "itsdangerous-" + version("itsdangerous"))
    except ImportError:
        SOFTWARE.insert(0, "itsdangerous-" + itsdangerous.__version__)
    secret = key(SEED)
    emit("itsdangerous", itsdangerous.Signer(secret).sign(b"ada"), "signer", signed_at=None)
    emit("itsdangerous", itsdangerous.TimestampSigner(secret).sign(b"ada"), "timestamp-signer")
    emit("itsdangerous", itsdangerous.URLSafeSerializer(secret).dumps([1, 2]), "url-safe", signed_at=None)
    emit("itsdangerous", itsdangerous.URLSafeTimedSerializer(secret).dumps({"a": 1}), "url-safe-timed")
    salted = itsdangerous.URLSafeTimedSerializer(secret, salt="confirm")
    emit("itsdangerous", "https://shop.example.com/confirm/%s" % text(salted.dumps("ada@example.com")), "url-safe-timed-salted", salt="confirm")
    hmac = itsdangerous.URLSafeTimedSerializer(secret, salt="confirm", signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha512})
    emit("itsdangerous", hmac.dumps("ada@example.com"), "url-safe-timed-sha512", salt="confirm")
    emit("flask-csrf", itsdangerous.URLSafeTimedSerializer(secret, salt="wtf-csrf-token").dumps("ab" * 20), "wtf-csrf")
    if hasattr(itsdangerous, "TimedJSONWebSignatureSerializer"):
        emit("jwt", itsdangerous.TimedJSONWebSignatureSerializer(secret).dumps({"id": 7}), "jws")
    try:
        import starlette.middleware.sessions as sessions

        signer = sessions.SessionMiddleware(None, secret).signer
        emit("itsdangerous", b"session=" + signer.sign(base64.b64encode(b'{"user": "ada"}')), "starlette-session")
    except ImportError:
        pass


def main():
    time.time = lambda: NOW + 0.5
    version, settings = configured()
    sessions(version, settings)
    messages(version)
    if version >= (1, 4):
        cookies()
        signing(version)
        packages(version)
    uncheckable()
    json_web_tokens()
    flask()
    its_dangerous()


main()
