"""Makes a fleet of 60 repositories with known keys, and changes it.

    fleet_repositories.py make DIR      the repositories, and DIR/repositories.jsonl
    fleet_repositories.py fat REPOSITORY  one with a text of 80 MB
    fleet_repositories.py change DIR    five get a commit with a key, one is deleted, one emptied, one damaged
    fleet_repositories.py check DIR OLD NEW   what merge --since has to say of the change
    fleet_repositories.py shell FILE KIND     the shell of docs/fleet.md: sh, parallel, gitlab, github
"""

import base64
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys

ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)"
COUNT = 60
GIANT = "git.example.org/platform/giant"


def key(n):
    return "".join(random.Random(f"key {n}").choices(ALPHABET, k=50))


def git(*args, cwd=None, stdin=None):
    env = dict(os.environ, GIT_CONFIG_GLOBAL="/dev/null", GIT_CONFIG_NOSYSTEM="1", GIT_CONFIG_COUNT="1", GIT_CONFIG_KEY_0="fastimport.unpackLimit", GIT_CONFIG_VALUE_0="1",
               GIT_AUTHOR_NAME="Ada", GIT_AUTHOR_EMAIL="ada@example.com", GIT_COMMITTER_NAME="Ada", GIT_COMMITTER_EMAIL="ada@example.com",
               GIT_AUTHOR_DATE="2024-03-04T09:30:00Z", GIT_COMMITTER_DATE="2024-03-04T09:30:00Z")
    return subprocess.run(["git", *args], cwd=cwd, env=env, input=stdin, check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout


def history(n, size, texts):
    """A stream for fast-import: noise of a size in bytes, and a commit for each text of settings.py."""
    noise = base64.encodebytes(random.Random(f"noise {n}").randbytes(size * 3 // 4))
    out = []
    for i, text in enumerate(texts):
        data = text.encode()
        out.append(f"commit refs/heads/main\nmark :{i + 1}\nauthor Ada <ada@example.com> {1700000000 + i} +0000\ncommitter Ada <ada@example.com> {1700000000 + i} +0000\ndata 2\nc\n".encode())
        if i:
            out.append(f"from :{i}\n".encode())
        out.append(f"M 100644 inline settings.py\ndata {len(data)}\n".encode() + data + b"\n")
        if not i:
            for part in range(0, len(noise), 200_000):
                chunk = noise[part : part + 200_000]
                out.append(f"M 100644 inline data/{part}.txt\ndata {len(chunk)}\n".encode() + chunk + b"\n")
    return b"".join(out)


def bare(path, n, size, texts):
    git("init", "-q", "--bare", "-b", "main", str(path))
    if texts:
        git("fast-import", "--quiet", cwd=path, stdin=history(n, size, texts))


LEAK = "SECRET_KEY = '{}'\n"
CLEAN = "import os\nSECRET_KEY = os.environ['KEY']\n"


def settings(n):
    """Every third repository holds a key, of its own or, now and then, one of all."""
    if n % 3:
        return [CLEAN]
    leak = LEAK.format(key(1000 if n % 9 == 0 else n))
    return [leak, CLEAN] if n % 2 else [CLEAN, leak]


def make(base):
    base.mkdir(parents=True)
    rows = []

    def add(name, owner):
        path = base / (name.replace("/", "_") + ".git")
        rows.append({"id": "git.example.org/" + name, "path": str(path), "owner": owner})
        return path

    bare(add("platform/giant", "platform"), 0, 14_000_000, [LEAK.format(key(0)), CLEAN])
    for n in range(1, 43):
        bare(add(f"team-{n % 5}/site-{n}", f"team-{n % 5}"), n, 300_000 + 20_000 * (n % 20), settings(n))
    whole = base / rows[3]["path"]  # site-3 holds a key

    # The layouts of the fail-closed bar.
    git("init", "-q", "--bare", str(add("odd/empty", "odd")))
    git("init", "-q", "-b", "unborn", str(add("odd/unborn", "odd")))
    git("clone", "-q", "--depth", "1", f"file://{whole}", str(add("odd/shallow", "odd")))
    git("config", "uploadpack.allowFilter", "true", cwd=whole)
    git("clone", "-q", "--mirror", "--filter=blob:none", f"file://{whole}", str(add("odd/partial", "odd")))
    bare(path := add("odd/truncated", "odd"), 50, 400_000, [LEAK.format(key(50))])
    pack = next((path / "objects/pack").glob("*.pack"))
    os.truncate(pack, pack.stat().st_size // 2)
    bare(path := add("odd/flipped", "odd"), 51, 400_000, [LEAK.format(key(51))])
    pack = next((path / "objects/pack").glob("*.pack"))
    pack.chmod(0o600)
    with open(pack, "r+b") as f:
        f.seek(pack.stat().st_size // 2)
        byte = f.read(1)
        f.seek(-1, 1)
        f.write(bytes([byte[0] ^ 0x10]))
    git("clone", "-q", "--mirror", "--shared", str(whole), str(add("odd/borrowed", "odd")))
    bare(path := add("odd/lost-alternate", "odd"), 52, 1000, [CLEAN])
    (path / "objects/info/alternates").write_text("/nowhere/objects\n")
    git("init", "-q", "--bare", "-b", "main", "--object-format=sha256", str(path := add("odd/sha256", "odd")))
    git("fast-import", "--quiet", cwd=path, stdin=history(53, 1000, [LEAK.format(key(53))]))
    git("clone", "-q", str(whole), str(path := add("odd/worktree", "odd")))
    git("worktree", "add", "-q", "--detach", str(add("odd/linked", "odd")), cwd=path)
    bare(path := add("odd/bad-ref", "odd"), 54, 1000, [CLEAN])
    (path / "refs/heads/broken").write_text("not a name\n")
    git("clone", "-q", str(whole), str(path := add("odd/bad-config", "odd")))
    (path / ".djleaks.toml").write_text("nonsense = true\n")
    bare(path := add("odd/loose", "odd"), 55, 2000, [LEAK.format(key(55))])
    pack = next((path / "objects/pack").glob("*.pack"))
    data = pack.read_bytes()
    shutil.rmtree(path / "objects/pack")
    git("unpack-objects", "-q", cwd=path, stdin=data)
    bare(path := add("odd/by-rules", "odd"), 56, 1000, [f"PORTAL_SIGNING_KEY = '{key(56)}'\n"])
    add("odd/absent", "odd")

    loop = add("odd/loop", "odd")
    loop.symlink_to(loop)
    assert len(rows) == COUNT, len(rows)
    for row in rows:
        packs = pathlib.Path(row["path"])
        try:
            row["bytes"] = sum(f.stat().st_size for f in packs.rglob("*") if f.is_file())
        except OSError:
            row["bytes"] = 0
    total = sum(r["bytes"] for r in rows)
    assert 0.28 < rows[0]["bytes"] / total < 0.45, rows[0]["bytes"] / total
    with open(base / "repositories.jsonl", "w") as f:
        for row in rows:
            f.write(json.dumps(row) + "\n")


def fat(path):
    git("init", "-q", "--bare", "-b", "main", str(path))
    # a notebook is decoded as a whole
    line = b'"x = \'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa SECRET_KEY\'\\n"'
    text = b'{"cells": [{"cell_type": "code", "source": [' + b",\n".join([line] * 500_000) + b']}], "nbformat": 4, "nbformat_minor": 5}'
    git("fast-import", "--quiet", cwd=path, stdin=b"commit refs/heads/main\ncommitter Ada <ada@example.com> 1700000000 +0000\ndata 2\nc\n"
        b"M 100644 inline site.ipynb\ndata %d\n%s\n" % (len(text), text))


def site(base, n):
    return base / f"team-{n % 5}_site-{n}.git"


PUSHED = [1, 2, 4, 5, 7]  # clean before
DELETED, EMPTIED, DAMAGED = 6, 12, 15  # with a key each


def change(base):
    for n in PUSHED:
        text = LEAK.format(key(2000 + n)).encode()
        git("fast-import", "--quiet", cwd=site(base, n), stdin=b"commit refs/heads/main\ncommitter Ada <ada@example.com> 1700009999 +0000\ndata 2\nc\n"
            b"from refs/heads/main^0\nM 100644 inline settings.py\ndata %d\n%s\n" % (len(text), text))
    shutil.rmtree(site(base, DELETED))
    shutil.rmtree(site(base, EMPTIED))
    git("init", "-q", "--bare", str(site(base, EMPTIED)))
    pack = next((site(base, DAMAGED) / "objects/pack").glob("*.pack"))
    pack.chmod(0o600)
    os.truncate(pack, 50)


def check(base, old, new):
    old, new = json.loads(old.read_text()), json.loads(new.read_text())

    def name(n):
        return f"git.example.org/team-{n % 5}/site-{n}"

    got = sorted((c["change"], c["id"]) for c in new["since"]["changes"])
    want = sorted([("new", name(n)) for n in PUSHED] + [("unknown", name(n)) for n in (DELETED, EMPTIED, DAMAGED)]
                  + [("new-by-rules", "git.example.org/odd/by-rules")]
                  # --config is read in the place of each repository's own
                  + [("first-read", "git.example.org/odd/bad-config"), ("first-read", "git.example.org/odd/truncated")])
    assert got == want, f"\ngot  {got}\nwant {want}"
    turns = sorted((t["id"], t.get("was"), t.get("state"), t.get("emptied", False)) for t in new["since"]["repositories"])
    want = sorted([(name(DELETED), "read", "failed", False), (name(EMPTIED), "read", "read", True), (name(DAMAGED), "read", "incomplete", False),
                   ("git.example.org/odd/bad-config", "failed", "read", False), ("git.example.org/odd/truncated", "failed", "incomplete", False)])
    assert turns == want, f"\ngot  {turns}\nwant {want}"
    pairs = sum(len(k["in"]) for k in old["keys"])
    assert new["since"]["counts"]["still"] == pairs - 3, (new["since"]["counts"], pairs)
    states = {r["id"]: r["state"] for r in old["repositories"]}
    for odd, state in {"empty": "read", "unborn": "read", "shallow": "incomplete", "partial": "incomplete", "truncated": "failed", "flipped": "incomplete",
                       "borrowed": "read", "lost-alternate": "incomplete", "sha256": "read", "worktree": "read", "linked": "read", "bad-ref": "incomplete",
                       "bad-config": "failed", "loose": "read", "absent": "failed", "loop": "failed"}.items():
        assert states[f"git.example.org/odd/{odd}"] == state, (odd, states[f"git.example.org/odd/{odd}"])
    shared = [k for k in old["keys"] if k["held_by"] > 1]
    assert any(k["held_by"] == 4 for k in shared), [k["held_by"] for k in shared]


def shell(file, kind):
    text = file.read_text()
    blocks = re.findall(r"```sh\n(.*?)```", text, re.S)
    if kind == "sh":
        return blocks[0]
    if kind == "parallel":
        return blocks[1]
    import yaml

    for block in re.findall(r"```yaml\n(.*?)```", text, re.S):
        jobs = yaml.safe_load(block)
        if kind == "gitlab" and "audit" in jobs:
            n = jobs["audit"]["parallel"]
            lines = [f"(export CI_NODE_INDEX={i} CI_NODE_TOTAL={n}\n" + "\n".join(jobs["audit"]["script"]) + ")" for i in range(1, n + 1)]
            return "\n".join(lines + jobs["merge"]["script"]) + "\n"
        if kind == "github" and "jobs" in jobs:
            audit = jobs["jobs"]["audit"]
            steps = [s["run"] for s in audit["steps"] if "run" in s]
            lines = [s.replace("${{ matrix.shard }}", str(i)) for i in audit["strategy"]["matrix"]["shard"] for s in steps]
            return "\n".join(lines + [s["run"] for s in jobs["jobs"]["merge"]["steps"] if "run" in s]) + "\n"
    raise SystemExit(f"docs/fleet.md has no {kind}")


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    if what == "shell":
        sys.stdout.write(shell(pathlib.Path(rest[0]), rest[1]))
    else:
        {"make": make, "fat": fat, "change": change, "check": check}[what](*(pathlib.Path(name).absolute() for name in rest))
