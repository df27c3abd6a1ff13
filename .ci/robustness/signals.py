"""Signals at random moments of an audit.

signals.py FOLDER [SIGNALS]

Whenever one comes: a report is the old one or a whole new one, no temporary
file is left, and the exit code is that of a whole run (1, there are keys) or
says that it is incomplete.
"""

import json
import pathlib
import random
import signal
import subprocess
import sys
import time

from made import DJLEAKS, ENV, Repository, git

# SIGHUP is what closing a terminal sends.
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


def main(folder, count="100"):
    folder = pathlib.Path(folder)
    r = Repository(folder / "site")
    for n in range(60):
        r.commit("site%d/settings.py" % (n % 9))
    git(r.folder, "repack", "-adq")
    out = folder / "out"
    out.mkdir()
    draw = random.Random(7)
    words = [DJLEAKS, "audit", str(r.folder), "--output", "report.json", "--format", "json", "--report", "html=report.html",
             "--report", "sarif=report.sarif", "--cache", "cache"]
    begin = time.monotonic()
    subprocess.run(words, cwd=out, env=ENV, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    whole = time.monotonic() - begin
    failures, ended = [], {}
    for n in range(int(count)):
        number = SIGNALS[n % len(SIGNALS)]
        fresh = n % 2 == 0  # with what earlier runs have left, or with nothing
        if fresh:
            for path in out.rglob("*"):
                if path.is_file():
                    path.unlink()
        running = subprocess.Popen(words, cwd=out, env=ENV, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(draw.random() * whole * 1.1)
        running.send_signal(number)
        told = running.communicate(timeout=60)
        told = (told[0] + told[1]).decode(errors="replace")
        what = "signal %d, %s: exit %d: " % (n, number.name, running.returncode)
        wrong = []
        if running.returncode not in (1, 3, -number):
            wrong.append("unexpected")
        if "panic" in told or "goroutine " in told:
            wrong.append(told[:400])
        for path in out.rglob("*"):
            if path.is_file() and not (path.name in ("report.json", "report.html", "report.sarif") or path.name.startswith(("no-key-", "answer-", "memory-", "silent-"))):
                wrong.append("it leaves %s" % path.name)
        for name in ("report.json", "report.sarif"):
            try:
                json.loads((out / name).read_text() if (out / name).exists() else "{}")
            except ValueError:
                wrong.append("half of %s" % name)
        if (out / "report.html").exists() and not (out / "report.html").read_text().rstrip().endswith("</html>"):
            wrong.append("half of report.html")
        if (out / "report.json").exists():
            report = json.loads((out / "report.json").read_text())
            found = {k["fingerprint"] for k in report["keys"]}
            if report["coverage"]["complete"] and found != set(r.keys):
                wrong.append("a complete report with %d of %d keys" % (len(found), len(r.keys)))
        ended[running.returncode] = ended.get(running.returncode, 0) + 1
        if wrong:
            failures.append(what + "; ".join(wrong))
    print("signals: %s of %d; exit codes %s" % (count, int(count), dict(sorted(ended.items()))))
    if failures:
        raise SystemExit("signals: %d are wrong:\n%s" % (len(failures), "\n".join(failures[:30])))


main(*sys.argv[1:])
