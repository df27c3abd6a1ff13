"""A build backend (PEP 517) for a package that is nothing but its dependencies.

pre-commit and prek install a `language: python` hook with `pip install .` in a
clone of this repository; all that they are to find there is the version of
djleaks that the root's pyproject.toml pins. With setuptools instead the first
commit costs twice the time, and an index that has setuptools.
"""

import os
import re
import zipfile

WHEEL = "Wheel-Version: 1.0\nGenerator: djleaks pin\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def _metadata():
    """Read name, version and dependencies. tomllib came with Python 3.11 only."""
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    with open(os.path.join(root, "pyproject.toml"), encoding="utf-8") as file:
        name, version, pin = re.search(
            r'^name = "(.+)"\nversion = "(.+)"\ndependencies = \["(.+)"\]$', file.read(), re.M
        ).groups()
    text = "Metadata-Version: 2.1\nName: {}\nVersion: {}\nRequires-Dist: {}\n".format(name, version, pin)
    return "{}-{}".format(name.replace("-", "_"), version), text


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    name, metadata = _metadata()
    info = name + ".dist-info/"
    files = {info + "METADATA": metadata, info + "WHEEL": WHEEL}
    files[info + "RECORD"] = "".join(path + ",,\n" for path in [*files, info + "RECORD"])
    wheel = name + "-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(wheel_directory, wheel), "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return wheel
