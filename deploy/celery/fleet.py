"""djleaks over the repositories of a list, with Celery: one task for each share.

    pip install -r requirements.txt
    celery -A fleet worker --concurrency 1          on every machine
    python fleet.py repositories.jsonl DIR 64       once a night

LIST and DIR are on a file system that all workers have. A task is acknowledged
after it is done: one whose worker is killed is given to another, and what it has
read is not read again. With Redis a task that takes longer than the visibility
timeout is given to a second worker as well, which changes nothing but the time.
"""

import os
import subprocess
import sys

from celery import Celery, group

app = Celery(
    "fleet",
    broker=os.environ.get("DJLEAKS_BROKER", "redis://localhost:6379/0"),
    backend=os.environ.get("DJLEAKS_BROKER", "redis://localhost:6379/0"),
)
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    broker_transport_options={"visibility_timeout": int(os.environ.get("DJLEAKS_VISIBILITY", "7200"))},
)


@app.task(name="djleaks.audit")
def audit(listing, store, share):
    """Audits one share, such as "3/64"; returns the exit code, 0 or 3."""
    command = ["djleaks", "fleet", "audit", "--list", listing, "--store", store, "--shard", share, "--jobs", "1", "--quiet"]
    code = subprocess.run(command, check=False).returncode
    if code not in (0, 3):  # 3: merge says which repository could not be read
        raise RuntimeError(f"share {share}: djleaks ended with {code}")
    return code


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    listing, store, shares = sys.argv[1:]
    tasks = group(audit.s(listing, store, f"{i}/{shares}") for i in range(1, int(shares) + 1))
    codes = tasks.apply_async().get(propagate=True)
    sys.exit(subprocess.run(["djleaks", "merge", store, "--list", listing], check=False).returncode if codes else 2)


if __name__ == "__main__":
    main()
