package scan

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django"
)

// manyCommits makes a bare repository with a long branch; one commit in the
// middle leaks a key, which the next one takes out.
func manyCommits(t *testing.T, commits int) *gitstore.Repository {
	t.Helper()
	dir := t.TempDir()
	var stream strings.Builder
	for n := range commits {
		path, text := fmt.Sprintf("app%d/views.py", n%7), fmt.Sprintf("# SECRET_KEY is not here\nn = %d\n%s", n, strings.Repeat("pass\n", 300))
		switch n {
		case commits / 2:
			path, text = "settings.py", "SECRET_KEY = '"+testkit.Key(1)+"'\n"+strings.Repeat("#\n", 600)
		case commits/2 + 1:
			path, text = "settings.py", "import os\n"
		}
		fmt.Fprintf(&stream, "commit refs/heads/main\ncommitter A <a@example.com> %d +0000\ndata 1\nx\nM 644 inline %s\ndata %d\n%s\n", 1_700_000_000+n, path, len(text), text)
	}
	testkit.Git(t, dir, "", "init", "-q", "--bare", ".")
	testkit.Git(t, dir, stream.String(), "fast-import", "--quiet")
	repo, err := gitstore.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = repo.Close() })
	return repo
}

func mustResolve(t *testing.T, repo *gitstore.Repository, revision string) scanner.ObjectID {
	t.Helper()
	id, err := repo.Resolve(revision)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// searched runs a search of the branch main, with or without the prefilter.
func searched(t *testing.T, repo *gitstore.Repository, filtered bool) (report string, walks int) {
	t.Helper()
	source := repo.RangeOf(gitstore.RangeSpec{Include: []scanner.ObjectID{mustResolve(t, repo, "main")}})
	detector := django.New()
	collector := scanner.NewCollector(detector)
	f := prefilter{detector: detector, jobs: 1, repo: repo}
	if filtered {
		source.Prefilter = func(blobs, later []scanner.ObjectID) gitstore.Keyless {
			return f.keyless(context.Background(), blobs, later)
		}
	}
	coverage, err := collector.Run(context.Background(), source)
	if err != nil {
		t.Fatal(err)
	}
	r := &scanner.Report{Coverage: coverage}
	items, matched := scanner.Items(collector.Findings())
	places, _ := source.Places(matched, len(items))
	history := &scanner.History{Items: items, Places: places}
	r.Keys, r.Known = scanner.Build(detector, collector.Findings(), history, scanner.StatusHistory)
	var out bytes.Buffer
	if err := json.NewEncoder(&out).Encode(r); err != nil {
		t.Fatal(err)
	}
	return out.String(), f.walks
}

func TestALongRangeGivesTheSameReportByWalkingItsBlobs(t *testing.T) {
	repo := manyCommits(t, 2*prefilterFrom)
	want, walks := searched(t, repo, false)
	if walks > 0 || strings.Count(want, `"introduced":[{`) != 1 || strings.Count(want, `"removed":[{`) > 1 {
		t.Fatalf("one by one: %s", want)
	}
	if got, walks := searched(t, repo, true); walks != 1 || got != want {
		t.Errorf("by walking (%d):\n%s\nwant\n%s", walks, got, want)
	}
}

func TestAShortRangeIsReadOneByOne(t *testing.T) {
	if _, walks := searched(t, manyCommits(t, prefilterFrom/2), true); walks > 0 {
		t.Error("a few blobs were walked")
	}
}

// What a head changes as a whole is mostly what its commits change.
func TestNoBlobIsWalkedTwice(t *testing.T) {
	repo := manyCommits(t, 2*prefilterFrom)
	files, err := repo.Listing("main")
	if err != nil {
		t.Fatal(err)
	}
	source := repo.RangeOf(gitstore.RangeSpec{Include: []scanner.ObjectID{mustResolve(t, repo, "main")}})
	f := prefilter{detector: django.New(), jobs: 1, repo: repo}
	var all []scanner.ObjectID
	source.Prefilter = func(blobs, later []scanner.ObjectID) gitstore.Keyless {
		all = blobs
		return f.keyless(context.Background(), blobs, later)
	}
	if _, err := source.Chunks(context.Background(), func(*scanner.Chunk) error { return nil }); err != nil {
		t.Fatal(err)
	}
	again := f.keyless(context.Background(), all, nil)
	if f.walks != 1 || again == nil {
		t.Fatalf("%d walks", f.walks)
	}
	for _, file := range files {
		if _, keyless := again(file.ID); !keyless {
			t.Errorf("%s is to be read", file.Path)
		}
	}
}

// The old side is asked about only where a key was found, and then mostly on the way.
func TestTheOldSideIsWalkedOnTheWayOnceAKeyIsFound(t *testing.T) {
	for _, leaks := range []bool{true, false} {
		var stream strings.Builder
		for n := range 2 {
			fmt.Fprintf(&stream, "commit refs/heads/main\ncommitter A <a@example.com> %d +0000\ndata 1\nx\n", 1_700_000_000+n)
			add := func(path, text string) {
				fmt.Fprintf(&stream, "M 644 inline %s\ndata %d\n%s\n", path, len(text), text)
			}
			if n == 1 && leaks {
				add("a_settings.py", "SECRET_KEY = '"+testkit.Key(1)+"'\n")
			}
			for file := range 2 * prefilterFrom {
				add(fmt.Sprintf("b%02d.py", file), fmt.Sprintf("# SECRET_KEY is not here\nn = %d\n", file)+strings.Repeat(fmt.Sprintf("x = %d\n", file), 300+n))
			}
		}
		dir := t.TempDir()
		testkit.Git(t, dir, "", "init", "-q", "--bare", ".")
		testkit.Git(t, dir, stream.String(), "fast-import", "--quiet")
		testkit.Git(t, dir, "", "repack", "-adfq")
		repo, err := gitstore.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = repo.Close() })
		source := repo.RangeOf(gitstore.RangeSpec{Include: []scanner.ObjectID{mustResolve(t, repo, "main")}, Exclude: []scanner.ObjectID{mustResolve(t, repo, "main~1")}})
		f := prefilter{detector: django.New(), jobs: 1, repo: repo}
		walked, all := 0, 0
		source.Prefilter = func(blobs, later []scanner.ObjectID) gitstore.Keyless {
			keyless := f.keyless(context.Background(), blobs, later)
			for _, id := range later {
				if all++; f.sizes[id] > 0 {
					walked++
				}
			}
			return keyless
		}
		source.WantKnown = func() bool { return false }
		if _, err := source.Chunks(context.Background(), func(*scanner.Chunk) error { return nil }); err != nil {
			t.Fatal(err)
		}
		if all != 2*prefilterFrom || leaks && walked < all/2 || !leaks && walked > 0 {
			t.Errorf("leak %v: %d of %d old blobs are walked", leaks, walked, all)
		}
	}
}
