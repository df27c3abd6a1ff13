"""Unpacks what release/build has made: wheels.py DIST VERSION.

Holds the wheels to the specification of binary distributions, their programs to
their platforms, and their licences to what `go version -m` says is linked.
"""
import base64
import email
import hashlib
import pathlib
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile

# File name of the platform, as the wheel's tags begin: magic bytes, and where
# the machine is said (offset, number).
MACHINES = {
    ("linux", "x86_64"): (b"\x7fELF", 18, "<H", 62),
    ("linux", "aarch64"): (b"\x7fELF", 18, "<H", 183),
    ("macosx", "x86_64"): (b"\xcf\xfa\xed\xfe", 4, "<I", 0x01000007),
    ("macosx", "arm64"): (b"\xcf\xfa\xed\xfe", 4, "<I", 0x0100000C),
    ("win", "amd64"): (b"MZ", None, "<H", 0x8664),
    ("win", "arm64"): (b"MZ", None, "<H", 0xAA64),
}


def need(condition, what):
    if not condition:
        raise SystemExit("wheels.py: " + what)


def machine(tag):
    for (system, arch), expected in MACHINES.items():
        if system in tag and tag.endswith(arch):
            return system, expected
    raise SystemExit("wheels.py: what platform is %s?" % tag)


def check_program(name, data, tags):
    kinds = {machine(tag) for tag in tags}
    need(len(kinds) == 1, "%s is for several machines" % name)
    system, (magic, offset, form, number) = kinds.pop()
    need(data.startswith(magic), "%s: no program for %s" % (name, system))
    if offset is None:  # PE: after the header that byte 60 points to
        offset = struct.unpack_from("<I", data, 60)[0] + 4
    need(struct.unpack_from(form, data, offset)[0] == number, "%s: for another processor" % name)
    if system == "linux":  # a dynamic one has a segment PT_INTERP
        start, size, count = struct.unpack_from("<Q", data, 32)[0], *struct.unpack_from("<HH", data, 54)
        segments = {struct.unpack_from("<I", data, start + i * size)[0] for i in range(count)}
        need(1 in segments and 3 not in segments, "%s: not static, so not for glibc and musl alike" % name)


def linked(program):
    """The modules of a binary, as the Go toolchain reads them out of it."""
    out = subprocess.run(["go", "version", "-m", program], check=True, capture_output=True, text=True).stdout
    return {line.split("\t")[2] for line in out.splitlines() if line.startswith("\tdep\t")}


def check_wheel(path, version):
    name, tagged, python, abi, platforms = path.stem.split("-")
    need((name, tagged, python, abi) == ("djleaks", version, "py3", "none"), "%s: name" % path.name)
    tags = platforms.split(".")
    info, data = "djleaks-%s.dist-info/" % version, "djleaks-%s.data/scripts/" % version
    with zipfile.ZipFile(path) as wheel, tempfile.TemporaryDirectory() as folder:
        files = {i.filename: wheel.read(i) for i in wheel.infolist()}
        programs = [i for i in wheel.infolist() if i.filename.startswith(data)]
        need(len(programs) == 1, "%s: one program" % path.name)
        program = programs[0].filename
        need(program == data + ("djleaks.exe" if "win" in platforms else "djleaks"), program)
        need((programs[0].external_attr >> 16) & 0o7777 == 0o755, "%s: not executable" % program)
        check_program(path.name, files[program], tags)

        said = email.message_from_bytes(files[info + "WHEEL"])
        need(said.get_all("Tag") == ["py3-none-" + tag for tag in tags], "%s: tags" % path.name)
        need(said["Root-Is-Purelib"] == "false", "%s: not of a platform" % path.name)
        for line in files[info + "RECORD"].decode().splitlines():
            entry, hashed, size = line.split(",")
            if entry != info + "RECORD":
                digest = base64.urlsafe_b64encode(hashlib.sha256(files[entry]).digest()).rstrip(b"=").decode()
                need(hashed == "sha256=" + digest and int(size) == len(files[entry]), "%s: RECORD of %s" % (path.name, entry))
        need(len(files[info + "RECORD"].splitlines()) == len(files), "%s: RECORD is not complete" % path.name)

        metadata = email.message_from_bytes(files[info + "METADATA"])
        need(metadata["Version"] == version and metadata["Requires-Python"], "%s: METADATA" % path.name)
        need(not metadata.get_all("Requires-Dist"), "%s: depends on something" % path.name)
        licences = metadata.get_all("License-File")
        need({info + "licenses/" + f for f in licences} == {f for f in files if "/licenses/" in f}, "%s: licences" % path.name)
        wheel.extractall(folder)
        want = linked(pathlib.Path(folder, program)) | {"go"}
        have = {module for module in want if any(f.startswith("third_party/%s/" % module) for f in licences)}
        need(have == want and len(want) > 5, "%s: no licence of %s" % (path.name, want - have))
        # only the import: the program may be another machine's
        code = "import djleaks, djleaks.__main__, sys; sys.exit(djleaks.__file__ is None)"
        subprocess.run([sys.executable, "-c", code], check=True, cwd=folder)
    return platforms


def check_sdist(path, version):
    with tarfile.open(path) as sdist:
        names = sorted(sdist.getnames())
        folder = "djleaks-%s/" % version
        need(all(n.startswith(folder) for n in names), "sdist: all in one folder")
        need({folder + n for n in ("PKG-INFO", "pyproject.toml", "README.md", "LICENSE", "wheels_only.py", "djleaks/py.typed")} <= set(names), "sdist: %s" % names)
        info = email.message_from_bytes(sdist.extractfile(folder + "PKG-INFO").read())
        need((info["Name"], info["Version"]) == ("djleaks", version) and not info["Dynamic"], "sdist: PKG-INFO")


def main(dist, version):
    wheels = sorted(pathlib.Path(dist).glob("*.whl"))
    platforms = [check_wheel(path, version) for path in wheels]
    need(len(platforms) == len(MACHINES), "%d wheels" % len(platforms))
    check_sdist(pathlib.Path(dist, "djleaks-%s.tar.gz" % version), version)


main(*sys.argv[1:])
