"""Projects that djleaks fix changes, each started by a real Django.

usage: fix_projects.py DJLEAKS [PYTHON2]

The shapes for Python 3 run on this interpreter; those for Python 2.7 on PYTHON2,
which has Django 1.11.

For every shape a project is made with a key of its own, which is committed with
Git. Then `djleaks fix --write` runs, and Django is asked for the key:

- with the variable it has the new value,
- without it it does not run on the old key,
- the bytes outside of the change are equal, and a second run changes nothing,
- neither key is printed, and `djleaks staged` has nothing to say.

Harm (a project that is worse than before) fails; so does a shape that is
refused and should not be, or the other way round.
"""
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

DJLEAKS, *PYTHON2 = sys.argv[1:]
ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789!@#%^&*(-_=+)"


def made(n: int, alphabet: str = ALPHABET) -> str:
    """The n-th made-up key: 50 symbols, the same on every machine."""
    out, block = "", 0
    while len(out) < 50:
        for b in hashlib.sha256(b"djleaks fix %d %d" % (n, block)).digest():
            if b < 256 // len(alphabet) * len(alphabet) and len(out) < 50:
                out += alphabet[b % len(alphabet)]
        block += 1
    return out


MANAGE = """#!/usr/bin/env python
import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mysite.settings")
    from django.core.management import execute_from_command_line
    execute_from_command_line(sys.argv)
"""
BASE = "from pathlib import Path\n\nBASE_DIR = Path(__file__).resolve().parent.parent\n"
IGNORED = {".gitignore": ".env\n"}

