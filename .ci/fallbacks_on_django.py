"""Two ways of filling SECRET_KEY_FALLBACKS that let anybody sign cookies.

Run on a real Django (4.1 or later): with each of them a cookie that was signed
without knowing the secret key is accepted; with the careful way it is not.
"""

import os

import django
from django.conf import settings
from django.core import signing
from django.http import HttpRequest

SECRET = "".join(chr(97 + i % 26) for i in range(50))  # stands for the key nobody outside knows


def accepted(fallbacks, public_key):
    """Is a cookie that is signed with a public key taken for a real one?"""
    settings.SECRET_KEY_FALLBACKS = fallbacks
    forged = signing.TimestampSigner(key=b"django.http.cookies" + public_key, salt="session").sign("admin")
    request = HttpRequest()
    request.COOKIES["session"] = forged
    try:
        return request.get_signed_cookie("session") == "admin"
    except signing.BadSignature:
        return False


def main():
    if django.VERSION < (4, 1):
        raise SystemExit("Django %s has no SECRET_KEY_FALLBACKS" % django.get_version())
    os.environ.pop("OLD_KEYS", None)
    settings.configure(SECRET_KEY=SECRET)
    django.setup()
    cases = [
        ("os.environ.get(…, '').split(',')", os.environ.get("OLD_KEYS", "").split(","), b"", True),
        ("[os.environ.get(…)]", [os.environ.get("OLD_KEYS")], b"None", True),
        ("[k for k in ….split(',') if k]", [k for k in os.environ.get("OLD_KEYS", "").split(",") if k], b"", False),
        ("[]", [], b"None", False),
    ]
    for words, fallbacks, key, want in cases:
        got = accepted(fallbacks, key)
        print("Django %s, %s: a forged cookie is %s" % (django.get_version(), words, "accepted" if got else "refused"))
        if got != want:
            raise SystemExit("expected the opposite")


main()
