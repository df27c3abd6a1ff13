"""Writes a history for `git fast-import` in which keys come, move, are copied, replaced and merged.

timeline_repository.py SEED | git fast-import
"""

import random
import string
import sys

dice = random.Random(int(sys.argv[1]))
COMMITS, PATHS = 300, [f"{d}/{n}" for d in ("shop", "src/shop", "site", "old") for n in ("settings.py", "local.py", "production.py")]
LETTERS = string.ascii_lowercase + string.digits + "!@#$%^&*(-_=+)"
KEYS = ["".join(dice.choice(LETTERS) for _ in range(50)) for _ in range(4)]


def change(tree):
    """One commit's change of a tree {path: text}."""
    tree = dict(tree)
    here = sorted(tree)
    kind = dice.choice(["write", "write", "edit", "move", "move", "copy", "drop"]) if here else "write"
    if kind == "write":
        tree[dice.choice(PATHS)] = f"DEBUG = {dice.random()}\nSECRET_KEY = '{dice.choice(KEYS)}'\n"
    elif kind == "edit":
        tree[dice.choice(here)] += f"# {dice.random()}\n"
    elif kind == "drop":
        del tree[dice.choice(here)]
    else:
        for path in dice.sample(here, min(len(here), dice.randint(1, 3))):
            text = tree[path] if kind == "copy" else tree.pop(path)
            tree[dice.choice(PATHS)] = text + dice.choice(["", "# moved\n"])
    return tree


def main():
    history, tips = [], [0]
    for n in range(COMMITS):
        first = dice.choice(tips)
        second = dice.choice(tips) if n % 5 == 4 else first
        tree = change(history[first - 1] if first else {})
        if second not in (first, 0):
            tree.update({p: t for p, t in history[second - 1].items() if dice.random() < 0.7})
        history.append(tree)
        tips = [*tips, n + 1][-4:]
        print(f"commit refs/heads/b{n}\nmark :{n + 1}\nauthor A <a@example.com> {1700000000 + 60 * n} +0000")
        print(f"committer A <a@example.com> {1700000000 + 60 * n} +0000\ndata 1\nc")
        if first:
            print(f"from :{first}")
        if second not in (first, 0):
            print(f"merge :{second}")
        print("deleteall")
        for path, text in sorted(tree.items()):
            print(f"M 100644 inline {path}\ndata {len(text)}\n{text}")
        print()


main()