# name: (settings, other files, what is expected: "fix" or a word of the refusal)
SHAPES: dict[str, tuple[str, dict[str, str], str]] = {
    "startproject": ('"""\nDjango settings.\n"""\n\n' + BASE + "\n# SECURITY WARNING: keep the secret key used in production secret!\nSECRET_KEY = 'django-insecure-@K@'\n\nDEBUG = True\n", {}, "fix"),
    "double quotes": (BASE + 'SECRET_KEY = "@K@"\n', {}, "fix"),
    "annotated": (BASE + 'SECRET_KEY: str = "@K@"\n', {}, "fix"),
    "parenthesised": (BASE + 'SECRET_KEY = (\n    "@K@"\n)\n', {}, "fix"),
    "two parts": (BASE + 'SECRET_KEY = (\n    "@K1@"\n    "@K2@"\n)\n', {}, "fix"),
    "plus": (BASE + 'SECRET_KEY = "@K1@" + "@K2@"\n', {}, "fix"),
    "continued": (BASE + 'SECRET_KEY = \\\n    "@K@"\n', {}, "fix"),
    "triple": (BASE + 'SECRET_KEY = """@K@"""\n', {}, "fix"),
    "raw": (BASE + 'SECRET_KEY = r"@K@"\n', {}, "fix"),
    "unicode": (BASE + 'SECRET_KEY = u"@K@"\n', {}, "fix"),
    "comment after": (BASE + 'SECRET_KEY = "@K@"  # TODO: rotate\n', {}, "fix"),
    "import os there": ("import os\n" + BASE + 'SECRET_KEY = "@K@"\n', {}, "fix"),
    "import os later names": ("import json\nimport sys\n" + BASE + 'SECRET_KEY = "@K@"\n', {}, "fix"),
    "from os import environ": ("from os import environ\n" + BASE + 'SECRET_KEY = "@K@"\n', {}, "fix"),
    "import os as": ("import os as _os\n" + BASE + 'SECRET_KEY = "@K@"\n', {}, "fix"),
    "future": ('"""Doc."""\nfrom __future__ import annotations\n' + BASE + 'SECRET_KEY = "@K@"\n', {}, "fix"),
    "coding line": ("# -*- coding: utf-8 -*-\nBASE_DIR = '.'\nSECRET_KEY = '@K@'\n", {}, "fix"),
    "shebang": ("#!/usr/bin/env python\nSECRET_KEY = '@K@'\n", {}, "fix"),
    "only line, no break": ("SECRET_KEY = '@K@'", {}, "fix"),
    "crlf": ("DEBUG = True\r\nSECRET_KEY = '@K@'\r\nUSE_TZ = True\r\n", {}, "fix"),
    "byte order mark": ("\ufeffDEBUG = True\nSECRET_KEY = '@K@'\n", {}, "fix"),
    "latin-1 comment": ("# -*- coding: latin-1 -*-\n# caf\u00e9\nSECRET_KEY = '@K@'\n", {}, "fix"),
    "os.environ.get": ("import os\nSECRET_KEY = os.environ.get('SECRET_KEY', '@K@')\n", {}, "fix"),
    "os.environ.get, keyword": ("import os\nSECRET_KEY = os.environ.get('SECRET_KEY', default='@K@')\n", {}, "refuse-or-fix"),
    "os.getenv": ("import os\nSECRET_KEY = os.getenv('APP_SECRET', '@K@')\n", {}, "fix"),
    "getenv": ("from os import getenv\nSECRET_KEY = getenv('APP_SECRET', '@K@')\n", {}, "fix"),
    "lines": ("import os\nSECRET_KEY = os.environ.get(\n    'SECRET_KEY',\n    '@K@',  # only here\n)\n", {}, "fix"),
    "or": ("import os\nSECRET_KEY = os.environ.get('SECRET_KEY') or '@K@'\n", {}, "fix"),
    "or, empty default": ("import os\nSECRET_KEY = os.environ.get('SECRET_KEY', '') or '@K@'\n", {}, "fix"),
    "str around": ("import os\nSECRET_KEY = str(os.getenv('SECRET_KEY', '@K@'))\n", {}, "fix"),
    "if else": ("import os\nDEBUG = True\nSECRET_KEY = '@K@' if DEBUG else os.environ['SECRET_KEY']\n", {}, "fix"),
    "if not": ("import os\nSECRET_KEY = os.environ.get('SITE_KEY')\nif not SECRET_KEY:\n    SECRET_KEY = '@K@'\n", {}, "fix"),
    "if debug": ("import os\nDEBUG = True\nif DEBUG:\n    SECRET_KEY = '@K@'\nelse:\n    SECRET_KEY = os.environ['SECRET_KEY']\n", {}, "fix"),
    "try": ("import os\ntry:\n    SECRET_KEY = os.environ['SITE_KEY']\nexcept KeyError:\n    SECRET_KEY = '@K@'\n", {}, "fix"),
    "setdefault": ("import os\nos.environ.setdefault('SECRET_KEY', '@K@')\nSECRET_KEY = os.environ['SECRET_KEY']\n", {}, "fix"),
    "helper": ("import os\n\n\ndef get_env(name, default=None):\n    return os.environ.get(name, default)\n\n\nSECRET_KEY = get_env('SECRET_KEY', '@K@')\n", {}, "fix"),
    "helper above": ("import os\n\n\ndef need(name):\n    try:\n        return os.environ[name]\n    except KeyError:\n        raise RuntimeError(name)\n\n\nSECRET_KEY = '@K@'\n", {}, "fix"),
    "helper elsewhere": ("from mysite.env import get_env\n\nSECRET_KEY = get_env('SECRET_KEY', '@K@')\n", {"mysite/env.py": "import os\n\n\ndef get_env(name, default=None):\n    return os.environ.get(name, default)\n"}, "fix"),
    "name and setting": (BASE + "KEY = '@K@'\nSECRET_KEY = KEY\n", {}, "fix"),
    "semicolon": ("DEBUG = True; SECRET_KEY = '@K@'; USE_TZ = True\n", {}, "fix"),
    "unpacked": ("DEBUG, SECRET_KEY = True, '@K@'\n", {}, "fix"),
    "globals": ("globals()['SECRET_KEY'] = '@K@'\n", {}, "fix"),
    "environ": ("import environ\n\nenv = environ.Env()\nSECRET_KEY = env('SECRET_KEY', default='@K@')\n", {}, "fix"),
    "environ scheme": ("import environ\n\nenv = environ.Env(DEBUG=(bool, False), SECRET_KEY=(str, '@K@'))\nSECRET_KEY = env('SECRET_KEY')\n", {}, "fix"),
    "environ with file": (BASE + "import environ\n\nenv = environ.Env()\nenviron.Env.read_env(BASE_DIR / '.env')\nSECRET_KEY = '@K@'\n", {}, "fix"),
    "environ, os.path.join": ("import os\nimport environ\n\nBASE_DIR = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))\nenv = environ.Env()\nenviron.Env.read_env(os.path.join(BASE_DIR, '.env'))\nSECRET_KEY = env.str('SECRET_KEY', '@K@')\n", IGNORED, "fix"),
    "environ.Path": ("import environ\n\nROOT_DIR = environ.Path(__file__) - 2\nenv = environ.Env()\nenv.read_env(str(ROOT_DIR.path('.env')))\nSECRET_KEY = env('DJANGO_SECRET_KEY', default='@K@')\n", {}, "fix"),
    "environ beside settings": ("import environ\n\nenv = environ.Env()\nenviron.Env.read_env()\nSECRET_KEY = env('SECRET_KEY', default='@K@')\n", {}, "fix"),
    "environ below": ("SECRET_KEY = '@K@'\nimport environ\n\nenv = environ.Env()\n", {}, "further down"),
    "decouple": ("from decouple import config\n\nSECRET_KEY = config('SECRET_KEY', default='@K@')\n", {}, "fix"),
    "decouple literal": ("from decouple import config\n\nDEBUG = config('DEBUG', default=True, cast=bool)\nSECRET_KEY = '@K@'\n", {}, "fix"),
    "decouple cast": ("from decouple import config\n\nSECRET_KEY = config('SECRET_KEY', cast=str, default='@K@')\n", {}, "fix"),
    "environs": ("from environs import Env\n\nenv = Env()\nenv.read_env()\nSECRET_KEY = env.str('SECRET_KEY', default='@K@')\n", {}, "fix"),
    "environs literal": ("from environs import Env\n\nenv = Env()\nenv.read_env()\nSECRET_KEY = '@K@'\n", {".env": "DEBUG=1\n", ".gitignore": ".env\n"}, "fix"),
    "dotenv": ("import os\nfrom dotenv import load_dotenv\n\nload_dotenv()\nSECRET_KEY = '@K@'\n", {}, "fix"),
    "dotenv path": (BASE + "import os\nfrom dotenv import load_dotenv\n\nload_dotenv(BASE_DIR / 'conf' / '.env')\nSECRET_KEY = os.getenv('SECRET_KEY', '@K@')\n", {"conf/README": "x\n"}, "fix"),
    "dotenv in manage": ("import os\nSECRET_KEY = os.environ.get('SECRET_KEY', '@K@')\n", {"manage.py": "from dotenv import load_dotenv\nload_dotenv()\n" + MANAGE.split("\n", 1)[1]}, "fix"),
    "configurations": ("import os\nfrom configurations import Configuration, values\n\n\nclass Dev(Configuration):\n    SECRET_KEY = '@K@'\n", {"manage.py": MANAGE.replace("mysite.settings\")", "mysite.settings\")\n    os.environ.setdefault(\"DJANGO_CONFIGURATION\", \"Dev\")").replace("django.core.management", "configurations.management")}, "fix"),
    "pydantic": ("from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\nclass Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_file='.env')\n    secret_key: str = '@K@'\n\n\nSECRET_KEY = Settings().secret_key\n", {}, "fix"),
    "pydantic field": ("from pydantic import Field\nfrom pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    secret_key: str = Field(default='@K@', min_length=8)\n\n\nSECRET_KEY = Settings().secret_key\n", {}, "fix"),
    "base and local": ("from .base import *\n\nDEBUG = True\n", {"mysite/base.py": "SECRET_KEY = '@K@'\n"}, "fix"),
    "tracked .env": ("import os\nfrom dotenv import load_dotenv\n\nload_dotenv()\nSECRET_KEY = os.environ['SECRET_KEY']\n", {".env": "DEBUG=1\nSECRET_KEY=@K@\n"}, "fix"),
    "tracked .env, quoted": ("from decouple import config\n\nSECRET_KEY = config('SECRET_KEY')\n", {".env": "SECRET_KEY='@K@'\nDEBUG=1\n"}, "fix"),
    "example and docker": ("import environ\n\nenv = environ.Env()\nenviron.Env.read_env()\nSECRET_KEY = env('SECRET_KEY', default='@K@')\n", {".env.example": "DEBUG=1\n", "Dockerfile": "FROM python\nCOPY . /app\n"}, "fix"),
    "fallbacks": ("import os\nSECRET_KEY = os.environ.get('SECRET_KEY', '@K@')\nSECRET_KEY_FALLBACKS = ['@K3@']\n", {}, "fix"),
    "star import": ("from .base import *\n\nSECRET_KEY = env(\n    'DJANGO_SECRET_KEY',\n    default='@K@',\n)\n", {"mysite/base.py": BASE + "import environ\n\nenv = environ.Env()\nenv.read_env(str(BASE_DIR / '.env'))\n"}, "fix"),
    "env from a module": ("from mysite.env import env\n\nDEBUG = env.bool('DEBUG', default=True)\nSECRET_KEY = '@K@'\n", {"mysite/env.py": BASE + "import environ\n\nenv = environ.Env()\nenv.read_env(str(BASE_DIR / '.env'))\n"}, "fix"),
    "dynaconf toml": ("import dynaconf\n\nsettings = dynaconf.DjangoDynaconf(__name__)\n", {"requirements.txt": "dynaconf\n", "settings.toml": "[default]\nSECRET_KEY = \"@K@\"\n"}, "fix"),
    "dynaconf yaml": ("import dynaconf\n\nsettings = dynaconf.DjangoDynaconf(__name__)\n", {"requirements.txt": "dynaconf\n", "settings.yaml": "default:\n  SECRET_KEY: '@K@'\n"}, "fix"),
    "dynaconf, settings.py": ("SECRET_KEY = '@K@'\nimport dynaconf\n\nsettings = dynaconf.DjangoDynaconf(__name__)\n", {"requirements.txt": "dynaconf\n"}, "fix"),
    "default in a variable": ("import os\nDEFAULT_SECRET_KEY = '@K@'\nSECRET_KEY = os.environ.get('SECRET_KEY', DEFAULT_SECRET_KEY)\n", {}, "fix"),
    "if in environ": ("import os\nif 'SITE_KEY' in os.environ:\n    SECRET_KEY = os.environ['SITE_KEY']\nelse:\n    SECRET_KEY = '@K@'\n", {}, "fix"),
    "os.environ assigned": ("import os\nos.environ['SECRET_KEY'] = '@K@'\nSECRET_KEY = os.environ['SECRET_KEY']\n", {}, "fix"),
    "two chained": ("import os\nSECRET_KEY = os.environ.get('A_KEY', os.environ.get('SECRET_KEY', '@K@'))\n", {}, "fix"),
    "environ proxied prefix": ("import environ\n\nenv = environ.Env(\n    # set casting, default value\n    DEBUG=(bool, False),\n    SECRET_KEY=(str, '@K@'),\n)\nSECRET_KEY = env('SECRET_KEY')\n", {}, "fix"),
    "decouple repository": (BASE + "from decouple import Config, RepositoryEnv\n\nconfig = Config(RepositoryEnv(str(BASE_DIR / '.env')))\nSECRET_KEY = config('SECRET_KEY', default='@K@')\n", {".env": "DEBUG=1\n", ".gitignore": ".env\n"}, "fix"),
    "environs, own value": ("from environs import Env\n\nenv = Env()\nenv.read_env()\nSECRET_KEY = env.str('SECRET_KEY', default='@K@')\n", {".env": "SECRET_KEY=an-own-value-of-this-machine-that-stays\n", ".gitignore": ".env\n"}, "own value"),
    "pydantic prefix": ("from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\nclass Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_file='.env', env_prefix='app_', extra='ignore')\n    debug: bool = True\n    secret_key: str = '@K@'\n    name: str = 'x'\n\n\nSECRET_KEY = Settings().secret_key\n", {}, "fix"),
    "pydantic secret": ("from pydantic import SecretStr\nfrom pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    secret_key: SecretStr = SecretStr('@K@')\n\n\nSECRET_KEY = Settings().secret_key.get_secret_value()\n", {}, "fix"),
    "configurations value": ("from configurations import Configuration, values\n\n\nclass Dev(Configuration):\n    SECRET_KEY = values.Value('@K@', environ_name='SITE_KEY')\n", {"manage.py": MANAGE.replace("mysite.settings\")", "mysite.settings\")\n    os.environ.setdefault(\"DJANGO_CONFIGURATION\", \"Dev\")").replace("django.core.management", "configurations.management")}, "fix"),
    "tabs": ("import os\nif True:\n\tSECRET_KEY = '@K@'\n", {}, "fix"),
    "alias of os.environ": ("import os\n\nenv = os.environ\nSECRET_KEY = env.get('SECRET_KEY', '@K@')\n", {}, "fix"),
    "secrets.json": (BASE + "import json\n\nwith open(BASE_DIR / 'secrets.json') as f:\n    secrets = json.load(f)\nSECRET_KEY = secrets['SECRET_KEY']\n", {"secrets.json": '{\n    "SECRET_KEY": "@K@",\n    "DB_NAME": "site"\n}\n'}, "fix"),
    "secrets.json, get_secret": (BASE + "import json\nfrom django.core.exceptions import ImproperlyConfigured\n\nwith open(BASE_DIR / 'secrets.json') as f:\n    secrets = json.loads(f.read())\n\n\ndef get_secret(setting, secrets=secrets):\n    try:\n        return secrets[setting]\n    except KeyError:\n        raise ImproperlyConfigured('Set the {0} environment variable'.format(setting))\n\n\nSECRET_KEY = get_secret('SECRET_KEY')\n", {"secrets.json": '{"SECRET_KEY": "@K@"}\n'}, "fix"),
    "folder of secrets": (BASE + "import json\n\nconfig = json.loads((BASE_DIR / '.config_secret' / 'settings_common.json').read_text())\nSECRET_KEY = config['django']['secret_key']\n", {".config_secret/settings_common.json": '{\n  "django": {\n    "secret_key": "@K@"\n  }\n}\n'}, "fix"),
    "key file": (BASE + "with open(BASE_DIR / 'secret_key.txt') as f:\n    SECRET_KEY = f.read().strip()\n", {"secret_key.txt": "@K@\n", ".env.example": "DEBUG=1\n"}, "fix"),
    "key file in etc": (BASE + "with open(BASE_DIR / 'etc' / 'secret_key.txt') as f:\n    SECRET_KEY = f.read().strip()\n", {"etc/secret_key.txt": "@K@", "Dockerfile": "FROM python\nCOPY . .\n"}, "fix"),
    "secrets.toml": (BASE + "import tomllib\n\nsecrets = tomllib.loads((BASE_DIR / '.secrets.toml').read_text())\nSECRET_KEY = secrets['default']['secret_key']\n", {".secrets.toml": '[default]\nsecret_key = "@K@"\nname = "site"\n'}, "fix"),
    "module of secrets": ("from mysite.secrets import SECRET_KEY\n", {"mysite/secrets.py": "SECRET_KEY = '@K@'\nDB_PASSWORD = 'x'\n"}, "fix"),
    "old key in a comment": ("import os\n# SECRET_KEY = '@K3@'\nSECRET_KEY = os.getenv('SITE_KEY', '@K@')\n", {}, "fix"),
    "compiled and backup": (BASE + "SECRET_KEY = '@K@'\n", {"mysite/__pycache__/old.cpython-35.pyc": "SECRET_KEY = '@K@'\n", "mysite/old.py": "", "mysite/settings.py~": "SECRET_KEY = '@K@'\n"}, "fix"),
    "settings of tests": ("import os\nSECRET_KEY = os.environ.get('SECRET_KEY', '@K@')\n", {"mysite/test_settings.py": "from .settings import *\n\nSECRET_KEY = '@K3@'\n"}, "fix"),
    "three environments": ("from .conf.local import *\n", {"mysite/conf/__init__.py": "", "mysite/conf/base.py": BASE + "import environ\n\nenv = environ.Env()\n", "mysite/conf/local.py": "from .base import *\n\nSECRET_KEY = env('DJANGO_SECRET_KEY', default='@K@')\n", "mysite/conf/production.py": "from .base import *\n\nSECRET_KEY = env('DJANGO_SECRET_KEY', default='@K@')\n"}, "fix"),
    "environment and file": ("import os\nfrom pathlib import Path\n\nSECRET_KEY = os.getenv('DJANGO_SECRET_KEY')\nif not SECRET_KEY:\n    SECRET_KEY = '@K@'\n", {}, "fix"),
    "dict of settings": ("config = {'debug': True, 'secret_key': '@K@'}\nSECRET_KEY = config['secret_key']\n", {}, "fix"),
    "class of defaults": ("import os\n\n\nclass Defaults:\n    SECRET_KEY = '@K@'\n    DEBUG = True\n\n\nSECRET_KEY = Defaults.SECRET_KEY\n", {}, "fix"),
    "settings.update": ("SETTINGS = {}\nSETTINGS.update(SECRET_KEY='@K@', DEBUG=True)\nglobals().update(SETTINGS)\n", {}, "fix"),
    "walrus": ("if not (SECRET_KEY := ''):\n    SECRET_KEY = '@K@'\n", {}, "fix"),
    "match": ("import os\nmatch os.environ.get('ENV', 'dev'):\n    case 'dev':\n        SECRET_KEY = '@K@'\n    case _:\n        SECRET_KEY = os.environ['SECRET_KEY']\n", {}, "fix"),
    "conf.ini": (BASE + "import configparser\n\nconf = configparser.RawConfigParser()\nconf.read(BASE_DIR / 'settings.ini')\nSECRET_KEY = conf.get('django', 'SECRET_KEY')\n", {"settings.ini": "[django]\nSECRET_KEY = @K@\n"}, "fix"),
    "computed": ("import socket\nSECRET_KEY = '@K@' + socket.gethostname()\n", {}, "computed"),
    "formatted": ("SECRET_KEY = '@K@%s' % __name__\n", {}, "computed"),
    "not Python": ("SECRET_KEY = '@K@'\ndef broken(:\n    pass\n", {}, "not valid Python"),
    "conflict": ("<<<<<<< ours\nSECRET_KEY = '@K@'\n=======\nSECRET_KEY = ''\n>>>>>>> theirs\n", {}, "not valid Python"),
    "unknown function": ("from somewhere import secret\n\nSECRET_KEY = secret('SECRET_KEY', default='@K@')\n", {}, "not known"),
    "Dockerfile": ("import os\nSECRET_KEY = os.environ['SECRET_KEY']\n", {"Dockerfile": "FROM python\nENV SECRET_KEY=@K@\n"}, "image"),
}


