"""What the program asks of the system, as strace sees it.

traced.py FOLDER

No socket in any command. Files are made, changed and removed only where the
command was told to. No other program is started but git, by the commands that
say so. What is read is the repository, what was named, and what the runtime of
the language asks the system about.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

from made import DJLEAKS, ENV, Repository, git, key

# What Go's runtime and its time zones read of the system.
SYSTEM = ("/proc/self/", "/proc/sys/", "/sys/", "/etc/localtime", "/usr/share/zoneinfo", "/usr/lib/locale", "/dev/null", "/dev/urandom",
          "/etc/nsswitch.conf", "/etc/passwd", "/proc/stat", "/etc/ld.so", "/lib", "/usr/lib")
WRITING = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND")
CALL = re.compile(r"^(\w+)\((.*)$")
PATH = re.compile(r'(?:<([^>]*)>, )?"((?:[^"\\]|\\.)*)"')  # below an open folder, or not
CHANGING = {"mkdir", "mkdirat", "unlink", "unlinkat", "rename", "renameat", "renameat2", "rmdir", "link", "linkat", "symlink", "symlinkat",
            "chmod", "fchmodat", "chown", "fchownat", "lchown", "truncate", "mknod", "mknodat", "utimensat", "creat"}
READING = {"open", "openat", "openat2"}
STARTING = {"fork", "vfork", "clone", "clone3"}
NETWORK = {"socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "sendto", "recvfrom", "sendmsg", "recvmsg"}


class Trace:
    def __init__(self, folder, where, program, stdin="", env=None):
        logs = folder / "strace"
        shutil.rmtree(logs, ignore_errors=True)
        logs.mkdir()
        done = subprocess.run(["strace", "-ff", "-qq", "-y", "-s", "4096", "-o", str(logs / "log"), "-e", "trace=%network,%file,%process", *program],
                              cwd=where, env={**ENV, **(env or {})}, input=stdin.encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.code, self.told = done.returncode, (done.stderr + done.stdout).decode(errors="replace")
        self.where = where
        self.started, self.network, self.changed, self.read = [], [], set(), set()
        foreign = set()
        # one file for each thread, and ids ascend
        for log in sorted(logs.iterdir(), key=lambda path: int(path.suffix[1:])):
            if log.suffix[1:] not in foreign:
                foreign |= self.thread(log.read_text(errors="replace").splitlines())

    def thread(self, lines):
        """What one thread did until it became another program; then the ids of what that one starts."""
        children, is_other = set(), False
        for line in lines:
            found = CALL.match(line)
            if not found:
                continue
            name, rest = found.groups()
            if name == "execve" and rest.endswith(" = 0"):
                self.started.append(re.match(r'"([^"]*)"', rest).group(1))
                is_other = len(self.started) > 1
            elif is_other:
                if name in STARTING:
                    children.add(rest.split()[-1])
            else:
                self.call(name, rest, line)
        return children

    def call(self, name, rest, line):
        if name in NETWORK:
            self.network.append(line)
        if not re.search(r"\) += \d+", rest):
            return
        paths = [os.path.normpath(os.path.join(self.where, at, p)) for at, p in PATH.findall(rest)]
        if name in CHANGING or name in READING and WRITING.search(rest):
            self.changed.update(p for p in paths if p != "/dev/null")
        elif name in READING:
            self.read.update(paths)


def below(path, folders):
    return any(path == str(f) or path.startswith(str(f) + "/") for f in folders)


def main(folder):
    folder = pathlib.Path(os.path.realpath(folder))
    r = Repository(folder / "site")
    r.commit("settings.py")
    r.commit("other.py")
    r.write("staged.py")
    tree, out = r.folder, folder / "out"
    out.mkdir()
    event = folder / "event.json"
    event.write_text("{}")
    report = folder / "saved.json"
    subprocess.run([DJLEAKS, "audit", ".", "--format", "json", "--output", str(report)], cwd=tree, env=ENV)
    head = git(tree, "rev-parse", "HEAD")
    zeros = "0" * 40
    github = {"GITHUB_ACTIONS": "true", "CI": "true", "GITHUB_EVENT_NAME": "push", "GITHUB_EVENT_PATH": str(event), "GITHUB_SHA": head}
    push = "refs/heads/main %s refs/heads/main %s\n" % (head, zeros)
    # words, what may be written, whether git may be started, then options
    commands = [
        (["audit", "."], [], False, {}),
        (["audit", ".", "--output", str(out / "a"), "--report", "html=" + str(out / "b"), "--cache", str(out / "c")], [out], False, {}),
        (["audit", ".", "--write-baseline", str(out / "base"), "--reason", "r"], [out], False, {}),
        (["staged"], [], False, {}),
        (["range", "HEAD~1..HEAD"], [], False, {}),
        (["files", "."], [], False, {}),
        (["files", "-"], [], False, {"stdin": "SECRET_KEY = '%s'\n" % key(1)}),
        (["ci"], [], False, {"env": github}),
        (["hook", "run", "pre-commit"], [], True, {}),
        (["hook", "run", "pre-push", "origin", "https://example.com/x.git"], [], True, {"stdin": push}),
        (["hook", "run", "pre-receive"], [], True, {"stdin": "%s %s refs/heads/main\n" % (zeros, head)}),
        (["hook", "status"], [], True, {}),
        (["hook", "install"], [tree / ".git/hooks"], True, {}),
        (["report", str(report), "--format", "html"], [], False, {}),
        (["rules"], [], False, {}),
        (["demo"], [out], False, {"env": {"TMPDIR": str(out)}}),
        (["key", "new"], [], False, {}),
        (["key", "match", "."], [], False, {"stdin": "a:b:c"}),
        (["purge-kit", r.keys[0], "--output", str(out / "kit")], [out], False, {}),
        (["fix"], [], False, {}),
        (["fix", "--write", "staged.py"], [tree], False, {}),
        (["accept", r.keys[0], "--reason", "r"], [tree / ".djleaks.toml", tree], False, {}),
        (["ledger", "list"], [], False, {}),
    ]
    failures = []
    # that strace sees what there is
    other = "import socket, subprocess; socket.socket(); open('made', 'w'); subprocess.run(['git', '--version'])"
    t = Trace(folder, str(folder), [sys.executable, "-c", other])
    if not t.network or str(folder / "made") not in t.changed or not any(p.endswith("/git") for p in t.started[1:]):
        raise SystemExit("traced: strace does not see what a program does: %s" % t.told)
    for words, writable, may_start, more in commands:
        t = Trace(folder, str(tree), [DJLEAKS, *words], **more)
        what = "djleaks " + " ".join(words)
        if "panic" in t.told or not t.started:
            failures.append("%s: %s" % (what, t.told[:400]))
        failures += ["%s: a socket: %s" % (what, line) for line in t.network]
        others = [p for p in t.started[1:] if not may_start or os.path.basename(p) != "git"]
        failures += ["%s: starts %s" % (what, p) for p in others]
        failures += ["%s: writes %s" % (what, p) for p in sorted(t.changed) if not below(p, writable)]
        given = [tree, out, event, report, DJLEAKS]
        failures += ["%s: reads %s" % (what, p) for p in sorted(t.read)
                     if not below(p, given) and not p.startswith(SYSTEM)]
    print("traced: %d commands; no socket, nothing written or started that was not asked for" % len(commands))
    if failures:
        raise SystemExit("traced: %d are wrong:\n%s" % (len(failures), "\n".join(failures[:40])))


main(*sys.argv[1:])
