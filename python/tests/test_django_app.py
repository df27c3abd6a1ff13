"""The app in real projects: made by startproject, run by manage.py.

Needs pytest and a Django. The keys are drawn here and end with the test.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management.utils import get_random_secret_key

HERE = Path(__file__).resolve().parent.parent


def fingerprint(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:16]


class Project:
    """A project of startproject with the app in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = get_random_secret_key()
        subprocess.run([sys.executable, "-m", "django", "startproject", "mysite", str(folder)], check=True)
        settings = folder / "mysite" / "settings.py"
        settings.write_text(
            settings.read_text() + "\nimport os\nSECRET_KEY = os.environ['KEY']\nDEBUG = False\nALLOWED_HOSTS = ['*']\n"
            "INSTALLED_APPS += ['djleaks.django']\nSILENCED_SYSTEM_CHECKS = ['mail.E001']\nSECRET_KEY_FALLBACKS = eval(os.environ.get('FALLBACKS', '[]'))\n"
        )

    def leak(self, *keys: str) -> None:
        lines = ["# djleaks leak list 1", "# a comment", ""] + sorted(fingerprint(k) for k in keys)
        (self.folder / "djleaks-leaked.txt").write_text("\n".join(lines) + "\n")

    def manage(self, *args: str, fallbacks: list[object] | None = None) -> subprocess.CompletedProcess[str]:
        env = dict(os.environ, KEY=self.key, FALLBACKS=repr(fallbacks or []), PYTHONPATH=str(HERE))
        env.pop("DJANGO_SETTINGS_MODULE", None)
        done = subprocess.run(
            [sys.executable, "manage.py", *args],
            cwd=self.folder,
            check=False,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for part in (self.key[4:12], self.key[-8:]):
            assert not part or part not in done.stdout, "the output tells the key"
        return done

    def check(self, fallbacks: list[object] | None = None) -> subprocess.CompletedProcess[str]:
        return self.manage("check", "--deploy", fallbacks=fallbacks)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def ids(done: subprocess.CompletedProcess[str]) -> list[str]:
    import re

    return re.findall(r"\(djleaks\.([EW]\d+)\)", done.stdout)


def test_a_key_that_never_leaked_passes(project: Project) -> None:
    project.leak(get_random_secret_key())
    done = project.check(fallbacks=[get_random_secret_key()])
    assert (ids(done), done.returncode) == ([], 0), done.stdout


def test_the_leaked_key_fails_where_django_sees_nothing(project: Project) -> None:
    project.leak(get_random_secret_key(), project.key)
    done = project.check()
    assert ids(done) == ["E001"] and done.returncode == 1, done.stdout
    assert fingerprint(project.key) in done.stdout
    assert "security.W009" not in done.stdout


def test_it_is_a_check_of_deployment_only(project: Project) -> None:
    project.leak(project.key)
    assert project.manage("check").returncode == 0


def test_a_leaked_key_in_the_fallbacks_fails(project: Project) -> None:
    leaked = get_random_secret_key()
    project.leak(leaked)
    done = project.check(fallbacks=[get_random_secret_key(), leaked])
    assert ids(done) == ["E002"] and done.returncode == 1, done.stdout
    assert "SECRET_KEY_FALLBACKS[1]" in done.stdout


@pytest.mark.parametrize("entry", ["", None, b""])
def test_an_empty_fallback_fails(project: Project, entry: object) -> None:
    project.leak()
    done = project.check(fallbacks=[get_random_secret_key(), entry])
    # Django 4.2 itself ends with a traceback at None; ours must not hide it.
    if entry is None and not ids(done):
        assert "security/base.py" in done.stdout and done.returncode == 1
        return
    assert ids(done) == ["E003"] and done.returncode == 1, done.stdout
    assert "SECRET_KEY_FALLBACKS[1]" in done.stdout


def test_without_a_list_it_says_so_and_does_not_fail(project: Project) -> None:
    done = project.check()
    assert ids(done) == ["W001"] and done.returncode == 0, done.stdout
    assert "djleaks audit --write-leak-list" in done.stdout


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"version": "1.5.0", "results": {}}',
        "# djleaks leak list 1\n0123456789abcdef0\n",
        "# djleaks leak list 2\n",
        "\0\1\2\xff",
    ],
)
def test_a_list_of_another_tool_is_refused(project: Project, text: str) -> None:
    (project.folder / "djleaks-leaked.txt").write_bytes(text.encode("latin-1"))
    done = project.check()
    assert ids(done) == ["E004"] and done.returncode == 1, done.stdout


def test_a_list_that_is_named_and_not_there_fails(project: Project) -> None:
    settings = project.folder / "mysite" / "settings.py"
    settings.write_text(settings.read_text() + "DJLEAKS_LEAK_LIST = BASE_DIR / 'deploy' / 'leaked.txt'\n")
    assert ids(project.check()) == ["E004"]
    project.leak(project.key)
    (project.folder / "deploy").mkdir()
    (project.folder / "djleaks-leaked.txt").rename(project.folder / "deploy" / "leaked.txt")
    assert ids(project.check()) == ["E001"]


def test_the_list_is_found_above_the_project(project: Project) -> None:
    nested = project.folder / "backend"
    nested.mkdir()
    for name in ("manage.py", "mysite"):
        (project.folder / name).rename(nested / name)
    project.leak(project.key)
    project.folder = nested
    assert ids(project.check()) == ["E001"]


def test_the_fingerprints_of_what_runs(project: Project) -> None:
    other = get_random_secret_key()
    done = project.manage("djleaks_fingerprints", fallbacks=[other, ""])
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        fingerprint(project.key) + "  SECRET_KEY",
        fingerprint(other) + "  SECRET_KEY_FALLBACKS[0]",
        "----------------  SECRET_KEY_FALLBACKS[1]",
    ]
    done = project.manage("djleaks_fingerprints", "--bare", fallbacks=[other, ""])
    assert done.stdout.split() == [fingerprint(project.key), fingerprint(other)]


def test_an_empty_secret_key_is_left_to_django(project: Project) -> None:
    project.leak()
    project.key = ""
    done = project.check()
    assert "SECRET_KEY setting must not be empty" in done.stdout or "security.W009" in done.stdout
    assert "djleaks" not in done.stdout, done.stdout


def test_they_are_printed_of_a_leaked_key_too(project: Project) -> None:
    project.leak(project.key)
    assert project.manage("djleaks_fingerprints", "--bare").stdout == fingerprint(project.key) + "\n"