BASE2 = '"""\nDjango settings for mysite project.\n"""\n\nimport os\n\n# Build paths inside the project like this: os.path.join(BASE_DIR, ...)\nBASE_DIR = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))\n\n'

# What only Python 2 reads, or reads in its own way.
SHAPES2: dict[str, tuple[str, dict[str, str], str]] = {
    "startproject 1.11": (BASE2 + "# SECURITY WARNING: keep the secret key used in production secret!\nSECRET_KEY = '@K@'\n\nDEBUG = True\n", {}, "fix"),
    "startproject 1.3": ("# Django settings for mysite project.\n\nDEBUG = True\n\n# Make this unique, and don't share it with anybody.\nSECRET_KEY = '@K@'\n", {}, "fix"),
    "print statement": (BASE2 + "SECRET_KEY = '@K@'\nif not SECRET_KEY:\n    print 'no key'\n", {}, "fix"),
    "print to a file": ("import os, sys\nSECRET_KEY = '@K@'\nprint >>sys.stderr, 'settings of', __name__\n", {}, "fix"),
    "except with a comma": ("SECRET_KEY = '@K@'\ntry:\n    from local_settings import *\nexcept ImportError, e:\n    pass\n", {}, "fix"),
    "raise with a comma": ("SECRET_KEY = '@K@'\nif SECRET_KEY == '':\n    raise ValueError, 'no key'\n", {}, "fix"),
    "exec statement": ("SECRET_KEY = '@K@'\nexec 'DEBUG = True'\n", {}, "fix"),
    "octal and long numbers": ("FILE_UPLOAD_PERMISSIONS = 0644\nLIMIT = 10L\nSECRET_KEY = '@K@'\n", {}, "fix"),
    "backquotes": ("PORT = `8000`\nSECRET_KEY = '@K@'\n", {}, "fix"),
    "unequal": ("import sys\nSECRET_KEY = '@K@'\nTESTING = sys.argv[1:2] <> ['runserver']\n", {}, "fix"),
    "ur prefix": ("SECRET_KEY = ur'@K@'\n", {}, "fix"),
    "unicode_literals": ("# -*- coding: utf-8 -*-\nfrom __future__ import unicode_literals\nSECRET_KEY = '@K@'\nNAME = 'caf\u00e9'\n", {}, "fix"),
    "absolute_import": ("from __future__ import absolute_import, print_function\nSECRET_KEY = b'@K@'\n", {}, "fix"),
    "implicit relative import": ("from base import *\n\nDEBUG = True\n", {"mysite/base.py": "SECRET_KEY = '@K@'\n"}, "fix"),
    "implicit relative helper": ("from helpers import get_env\n\nSECRET_KEY = get_env('SECRET_KEY', '@K@')\n", {"mysite/helpers.py": "import os\n\n\ndef get_env(name, default=None):\n    return os.environ.get(name, default)\n"}, "fix"),
    "tabs and spaces": ("import os\nif True:\n        DEBUG = True\n\tSECRET_KEY = '@K@'\n", {}, "refuse-or-fix"),
    "crlf, byte order mark": ("\ufeffDEBUG = True\r\nSECRET_KEY = '@K@'\r\nprint 'x'\r\n", {}, "fix"),
    "os.environ.get": ("import os\nSECRET_KEY = os.environ.get('SECRET_KEY', '@K@')\nprint 'x'\n", {}, "fix"),
    "has_key": ("import os\nif os.environ.has_key('SITE_KEY'):\n    SECRET_KEY = os.environ['SITE_KEY']\nelse:\n    SECRET_KEY = '@K@'\n", {}, "fix"),
    "unicode around": ("import os\nSECRET_KEY = unicode(os.environ.get('SECRET_KEY', '@K@'))\n", {}, "fix"),
    "environ": ("import environ\n\nroot = environ.Path(__file__) - 2\nenv = environ.Env(DEBUG=(bool, False),)\nenviron.Env.read_env(root('.env'))\nSECRET_KEY = env('SECRET_KEY', default='@K@')\nprint 'x'\n", {}, "fix"),
    "decouple": ("from decouple import config\n\nSECRET_KEY = config('SECRET_KEY', default='@K@')\n", {}, "fix"),
    "decouple literal": ("from decouple import config\n\nDEBUG = config('DEBUG', default=True, cast=bool)\nSECRET_KEY = '@K@'\n", {}, "fix"),
    "dotenv": ("import os\nfrom dotenv import load_dotenv\n\nload_dotenv(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), '.env'))\nSECRET_KEY = '@K@'\n", {}, "fix"),
    "configurations": ("from configurations import Configuration\n\n\nclass Dev(Configuration):\n    SECRET_KEY = '@K@'\n", {"manage.py": MANAGE.replace("mysite.settings\")", "mysite.settings\")\n    os.environ.setdefault(\"DJANGO_CONFIGURATION\", \"Dev\")").replace("django.core.management", "configurations.management")}, "fix"),
    "computed": ("import socket\nSECRET_KEY = '@K@' + socket.gethostname()\nprint 'x'\n", {}, "computed"),
    "neither Python": ("SECRET_KEY = '@K@'\nprint 'x' 'y' z\ndef broken(:\n    pass\n", {}, "not valid Python"),
}

