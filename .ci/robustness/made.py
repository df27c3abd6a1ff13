"""Repositories with known keys, for .ci/interop-robustness.

A key is drawn from a seed, so that a failure can be had again. Nothing here
prints one: keys are named by fingerprint.
"""

import hashlib
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys

ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)"
DJLEAKS = shutil.which("djleaks") or sys.exit("djleaks is not on PATH")
GIT_ENV = {
    "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com", "GIT_AUTHOR_DATE": "2024-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.com", "GIT_COMMITTER_DATE": "2024-01-01T00:00:00Z",
}
ENV = {**{k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "CI", "GITHUB_"))}, **GIT_ENV}


def git(folder, *words, check=True, env=None):
    done = subprocess.run(["git", "-C", str(folder), *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**ENV, **(env or {})})
    if check and done.returncode != 0:
        raise SystemExit("git %s: %s" % (" ".join(words), done.stderr.decode(errors="replace")))
    return done.stdout.decode().strip()


def key(number):
    draw = random.Random(number)
    return "django-insecure-" + "".join(draw.choice(ALPHABET) for _ in range(50))


def fingerprint(text):
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def settings(number, lines=60):
    """A settings module with a key of its own, most of it as in all the others."""
    body = ["INSTALLED_APPS = ["] + ["    'site.apps.app%d'," % n for n in range(lines)] + ["]", "TIMEOUT = %d" % number]
    return "import os\nDEBUG = False\nSECRET_KEY = '%s'\n%s\n" % (key(number), "\n".join(body))


class Repository:
    """A work tree in which every commit brings a key."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.keys = []  # fingerprints, in the order in which they were committed
        self.next = 1
        self.folder.mkdir(parents=True)
        git(self.folder, "init", "-q", "-b", "main")

    def write(self, name):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(settings(self.next))
        made = fingerprint(key(self.next))
        self.next += 1
        git(self.folder, "add", name)
        return made

    def commit(self, name, message=None):
        self.keys.append(self.write(name))
        git(self.folder, "commit", "-q", "-m", message or "change %s" % name)
        return git(self.folder, "rev-parse", "HEAD")


class Run:
    """One run of djleaks with a JSON report."""

    def __init__(self, words, folder, timeout=60, **more):
        self.words = words
        done = subprocess.run([DJLEAKS, *words, "--format", "json"], cwd=folder, env=ENV, timeout=timeout,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)
        self.code, self.stderr = done.returncode, done.stderr.decode(errors="replace")
        self.out = done.stdout.decode(errors="replace")
        try:
            self.report = json.loads(self.out)
        except ValueError:
            self.report = None

    def found(self):
        return {k["fingerprint"] for k in self.report["keys"]} if self.report else set()

    def wrong(self, expected):
        """What is wrong with this run, when these keys were there; empty if nothing is."""
        if "panic:" in self.stderr or "goroutine " in self.stderr or "internal error" in self.stderr:
            return "it panics: %s" % self.stderr[:600]
        if self.code == 2:
            # Not taken for a repository, a revision or an index: that does not say clean.
            return "" if self.stderr.strip() and self.report is None else "exit 2 without a word"
        if self.code not in (0, 1, 3):
            return "exit %d: %s" % (self.code, self.stderr[:600])
        if self.report is None:
            return "" if self.code == 3 and self.stderr.strip() else "exit %d without a report: %s" % (self.code, self.stderr[:600])
        missed = set(expected) - self.found()
        complete = self.report["coverage"]["complete"]
        if missed and complete:
            return "exit %d and complete, and %d of %d keys are not in the report" % (self.code, len(missed), len(expected))
        if not complete and not self.report["coverage"]["skipped"]:
            return "incomplete, and nothing says what was not read"
        if self.code == 0 and (missed or not complete):
            return "exit 0, and it is not complete"
        if self.code == 3 and complete:
            return "exit 3 of a complete scan"
        return ""
