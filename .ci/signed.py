"""Puts signed values to `djleaks key match`: signed.py ROOT VALUES FOLDER SEED.

VALUES is what ROOT/testdata/signed/make.py printed with SEED. In a repository
that once held the key, every value must be recognised; in one with another key,
none.
"""

import json
import pathlib
import subprocess
import sys


def key(root, n):
    """The key of a seed, as make.py itself makes it."""
    source = (root / "testdata" / "signed" / "make.py").read_text(encoding="utf-8").split("\nSEED =")[0]
    names = {"__name__": "make"}
    exec(source, names)
    return names["key"](n)


def repository(folder, secret, salts):
    """One whose key was taken out, and whose code at HEAD names the salts."""
    folder.mkdir(parents=True)

    def git(*words):
        subprocess.run(["git", "-C", str(folder), *words], check=True)

    git("init", "-q")
    for text in ("SECRET_KEY = %r\n" % secret, "import os\nSECRET_KEY = os.environ['KEY']\n"):
        (folder / "settings.py").write_text(text)
        (folder / "views.py").write_text("".join("signing.Signer(salt=%r)\n" % salt for salt in salts), encoding="utf-8")
        git("add", ".")
        git("commit", "-q", "-m", "a change")
    return folder


def match(folder, value):
    done = subprocess.run(
        ["djleaks", "key", "match", str(folder), "--format", "json"], input=value.encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    if done.stderr:
        raise SystemExit("signed.py: %s" % done.stderr.decode())
    return done.returncode, json.loads(done.stdout)


def check(row, ours, other):
    """Says what is wrong with the answers for one value, or None."""
    code, answer = match(ours, row["value"])
    if row["purpose"] == "uncheckable":
        if code != 3 or row["note"] not in "; ".join(answer["reasons"]):
            return "exit %d, reasons %s" % (code, answer["reasons"])
        return None
    if code != 1 or answer["purpose"] != row["purpose"]:
        return "exit %d, purpose %s" % (code, answer["purpose"])
    if "signed_at" in row and answer["signed_at"] != "2023-11-14T22:13:20Z":
        return "signed at %s" % answer["signed_at"]
    code, answer = match(other, row["value"])
    if code == 1 or code == 3 and "/signer" not in row["id"]:
        return "exit %d with another key" % code
    return None


def main(root, values, folder, seed):
    root, folder = pathlib.Path(root), pathlib.Path(folder)
    rows = [json.loads(line) for line in pathlib.Path(values).read_text(encoding="utf-8").splitlines()]
    salts = sorted({row["salt"] for row in rows if "salt" in row})
    ours = repository(folder / "ours", key(root, int(seed)), salts)
    other = repository(folder / "other", key(root, int(seed) + 1), salts)
    if len(rows) < 40:
        raise SystemExit("signed.py: only %d values" % len(rows))
    wrong = ["%s: %s" % (row["id"], what) for row in rows for what in [check(row, ours, other)] if what]
    print("%d values, %d wrong" % (len(rows), len(wrong)))
    if wrong:
        raise SystemExit("\n".join(wrong))


main(*sys.argv[1:])
