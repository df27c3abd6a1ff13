"""Where the djleaks program is. It is a native program; Python only finds it.

>>> import subprocess, djleaks
>>> subprocess.run([djleaks.find_binary(), "audit", "--exit-zero"])
"""

import os
import sys
import sysconfig
from typing import Iterator

__all__ = ["find_binary"]


def find_binary() -> str:
    """Return the absolute path of the djleaks program of this installation.

    Raises FileNotFoundError, which names the folders that were searched.
    """
    name = "djleaks.exe" if sys.platform == "win32" else "djleaks"
    folders = list(dict.fromkeys(_folders()))
    for folder in folders:
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            return path
    raise FileNotFoundError("{} is not in {}; install djleaks again, with its scripts".format(name, ", ".join(folders)))


def _folders() -> Iterator[str]:
    """Yield the folders in which an installer may have put the program.

    First those that belong to this very package: an interpreter can see
    several installations. Up to four levels above it, because installers use
    PREFIX/lib/python3.x/site-packages/djleaks and PREFIX/bin,
    PREFIX/Lib/site-packages and PREFIX/Scripts, and `pip install --target DIR`
    uses DIR/djleaks and DIR/bin.
    """
    scripts = ("Scripts", "bin") if sys.platform == "win32" else ("bin",)
    folder = os.path.dirname(os.path.abspath(__file__))
    for _ in range(4):
        folder = os.path.dirname(folder)
        for name in scripts:
            yield os.path.join(folder, name)
    yield sysconfig.get_path("scripts")
