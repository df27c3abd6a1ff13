"""page_repository.py KEYS DIR: a repository with KEYS keys, some of them in
files with hostile names, some removed, some in pull requests."""

import os
import random
import subprocess
import sys

keys, folder = int(sys.argv[1]), sys.argv[2]
rnd = random.Random(keys)
clock = 1_500_000_000
ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)"
HOSTILE = ["shop/<b>x<!--.py", "shop/`rm`$(x).py", "shop/" + "long_" * 30 + ".py", "shop/\u202eevil.py", "shop/a|b.py"]


def key():
    return "".join(rnd.choice(ALPHABET) for _ in range(50))


def git(*words):
    name = "Ada <script>alert(1)</script>" if rnd.random() < 0.1 else "Ada Lovelace"
    env = dict(os.environ)
    for who in "AUTHOR", "COMMITTER":
        env |= {f"GIT_{who}_NAME": name, f"GIT_{who}_EMAIL": "ada@example.com", f"GIT_{who}_DATE": f"{clock} +0000"}
    subprocess.run(["git", *words], cwd=folder, env=env, check=True, stdout=subprocess.DEVNULL)


def write(path, text):
    path = os.path.join(folder, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


os.makedirs(folder)
git("init", "-q", "-b", "main")
git("remote", "add", "origin", "git@github.com:example/shop.git")
write("requirements.txt", "Django==4.2.7\ndjangorestframework-simplejwt==5.3.0\ndjango-q2==1.7\n")
write("shop/settings/base.py", 'INSTALLED_APPS = ["django.contrib.auth", "django.contrib.sessions", "rest_framework_simplejwt", "django_q", "knox"]\n'
      f'Q_CLUSTER = {{"orm": "default"}}\nSECRET_KEY = "django-insecure-{key()}"\n')
write("bank/models.py", "from django_cryptography.fields import encrypt\niban = encrypt(x)\n")
write("Dockerfile", "FROM python\nRUN python manage.py collectstatic --noinput\n")
write("fly.toml", 'app = "shop-prod"\n')
git("add", ".")
git("commit", "-qm", "start")
for i in range(keys - 1):
    clock += 86400 * rnd.randint(1, 9)
    path = HOSTILE[i] if i < len(HOSTILE) else f"shop/settings/site{i}.py"
    write(path, f'SECRET_KEY = "{key()}"\nDEBUG = False\n')
    git("add", ".")
    git("commit", "-qm", f"site {i}")
    if rnd.random() < 0.5:
        clock += 86400 * 30
        write(path, 'import os\nSECRET_KEY = os.environ["SECRET_KEY"]\n')
        git("commit", "-qam", "mend")
    if rnd.random() < 0.3:
        for _ in range(rnd.randint(1, 20)):
            git("update-ref", f"refs/pull/{rnd.randint(1, 2000)}/head", "HEAD")
git("update-ref", "refs/remotes/origin/main", "HEAD")
