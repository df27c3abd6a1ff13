"""Runs the djleaks program: python -m djleaks."""

import os
import subprocess
import sys
from typing import NoReturn

from djleaks import find_binary

# What djleaks itself ends with when nothing could be examined.
INCOMPLETE = 3


def main() -> NoReturn:
    try:
        program = find_binary()
        command = [program] + sys.argv[1:]
        if sys.platform == "win32":
            sys.exit(_run(command))
        sys.stdout.flush()
        os.execv(program, command)
    except FileNotFoundError as error:
        _fail(str(error))
    except PermissionError as error:
        _fail(f"{error.filename or program} may not be run: {error.strerror}")
    except OSError as error:  # ENOEXEC, and its kin on Windows
        _fail(
            f"{program} does not run on this machine: {error.strerror}; "
            "install the wheel for it: pip install --force-reinstall djleaks"
        )


def _run(command: "list[str]") -> int:
    """Run a command and return its exit code. Windows cannot replace a process."""
    with subprocess.Popen(command) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                pass  # the program got it too, and says what it has not read


def _fail(what: str) -> NoReturn:
    sys.stderr.write(f"djleaks: {what}\n")
    sys.exit(INCOMPLETE)


if __name__ == "__main__":
    main()
