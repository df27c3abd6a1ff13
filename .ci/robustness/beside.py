"""Audits and ranges while Git rewrites the repository below them.

beside.py FOLDER [ROUNDS]

In each round one of repack, gc, fetch, commit and pack-refs runs, and djleaks
beside it until it ends. Every key that was there when a run began is found, or
the run says what it could not read.
"""

import itertools
import pathlib
import subprocess
import sys

from made import ENV, Repository, Run, fingerprint, git, key, settings


class Site:
    def __init__(self, folder):
        # What is fetched is committed in another repository.
        self.upstream = Repository(folder / "upstream")
        for n in range(COMMITS):
            self.upstream.commit("site%d/settings.py" % (n % 40))
        self.folder = folder / "clone"
        git(folder, "clone", "-q", str(self.upstream.folder), str(self.folder))
        git(self.folder, "config", "gc.auto", "0")
        git(self.folder, "branch", "work")
        self.first = git(self.folder, "rev-list", "--max-parents=0", "HEAD")
        self.keys = set(self.upstream.keys)
        self.number = 100000

    def operation(self, kind):
        """Starts one and returns it with the keys that will be there after it."""
        words, new = kind, set()
        if kind == ["fetch"]:
            self.upstream.commit("site%d/settings.py" % (self.number % 7))
            new, words = {self.upstream.keys[-1]}, ["fetch", "-q", "--no-auto-gc"]
        if kind == ["commit"]:
            self.number += 1
            (self.folder / "own.py").write_text(settings(self.number))
            new, words = {fingerprint(key(self.number))}, ["commit", "-q", "-m", "own", "own.py"]
            git(self.folder, "add", "own.py")
        return subprocess.Popen(["git", "-C", str(self.folder), *words], env=ENV, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE), new


COMMITS = 120  # before the first round
KINDS = [["repack", "-adq"], ["commit"], ["fetch"], ["gc", "-q", "--prune=now"], ["commit"], ["repack", "-dq"], ["fetch"],
         ["pack-refs", "--all"], ["commit"], ["repack", "-adqf", "--write-bitmap-index"], ["multi-pack-index", "write"], ["prune-packed", "-q"]]


def main(folder, rounds="40"):
    site = Site(pathlib.Path(folder))
    failures, runs, honest = [], 0, 0
    for n, kind in zip(range(int(rounds)), itertools.cycle(KINDS)):
        # a range of all commits as they are now; without the oldest one
        commits = "%s..%s" % (site.first, git(site.folder, "rev-parse", "HEAD"))
        reachable = set(site.upstream.keys[1:COMMITS]) | {k for k in site.keys if k not in site.upstream.keys}
        running, new = site.operation(kind)
        over = False
        while not over:
            over = running.poll() is not None
            for words, expected in ((["audit", "."], site.keys), (["range", commits], reachable)):
                run = Run(words, site.folder)
                runs += 1
                wrong = run.wrong(expected)
                if wrong or run.code == 2:
                    failures.append("round %d, djleaks %s beside git %s: %s" % (n, words[0], " ".join(kind), wrong or run.stderr))
                elif not expected <= run.found():
                    honest += 1
        if running.wait() != 0:
            raise SystemExit("git %s: %s" % (kind, running.stderr.read().decode()))
        site.keys |= new
    print("beside: %d rounds, %d runs; %d said what they could not read" % (int(rounds), runs, honest))
    if failures:
        raise SystemExit("beside: %d of %d runs are wrong:\n%s" % (len(failures), runs, "\n".join(failures[:30])))


main(*sys.argv[1:])
