"""A build backend (PEP 517) that builds nothing.

djleaks is a Go program, and its wheels are made by release/build. Where none
fits, pip would otherwise end in the log of a failed build.
"""

import os
import re
import sys
import sysconfig


def _sentence():
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "pyproject.toml"), encoding="utf-8") as file:
        version = re.search(r'(?m)^version = "([^"]+)"$', file.read()).group(1)
    return (
        "djleaks {0} has no wheel for this platform ({1}), so install Go 1.24 or newer and run: "
        "go install github.com/djleaks/djleaks/cmd/djleaks@v{0}\n"
    ).format(version, sysconfig.get_platform())


def _refuse(*_args, **_kwargs):
    sys.stderr.write(_sentence())
    sys.exit(1)


get_requires_for_build_wheel = build_wheel = _refuse
get_requires_for_build_editable = build_editable = _refuse
get_requires_for_build_sdist = build_sdist = _refuse
