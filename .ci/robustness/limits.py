"""Runs where the system gives little.

limits.py FOLDER

Few file descriptors: everything is found all the same. A disk that is full, or
a file that may not grow: the exit code and the words say so and name the file,
what was there before is there whole, and no temporary file is left.
"""

import hashlib
import os
import pathlib
import resource
import shutil
import subprocess
import sys

from made import DJLEAKS, ENV, Repository, Run, git

failures = []
runs = 0


def expect(true, what):
    if not true:
        failures.append(what)


def descriptors(folder):
    """32 descriptors, and more packs and folders of loose objects than that."""
    r = Repository(folder / "many")
    first = None
    for n in range(60):
        commit = r.commit("site%d/settings.py" % (n % 5))
        first = first or commit
        if n < 50:
            git(r.folder, "repack", "-dq")
    packs = list((r.folder / ".git/objects/pack").glob("*.pack"))
    assert len(packs) == 50, len(packs)
    git(folder, "clone", "-q", "--shared", str(r.folder), str(folder / "shared"))
    for where in (r.folder, folder / "shared"):
        for words, expected in ((["audit", "."], r.keys), (["range", first + "..HEAD"], r.keys[1:])):
            run = Run(words, where, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32)))
            expect(run.code == 1 and set(expected) <= run.found() and run.report["coverage"]["complete"],
                   "32 descriptors, djleaks %s: exit %d: %s" % (words[0], run.code, run.stderr or run.wrong(expected)))


def content(folder):
    """Every file below a folder but Git's objects, and what is in it."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "objects" not in path.parts:
            found[str(path.relative_to(folder))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


# What is written, and the file that an error names. Without a cache a scan is
# worth what it is with one: that is a note.
REPORTS = [
    ("audit . --output ../out/report", "report"),
    ("audit . --report html=../out/report", "report"),
    ("audit . --report json=../out/report --report sarif=../out/other", "report"),
    ("audit . --write-baseline ../out/report --reason all", "report"),
    ("audit . --write-leak-list ../out/report", "report"),
    ("range HEAD~1..HEAD --output ../out/report", "report"),
    ("files . --output ../out/report", "report"),
    ("audit . --cache ../out", "cache"),
    ("purge-kit {key} --output ../out/kit", "kit"),
]
TREE = [
    ("fix --write", ".py"),
    ("accept {key} --reason old", ".djleaks.toml"),
    ("hook install", "pre-commit"),
]


def full(how, folder, writers, start):
    """Writers on a disk that takes nothing more. start is what subprocess is told."""
    global runs
    out, tree = folder / "out", folder / "tree"
    for words, named in writers:
        for before in (b"", b"[]\n", None):
            if before is not None and "../out/report" not in words:
                continue
            if before == b"[]\n" and "--write-" in words:
                continue  # is read first, and is neither a baseline nor a list
            report = out / "report"
            for path in out.iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            if before is not None:
                report.write_bytes(before)
            fill(out)
            was = content(out), content(tree)
            done = subprocess.run([DJLEAKS, *words.format(key=KEY).split()], cwd=tree, env=ENV, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **start)
            runs += 1
            told = (done.stderr + done.stdout).decode(errors="replace")
            what = "%s, djleaks %s" % (how, words)
            if "--cache" in words:
                # a folder in which nothing can be made is a mistake in the words
                expect(done.returncode in (1, 2) and "cache" in told, "%s: exit %d: %s" % (what, done.returncode, told[-400:]))
            else:
                expect(done.returncode in (2, 3), "%s: exit %d: %s" % (what, done.returncode, told[-400:]))
                expect(named in done.stderr.decode(errors="replace"), "%s: the file is not named: %s" % (what, done.stderr.decode()[-400:]))
            expect("panic" not in told and "SIGXFSZ" not in told, "%s: %s" % (what, told[:400]))
            now = content(out), content(tree)
            expect(now == was, "%s: there are %s, and were %s" % (what, sorted(set(now[0].items()) ^ set(was[0].items())), len(was[0])))


def fill(folder):
    """Takes what is left of a small file system; elsewhere nothing."""
    place = os.statvfs(folder)
    if place.f_blocks * place.f_frsize > 1 << 20:
        return
    with open(folder / "fill", "wb", buffering=0) as f:
        try:
            while True:
                f.write(b"\0" * 512)
        except OSError:
            pass


def main(folder):
    global KEY
    folder = pathlib.Path(folder)
    descriptors(folder)
    r = Repository(folder / "tree")
    r.commit("readme.py")
    r.commit("settings.py")
    KEY = r.keys[1]
    (folder / "out").mkdir()
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    full("no byte may be written", folder, REPORTS + TREE, {"preexec_fn": limit})
    # /dev/full, in place of files and of standard output
    for words in ("audit . --output /dev/full", "audit . --report json=/dev/full", "audit .", "audit . --format json", "files .", "rules", "key new", "fix"):
        with open("/dev/full", "wb") as nowhere:
            done = subprocess.run([DJLEAKS, *words.split()], cwd=r.folder, env=ENV, stdout=nowhere, stderr=subprocess.PIPE)
        expect(done.returncode == 3 and b"no space left" in done.stderr, "djleaks %s > /dev/full: exit %d: %s" % (words, done.returncode, done.stderr))
    mounted = 0
    if os.geteuid() == 0:
        where = folder / "out"
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(where)], stderr=subprocess.DEVNULL).returncode == 0
    if mounted:
        try:
            full("a full disk", folder, REPORTS, {})
        finally:
            subprocess.run(["umount", str(where)], check=True)
    print("limits: 32 descriptors for 50 packs; %d writers on full disks%s" % (runs, "" if mounted else " (no small file system could be mounted)"))
    if failures:
        raise SystemExit("limits: %d are wrong:\n%s" % (len(failures), "\n".join(failures[:40])))


main(*sys.argv[1:])
