package gitstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
)

// repo is a scratch repository that the real git makes.
type repo struct {
	t    testing.TB
	dir  string
	env  []string
	date int64
}

func newRepo(t testing.TB, args ...string) *repo {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := &repo{t: t, dir: filepath.Join(dir, "r"), env: append(testkit.GitEnvironment(), "HOME="+dir, "GIT_AUTHOR_NAME=Ada Example", "GIT_COMMITTER_NAME=Ben Example"), date: 1_600_000_000}
	must(t, os.MkdirAll(r.dir, 0o755))
	r.git(append([]string{"init", "-q", "-b", "main", "--template="}, args...)...)
	return r
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// in is the same repository seen from another directory.
func (r *repo) in(dir string) *repo {
	c := *r
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(r.dir, dir)
	}
	c.dir = dir
	return &c
}

func (r *repo) try(args ...string) (string, error) {
	r.date += 60
	cmd := exec.Command("git", append([]string{"-c", "protocol.file.allow=always", "-c", "advice.detachedHead=false"}, args...)...)
	cmd.Dir = r.dir
	cmd.Env = append(r.env, fmt.Sprintf("GIT_AUTHOR_DATE=%d +0200", r.date), fmt.Sprintf("GIT_COMMITTER_DATE=%d +0000", r.date))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("git %s: %w: %s", strings.Join(args, " "), err, stderr.String())
	}
	return strings.TrimRight(string(out), "\n"), err
}

func (r *repo) git(args ...string) string {
	r.t.Helper()
	out, err := r.try(args...)
	if err != nil {
		r.t.Fatal(err)
	}
	return out
}

// input is git with something to read.
func (r *repo) input(text string, args ...string) string {
	r.t.Helper()
	return strings.TrimRight(testkit.Git(r.t, r.dir, text, args...), "\n")
}

func (r *repo) write(path, text string) {
	r.t.Helper()
	file := filepath.Join(r.dir, filepath.FromSlash(path))
	must(r.t, os.MkdirAll(filepath.Dir(file), 0o755))
	must(r.t, os.WriteFile(file, []byte(text), 0o644))
}

// commit writes files given as path, text, path, text, … and commits all.
func (r *repo) commit(message string, files ...string) scanner.ObjectID {
	r.t.Helper()
	for i := 0; i+1 < len(files); i += 2 {
		r.write(files[i], files[i+1])
	}
	r.git("add", "-A")
	r.git("commit", "-q", "--allow-empty", "-m", message)
	return r.id("HEAD")
}

func (r *repo) id(rev string) scanner.ObjectID {
	r.t.Helper()
	id, ok := scanner.ParseObjectID(r.git("rev-parse", rev))
	if !ok {
		r.t.Fatalf("%s is not an object", rev)
	}
	return id
}

func (r *repo) open() *Repository {
	r.t.Helper()
	s, err := Open(r.dir)
	must(r.t, err)
	r.t.Cleanup(func() { _ = s.Close() })
	return s
}

// openEnv opens the repository as a hook with this environment would.
func (r *repo) openEnv(env ...string) *Repository {
	r.t.Helper()
	s, err := openEnvironment(r.dir, env)
	must(r.t, err)
	r.t.Cleanup(func() { _ = s.Close() })
	return s
}

// texts is what a source yielded: "path: text" of what is new, with "known "
// or "worktree " before what is not, sorted.
func texts(t testing.TB, s scanner.Source) ([]string, scanner.Coverage) {
	t.Helper()
	lines, coverage, err := readTexts(s)
	must(t, err)
	checkAgainstGoGit(t, s, lines, coverage)
	return lines, coverage
}

func readTexts(s scanner.Source) (lines []string, coverage scanner.Coverage, err error) {
	added := map[scanner.ObjectID]string{} // of a range, which says afterwards where they are
	coverage, err = s.Chunks(context.Background(), func(c *scanner.Chunk) error {
		text := ": " + strings.TrimSpace(string(c.Text))
		mark := ""
		switch {
		case c.Kind != scanner.File:
			return nil
		case c.Known:
			mark = "known "
		case c.Worktree:
			mark = "worktree "
		case c.Path == "":
			added[c.ID] = text
			return nil
		}
		for _, path := range append([]string{c.Path}, c.Also...) {
			lines = append(lines, mark+path+text)
		}
		return nil
	})
	if r, ok := s.(*Range); ok && err == nil {
		var more []string
		more, err = placed(r, added)
		lines = append(lines, more...)
	}
	slices.Sort(lines)
	return lines, coverage, err
}

// placed is what a range added, by path.
func placed(r *Range, added map[scanner.ObjectID]string) (lines []string, err error) {
	matched := map[scanner.ObjectID][]int32{}
	var texts []string
	for id, text := range added {
		matched[id] = []int32{int32(len(texts))}
		texts = append(texts, text)
	}
	places, whole := r.Places(matched, len(texts))
	if !whole {
		err = errors.New("not all places are listed")
	}
	for item, list := range places {
		for _, p := range list {
			lines = append(lines, p.Path+texts[item])
		}
		if len(list) == 0 {
			lines = append(lines, texts[item])
		}
	}
	return lines, err
}

func expect(t testing.TB, s scanner.Source, want ...string) {
	t.Helper()
	got, coverage := texts(t, s)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
	if !coverage.Complete {
		t.Errorf("not complete: %v", coverage.Skipped)
	}
}

// shell runs a line of shell in the repository's directory.
func shell(t testing.TB, r *repo, line string) {
	t.Helper()
	cmd := exec.Command("sh", "-c", line)
	cmd.Dir, cmd.Env = r.dir, r.env
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", line, err, out)
	}
}
