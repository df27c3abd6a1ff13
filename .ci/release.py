"""Holds a release to its own words: release.py DIST VERSION COMMIT.

The bills of materials to the schema of CycloneDX and to what `go version -m`
reads out of each binary; the Scoop manifest to the archives.
"""

import hashlib
import io
import json
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator


def need(condition, what):
    if not condition:
        raise SystemExit("release.py: " + what)


def archived(path):
    """The files of an archive, without its folder."""
    data = path.read_bytes()
    if path.suffix == ".zip":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
    else:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            files = {m.name: archive.extractfile(m).read() for m in archive.getmembers()}
    need(len({name.split("/")[0] for name in files}) == 1, "%s: more than one folder" % path.name)
    return {name.split("/", 1)[1]: text for name, text in files.items()}


def linked(program):
    """What a binary was built from, as the Go toolchain reads it."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(program)
        file.flush()
        out = subprocess.run(["go", "version", "-m", file.name], check=True, capture_output=True, text=True).stdout
    go = re.search(r": go([0-9.]+)$", out, re.M).group(1)
    return {"std@" + go} | {"%s@%s" % tuple(line.split("\t")[2:4]) for line in out.splitlines() if line.startswith("\tdep\t")}


def check_bill(path, files, version, commit):
    text = path.read_text("utf-8")
    problem = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    need(problem is None, "%s: %s" % (path.name, problem))
    need(files["djleaks.cdx.json"] == path.read_bytes(), "%s: another one is in the archive" % path.name)
    bill = json.loads(text)
    main = bill["metadata"]["component"]
    program = next(text for name, text in files.items() if name in ("djleaks", "djleaks.exe"))
    need(main["version"] == version and main["hashes"][0]["content"] == hashlib.sha256(program).hexdigest(), "%s: of another binary" % path.name)
    need({"name": "djleaks:commit", "value": commit} in main["properties"], "%s: of another commit" % path.name)
    told = {c["purl"].removeprefix("pkg:golang/") for c in bill["components"]}
    need(told == linked(program), "%s: %s" % (path.name, told ^ linked(program)))
    named = [c["licenses"][0].get("expression") or c["licenses"][0]["license"]["id"] for c in bill["components"]]
    need(all(named), "%s: a licence is missing" % path.name)
    need(len(bill["dependencies"][0]["dependsOn"]) == len(told), "%s: dependencies" % path.name)


def check_scoop(dist, version):
    manifest = json.loads((dist / "djleaks.json").read_text("utf-8"))
    need(manifest["version"] == version and set(manifest["architecture"]) == {"64bit", "arm64"}, "Scoop: version, processors")
    for name, said in manifest["architecture"].items():
        address = "https://github.com/djleaks/djleaks/releases/download/v%s/" % version
        need(said["url"].startswith(address), "Scoop: %s" % said["url"])
        data = (dist / said["url"].removeprefix(address)).read_bytes()
        need(said["hash"] == hashlib.sha256(data).hexdigest(), "Scoop: wrong sum for %s" % name)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            need(said["extract_dir"] + "/" + manifest["bin"] in archive.namelist(), "Scoop: no program in %s" % said["extract_dir"])
        update = manifest["autoupdate"]["architecture"][name]
        for field in ("url", "extract_dir"):
            need(update[field].replace("$version", version) == said[field], "Scoop: autoupdate of %s" % field)


def main(dist, version, commit):
    dist = pathlib.Path(dist)
    bills = sorted(dist.glob("*.cdx.json"))
    need(len(bills) == 6, "%d bills of materials" % len(bills))
    for bill in bills:
        name = bill.name.removesuffix(".cdx.json") + (".zip" if "windows" in bill.name else ".tar.gz")
        check_bill(bill, archived(dist / name), version, commit)
    check_scoop(dist, version)


main(*sys.argv[1:])
