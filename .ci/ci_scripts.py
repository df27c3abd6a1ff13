"""Takes the shell out of the CI examples: ci_scripts.py REPOSITORY FOLDER.

Each script becomes a file of its own in FOLDER, named after its example, as the
CI system would hand it to a shell.
"""
import pathlib
import re
import sys
import textwrap

import yaml

SCRIPT_KEYS = ("run", "script", "command", "commands")


def scripts(node):
    """Yields the text of every script in a parsed file, in order."""
    if isinstance(node, list):
        for item in node:
            yield from scripts(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            lines = isinstance(value, list) and all(isinstance(v, str) for v in value)
            if key in SCRIPT_KEYS and (isinstance(value, str) or lines):
                yield value if isinstance(value, str) else "\n".join(value)
            else:
                yield from scripts(value)


def main(repository, folder):
    root, out = pathlib.Path(repository), pathlib.Path(folder)
    out.mkdir(parents=True)
    for path in [root / "action.yml", root / "templates" / "djleaks.yml", *sorted((root / "docs" / "ci").iterdir())]:
        text = path.read_text()
        if path.name == "Jenkinsfile":
            found = re.findall(r"sh '''(.*?)'''", text, re.S)
        elif path.suffix == ".yml":
            # one anchor may be used several times
            found = list(dict.fromkeys(scripts(list(yaml.safe_load_all(text)))))
        else:
            continue
        if any("${{" in script for script in found):
            sys.exit(f"{path.name}: a value is pasted into a script")
        for n, script in enumerate(found):
            name = path.stem if len(found) == 1 else f"{path.stem}-{n}"
            (out / name).write_text(textwrap.dedent(script).strip() + "\n")


main(*sys.argv[1:])
