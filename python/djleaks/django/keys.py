"""The keys that a process runs with, by their fingerprints."""

import hashlib
from typing import Any, Iterator, NamedTuple


class RunningKey(NamedTuple):
    """A key of the settings. It does not hold the key itself."""

    setting: str  # "SECRET_KEY", "SECRET_KEY_FALLBACKS[0]"
    fingerprint: str  # 16 hexadecimal digits; empty if there is no key
    forgeable: str  # why everybody can use it to sign cookies; empty if nobody can


def fingerprint(key: "str | bytes") -> str:
    """Return what djleaks calls a key: the start of its SHA-256.

    It is the same as ``printf %s "$SECRET_KEY" | sha256sum | cut -c1-16``.
    """
    data = key if isinstance(key, bytes) else str(key).encode()
    return hashlib.sha256(data).hexdigest()[:16]


def running_keys(settings: Any) -> Iterator[RunningKey]:
    """Yield the secret key of the settings and its fallbacks, in order.

    Raises ImproperlyConfigured, as Django does, if the secret key is empty.
    """
    yield RunningKey("SECRET_KEY", fingerprint(settings.SECRET_KEY), "")
    fallbacks = getattr(settings, "SECRET_KEY_FALLBACKS", None) or []
    if isinstance(fallbacks, (str, bytes)):
        # Django takes each character for a key where settings.configure() let it pass.
        yield RunningKey("SECRET_KEY_FALLBACKS", "", "it is one string, and each of its characters counts as a key")
        return
    for n, key in enumerate(fallbacks):
        name = f"SECRET_KEY_FALLBACKS[{n}]"
        if key is None:
            # django.core.signing takes it for b"None".
            yield RunningKey(name, "", "it is None, which Django takes for the word")
        elif not key:
            yield RunningKey(name, "", "it is empty")
        else:
            yield RunningKey(name, fingerprint(key), "")