class Project:
    def __init__(self, folder: pathlib.Path, n: int, name: str, python: str, shape: tuple[str, dict[str, str], str]) -> None:
        self.folder, self.name, self.python = folder, name, python
        self.settings, self.others, self.want = shape
        self.key = made(n)
        self.keys = [self.key, made(n + 1000)]
        folder.mkdir()
        files = {"manage.py": MANAGE, "mysite/__init__.py": "", "mysite/settings.py": self.settings} | self.others
        for path, text in files.items():
            text = text.replace("@K1@", self.key[:25]).replace("@K2@", self.key[25:]).replace("@K3@", self.keys[1]).replace("@K@", self.key)
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode("latin-1" if "latin-1" in text else "utf-8"))
        self.run("git", "init", "-q")
        self.run("git", "add", "-Af")
        self.run("git", "commit", "-qm", "start")

    def run(self, *command: str, check: bool = True, **variables: str) -> subprocess.CompletedProcess[str]:
        env = {k: v for k, v in os.environ.items() if "SECRET" not in k and k != "DJANGO_SETTINGS_MODULE"} | {
            "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com", "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.com",
            "PYTHONDONTWRITEBYTECODE": "1"} | variables
        p = subprocess.run(command, cwd=self.folder, env=env, capture_output=True, text=True)
        if check and p.returncode:
            raise AssertionError(f"{' '.join(command)}: {p.stderr or p.stdout}")
        return p

    def running(self, **variables: str) -> str | None:
        """The key that Django has, None if it does not start."""
        manage = (self.folder / "manage.py").read_text()
        code = "import os, sys; sys.argv = ['manage.py', 'shell']; "
        if "configurations" in manage:
            code += "os.environ['DJANGO_CONFIGURATION'] = 'Dev'; import configurations; os.environ['DJANGO_SETTINGS_MODULE'] = 'mysite.settings'; configurations.setup(); "
        elif "load_dotenv" in manage:
            code += "import dotenv; dotenv.load_dotenv('.env'); "
        code += "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'mysite.settings'); from django.conf import settings; k = settings.SECRET_KEY; print('key: ' + (k if isinstance(k, str) else k.decode() if isinstance(k, bytes) else str(k)))"
        p = self.run(self.python, "-c", code, check=False, **variables)
        m = re.search(r"^key: (.*)$", p.stdout, re.M)
        return m.group(1) if m else None

    def check(self) -> str:
        """What is wrong; empty if nothing is."""
        starts = self.want == "fix" and "needs" not in self.name
        if self.want == "own value":
            self.want, starts = "fix", False
        if starts and self.key not in (self.running() or ""):
            return "the project does not start before the change: a fault of this script"
        before = {p: p.read_bytes() for p in self.folder.rglob("*") if p.is_file() and ".git/" not in str(p)}
        shown = self.run(DJLEAKS, "fix", check=False)
        if any(p.read_bytes() != text for p, text in before.items()):
            return "HARM: fix without --write writes"
        p = self.run(DJLEAKS, "fix", "--write", check=False)
        for out in (shown, p):
            if any(k[i:i + 6] in out.stdout + out.stderr for k in self.keys for i in range(len(k) - 5)):
                return "HARM: a part of a key is printed"
        if self.want != "fix" and not (self.want == "refuse-or-fix" and p.returncode == 0):
            if p.returncode != 2:
                return f"exit {p.returncode}, not refused"
            if any(q.read_bytes() != text for q, text in before.items()):
                return "HARM: refused, and something is written"
            return "" if self.want in p.stdout + p.stderr or self.want == "refuse-or-fix" else f"refused for another reason: {p.stderr or p.stdout}"
        if p.returncode:
            return f"MISS: exit {p.returncode}: {p.stdout}{p.stderr}"
        return self.after(p.stdout + p.stderr)

    def after(self, said: str) -> str:
        text = b"".join(f.read_bytes() for f in self.folder.rglob("*") if f.is_file() and ".git/" not in str(f))
        if any(k.encode() in text for k in self.keys):
            return "HARM: a key is left"
        exported = re.findall(r"export (\w+)=", said)
        fresh = {name: made(5000 + n, ALPHABET[:36]) for n, name in enumerate(exported)}
        now = self.running(**fresh)
        if not now or now in self.keys:
            return "HARM: with the variable Django does not start"
        if exported and now not in fresh.values():
            return "HARM: the exported variable is not what Django reads"
        for env in self.folder.rglob(".env"):
            env.rename(env.with_name("env.away"))
        without = self.running()
        if without and any(k in without for k in self.keys):
            return "HARM: without the variable Django runs on the old key"
        for env in self.folder.rglob("env.away"):
            env.rename(env.with_name(".env"))
        before = {f: f.read_bytes() for f in self.folder.rglob("*") if f.is_file() and ".git/" not in str(f)}
        again = self.run(DJLEAKS, "fix", "--write", check=False)
        if again.returncode or before != {f: f.read_bytes() for f in self.folder.rglob("*") if f.is_file() and ".git/" not in str(f)}:
            return f"a second run: exit {again.returncode}: {again.stdout}{again.stderr}"
        self.run("git", "add", "-A")
        staged = self.run(DJLEAKS, "staged", check=False)
        if staged.returncode:
            return f"staged is not clean: {staged.stdout}"
        changed = [line for line in self.run("git", "diff", "--cached", "--unified=0", "HEAD", "--", "mysite").stdout.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
        return "" if len(changed) <= 9 else f"{len(changed)} lines change"


def main() -> None:
    work = pathlib.Path(tempfile.mkdtemp())
    shapes = [(name, sys.executable, shape) for name, shape in SHAPES.items()]
    shapes += [(name + ", Python 2", python, shape) for python in PYTHON2 for name, shape in SHAPES2.items()]
    wrong, fixed, refused = [], 0, 0
    for n, (name, python, shape) in enumerate(shapes):
        project = Project(work / str(n), n + 1, name, python, shape)
        fault = project.check()
        if fault:
            wrong.append(name)
            print(f"{name}: {fault}")
        elif project.want == "fix":
            fixed += 1
        else:
            refused += 1
    shutil.rmtree(work)
    print(f"{fixed} projects fixed, {refused} refused, {len(wrong)} wrong")
    sys.exit(bool(wrong))


main()
