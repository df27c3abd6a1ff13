"""The list of leaked keys that `djleaks audit --write-leak-list` writes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Iterator

NAME = "djleaks-leaked.txt"
HEADER = "# djleaks leak list 1"
FINGERPRINT = re.compile("[0-9a-f]{16}")


class NotALeakList(ValueError):
    """A file that is not a leak list of djleaks. The message does not quote it."""


def find(settings: Any) -> Path | None:
    """Return the list of a project, or None.

    It is DJLEAKS_LEAK_LIST, or djleaks-leaked.txt in BASE_DIR, in the folder of
    the settings module or one above it, or in the current folder. A list that
    DJLEAKS_LEAK_LIST names is returned whether it is there or not.
    """
    named = getattr(settings, "DJLEAKS_LEAK_LIST", None)
    if named:
        return Path(named)
    for folder in _folders(settings):
        if (folder / NAME).is_file():
            return folder / NAME
    return None


def _folders(settings: Any) -> Iterator[Path]:
    base = getattr(settings, "BASE_DIR", None)
    if base:
        yield Path(base)
        yield Path(base).parent
    module = getattr(settings, "SETTINGS_MODULE", None)
    if module:
        import importlib

        file = getattr(importlib.import_module(module), "__file__", None)
        if file:
            # mysite/mysite/settings/production.py: the repository may begin at any of them.
            yield from list(Path(file).resolve().parents)[:4]
    yield Path.cwd()


def read(path: Path) -> frozenset[str]:
    """Return the fingerprints in a list. Raises OSError and NotALeakList."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise NotALeakList("it is not text in UTF-8") from error
    if not lines or lines[0].rstrip() != HEADER:
        raise NotALeakList(f"its first line is not {HEADER!r}")
    out = set()
    for number, line in enumerate(lines, 1):
        word = line.split("#", 1)[0].strip()
        if word and not FINGERPRINT.fullmatch(word):
            raise NotALeakList(f"line {number} is not a fingerprint of 16 hexadecimal digits")
        if word:
            out.add(word)
    return frozenset(out)
