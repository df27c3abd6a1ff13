"""Whether an audit tells the life of each key as plain Git does.

timeline.py REPOSITORY REPORT.json

The report says which blobs hold a key. From `git log -m --raw` alone this
works out which commits put one of them to a path and which took it away, and
compares. A commit introduces a key if no parent has it there, and removes it
if every parent has it there and the commit does not.
"""

import json
import subprocess
import sys
from collections import defaultdict

repository, report = sys.argv[1:]


def git(*arguments):
    return subprocess.run(["git", "-C", repository, *arguments], check=True, capture_output=True).stdout


def changes(paths):
    """{path: {commit: (its parents, [(blob in a parent, blob in the commit)])}}, for the parents that differ from the commit."""
    log = git("-c", "core.quotePath=false", "log", "--all", "--reflog", "-m", "--root", "--raw", "--no-abbrev", "--no-renames",
              "--full-history", "-z", "--format=@%H %P", "--", *sorted(paths))
    fields = [field.lstrip("\n") for field in log.decode(errors="surrogateescape").split("\0")]
    found = defaultdict(dict)
    for field, path in zip(fields, fields[1:]):
        if field.startswith("@"):
            commit, *parents = field[1:].split()
        elif field.startswith(":"):
            old, new = field.split()[2:4]
            found[path].setdefault(commit, (len(parents) or 1, []))[1].append((old, new))
    return found


def life(holders, commits):
    """The commits that introduce and that remove a blob of holders at a path."""
    introduced, removed = set(), set()
    for commit, (parents, pairs) in commits.items():
        new = pairs[0][1] in holders
        # a parent that is not listed has the file as the commit has it
        before = [old in holders for old, _ in pairs] + [new] * (parents - len(pairs))
        if new and not any(before):
            introduced.add(commit)
        if not new and all(before):
            removed.add(commit)
    return introduced, removed


def told(key):
    """What the timeline of a key says beside its places."""
    lived = {c["commit"] for p in key["occurrences"] for c in p["introduced"] + p["removed"]}
    if not key.get("more_changes") and {c["commit"] for c in key["timeline"]} != lived:
        yield "the timeline has other commits than the places"
    for change in key["timeline"]:
        of = [p for p in key["occurrences"] if p["path"] == change.get("from")]
        side = {"moved": "removed", "copied": "introduced"}.get(change["change"])
        if side and not any(c["commit"] == change["commit"] or side == "introduced" for p in of for c in p[side]):
            yield f"{change['path']} is {change['change']} from {change['from']} in {change['commit'][:12]}, which never held it or keeps it"


def main():
    keys = json.load(open(report))["keys"]
    reachable = set(git("rev-list", "--all", "--reflog").decode().split())
    places = defaultdict(list)
    for key in keys:
        for place in key["occurrences"]:
            if place["path"] and not place.get("part") and not place.get("commit"):
                places[key["fingerprint"], place["path"], place["name"]].append(place)
    found = changes({path for _, path, _ in places})
    wrong = [f"{key['fingerprint']}: {word}" for key in keys for word in told(key)]
    compared = 0
    for (fingerprint, path, name), listed in sorted(places.items()):
        holders = {v["blob"] for place in listed for v in place.get("versions") or [place]}
        for side, git_says in zip(("introduced", "removed"), life(holders, found[path])):
            audit_says = {c["commit"] for place in listed for c in place[side]} & reachable
            compared += len(git_says)
            for commit in sorted(git_says ^ audit_says):
                who = "Git" if commit in git_says else "the audit"
                wrong.append(f"{fingerprint}: {path} {name} {side} in {commit[:12]}, says only {who}")
    print("\n".join([*wrong, f"{len(keys)} keys, {len(places)} places, {compared} changes; {len(wrong)} differ from Git"]))
    sys.exit(bool(wrong) or not compared)


main()
