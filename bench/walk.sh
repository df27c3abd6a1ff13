#!/bin/sh
# What the walk over the objects costs, for each git directory that is named:
# the sweep over the blobs against its floor (every stream inflated once, with
# the same inflater), one worker against two, the peak of the heap, and the
# processor time of Git reading all objects.
#
#   bench/walk.sh REPOSITORY.git …
set -eu
cd "$(dirname "$0")/.."
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
for repo in "$@"; do
	repo=$(cd "$repo" && pwd)
	[ -d "$repo/objects" ] || repo=$repo/.git
	echo "== $(basename "$(dirname "$repo")")/$(basename "$repo")"
	DJLEAKS_BENCH_REPO=$repo go test ./internal/packwalk -run '^$' -benchtime 1x \
		-bench '^Benchmark(Ratio|Jobs|Heap|Open|Commits|Trees)$' | grep '^Benchmark'
	echo "git cat-file --batch-all-objects --unordered --buffer --batch, user and system time (second line):"
	(
		git -C "$repo" cat-file --batch-all-objects --unordered --buffer --batch >/dev/null
		times
	)
done
