"""Damages each kind of file in a git directory at every 64th of its length.

faults.py FOLDER [SEED]

A run may find every key, or say what it did not read. It may not panic, and
may not call complete what misses a key.
"""

import pathlib
import random
import sys

from made import Repository, Run, git

STEPS = 64


def make(folder):
    r = Repository(folder)
    first = None
    for n in range(12):
        commit = r.commit("site%d/settings.py" % (n % 3))
        first = first or commit
    git(folder, "tag", "-a", "-m", "the first", "v1")
    git(folder, "repack", "-adq", "--write-bitmap-index")
    for n in range(8):
        r.commit("site%d/settings.py" % (n % 3))
    git(folder, "branch", "other", "HEAD~3")
    git(folder, "repack", "-dq")
    git(folder, "multi-pack-index", "write")
    git(folder, "commit-graph", "write", "--reachable", "--changed-paths")
    git(folder, "pack-refs", "--all")
    r.commit("site0/settings.py")
    r.commit("loose/settings.py")
    r.staged = r.write("staged/settings.py")
    r.first = first
    return r


def loose(r, what):
    name = git(r.folder, "rev-parse", what)
    return r.folder / ".git/objects" / name[:2] / name[2:]


def targets(r):
    git_dir = r.folder / ".git"
    packs = sorted((git_dir / "objects/pack").glob("*.pack"), key=lambda p: p.stat().st_size)
    assert len(packs) == 2, packs
    for name, pack in zip(("small pack", "large pack"), packs):
        yield name, pack
        yield name + "'s index", pack.with_suffix(".idx")
    for pack in packs:
        for other in (".rev", ".bitmap"):
            if pack.with_suffix(other).exists():
                yield other[1:], pack.with_suffix(other)
    yield "multi-pack-index", git_dir / "objects/pack/multi-pack-index"
    yield "commit-graph", git_dir / "objects/info/commit-graph"
    yield "packed-refs", git_dir / "packed-refs"
    yield "index", git_dir / "index"
    yield "loose blob", loose(r, "HEAD:loose/settings.py")
    yield "loose tree", loose(r, "HEAD^{tree}")
    yield "loose commit", loose(r, "HEAD")
    yield "loose staged blob", loose(r, ":staged/settings.py")


def damages(data, draw):
    """Each damaged form of a file, with a word for it."""
    for n in range(STEPS):
        at = len(data) * n // STEPS
        yield "cut at %d of %d bytes" % (at, len(data)), data[:at]
        bit = 1 << draw.randrange(8)
        yield "byte %d of %d flipped by %#x" % (at, len(data), bit), data[:at] + bytes([data[at] ^ bit]) + data[at + 1:]


def commands(r, name):
    head = git(r.folder, "rev-parse", "HEAD")
    if "index" == name or "staged" in name:
        yield ["staged"], [r.staged]
    if name != "index":
        # staged keys are not in the history, and audit tells them as never committed
        yield ["audit", "."], r.keys
        yield ["range", "%s..%s" % (r.first, head)], r.keys[1:]


def main(folder, seed="1"):
    draw = random.Random(int(seed))
    r = make(pathlib.Path(folder))
    for words in (["audit", "."], ["range", r.first + "..HEAD"]):
        run = Run(words, folder)
        assert run.code == 1 and set(r.keys[1:]) <= run.found() and run.report["coverage"]["complete"], (words, run.code, run.stderr)
    failures, runs, whole, honest = [], 0, 0, 0
    for name, path in targets(r):
        data = path.read_bytes()
        path.chmod(0o644)
        todo = list(commands(r, name))
        for how, damaged in damages(data, draw):
            path.write_bytes(damaged)
            for words, expected in todo:
                run = Run(words, folder)
                runs += 1
                wrong = run.wrong(expected)
                if wrong:
                    failures.append("%s, %s: djleaks %s: %s" % (name, how, words[0], wrong))
                elif run.report and set(expected) <= run.found():
                    whole += 1
                else:
                    honest += 1
        path.write_bytes(data)
    print("faults (seed %s): %d runs; %d found every key, %d said what they did not read" % (seed, runs, whole, honest))
    if failures:
        raise SystemExit("faults: %d of %d runs are wrong:\n%s" % (len(failures), runs, "\n".join(failures[:60])))


main(*sys.argv[1:])
