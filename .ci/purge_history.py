"""Makes histories that hold a key, and looks for it, for .ci/interop-purge.

purge_history.py FOLDER KEYFILE      a repository, its key and another one
purge_history.py --count REPO FILE   how many objects hold the key in the file
purge_history.py --list REPO FILE    which
purge_history.py --intact FOLDER     its last commit is what it was but for the key

The search uses nothing of djleaks: it reads every object with git cat-file and
decodes it in every way that the history was made with.
"""

import base64
import json
import pathlib
import py_compile
import secrets
import subprocess
import sys
import urllib.parse

ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)"


def git(folder, *words, text=None):
    done = subprocess.run(["git", "-C", str(folder), *words], input=text, stdout=subprocess.PIPE, check=True)
    return done.stdout


def draw():
    # With what is escaped somewhere, so that each spelling differs.
    return "".join(secrets.choice(ALPHABET) for _ in range(45)) + "$a&%="


def write(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def commit(folder, message):
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", message)


def make(folder, keyfile):
    folder, key, other = pathlib.Path(folder), draw(), draw()
    pathlib.Path(keyfile).write_text(key)
    pathlib.Path(keyfile + ".other").write_text(other)
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    write(folder, "settings.py", "DEBUG = True\nSECRET_KEY = '%s'\n" % key)
    write(folder, "other/settings.py", "SECRET_KEY = '%s'\n" % other)
    commit(folder, "start")
    git(folder, "tag", "-a", "-m", "with SECRET_KEY='%s' in its message" % key, "v1")

    # moved, then written in two parts over two lines
    (folder / "conf").mkdir()
    git(folder, "mv", "settings.py", "conf/base.py")
    commit(folder, "move")
    write(folder, "conf/base.py", "SECRET_KEY = (\n    '%s'\n    '%s'\n)\n" % (key[:20], key[20:]))
    commit(folder, "black")

    # a branch with other spellings, merged
    git(folder, "checkout", "-q", "-b", "deploy")
    write(folder, "docker-compose.yml", "services:\n  web:\n    environment:\n      SECRET_KEY: '%s'\n" % key.replace("$", "$$"))
    write(folder, "secret.yaml", "apiVersion: v1\nkind: Secret\ndata:\n  SECRET_KEY: %s\n" % base64.b64encode(key.encode()).decode())
    write(folder, "env.b64", base64.b64encode(b"DEBUG=1\nSECRET_KEY=" + key.encode() + b"\nX=1\n"))
    write(folder, "settings.json", json.dumps({"SECRET_KEY": key}).replace("&", "\\u0026"))
    write(folder, "notes.html", "<p>the old key: %s</p>\n" % key.replace("&", "&amp;"))
    write(folder, "link.txt", "https://example.com/?old=%s\n" % urllib.parse.quote(key, safe=""))
    write(folder, "settings.ini", "[django]\nSECRET_KEY = %s\n" % key.replace("%", "%%"))
    commit(folder, "deployment")
    write(folder, "windows.ps1", b"\xff\xfe" + ("$env:SECRET_KEY = '%s'\r\n" % key.replace("$", "$")).encode("utf-16-le"))
    write(folder, "old.py", "SECRET_KEY = '%s'\n" % key)
    py_compile.compile(str(folder / "old.py"), cfile=str(folder / "old.pyc"), invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    commit(folder, "old.py had SECRET_KEY = '%s'" % key)
    git(folder, "checkout", "-q", "main")
    write(folder, "readme.md", "# site\n")
    commit(folder, "readme")
    git(folder, "merge", "-q", "--no-ff", "-m", "merge", "deploy")

    # all of it is taken out of the tip
    for name in git(folder, "ls-files").decode().split():
        if name not in ("other/settings.py", "readme.md"):
            git(folder, "rm", "-q", name)
    write(folder, "conf/base.py", "import os\nSECRET_KEY = os.environ['DJANGO_SECRET_KEY']\n")
    commit(folder, "read the key from the environment")


def forms(data):
    """The bytes of an object, and what is in them in other clothes."""
    yield data
    yield data.replace(b"\0", b"")
    yield data.replace(b"$$", b"$").replace(b"%%", b"%").replace(b"\\u0026", b"&").replace(b"&amp;", b"&")
    yield urllib.parse.unquote_to_bytes(data)
    yield b"".join(part for n, part in enumerate(data.split(b"'")) if n % 2)
    for word in data.split():
        try:
            yield base64.b64decode(word, validate=True)
        except ValueError:
            pass


def holding(repository, keyfile):
    key = pathlib.Path(keyfile).read_bytes()
    names = git(repository, "cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)").decode().splitlines()
    for line in names:
        name, kind = line.split()
        data = git(repository, "cat-file", kind, name)
        if any(key in form for form in forms(data)):
            yield "%s %s %r" % (name, kind, data[:40])


def intact(folder):
    files = git(folder, "ls-files").decode().split()
    if files != ["conf/base.py", "other/settings.py", "readme.md"]:
        raise SystemExit("the last commit has %s" % files)
    if "v1" not in git(folder, "tag").decode():
        raise SystemExit("the tag is gone")
    if len(git(folder, "log", "--merges", "--format=%h").split()) != 1 or len(git(folder, "log", "--format=%h").split()) != 8:
        raise SystemExit("commits are gone: %s" % git(folder, "log", "--oneline", "--graph").decode())


def main(words):
    if words[0] == "--count":
        print(len(list(holding(words[1], words[2]))))
    elif words[0] == "--list":
        print("\n".join(holding(words[1], words[2])))
    elif words[0] == "--intact":
        intact(words[1])
    else:
        make(*words)


main(sys.argv[1:])
