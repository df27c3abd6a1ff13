package trace_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/djleaks/djleaks/internal/packwalk"
	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/internal/trace"
	"github.com/djleaks/djleaks/scanner"
)

// walkHistory is a walk of packs as a History.
type walkHistory struct {
	*packwalk.Walk
	spans [][]trace.Span // by worker
}

func (h *walkHistory) Type(n uint32) trace.Type { return trace.Type(h.Kind(n)) }

func (h *walkHistory) Commits(ctx context.Context, visit func(int, trace.Object) error) error {
	_, err := h.Walk.Commits(ctx, h.adapt(visit))
	return err
}

func (h *walkHistory) Trees(ctx context.Context, visit func(int, trace.Object) error) error {
	_, err := h.Walk.Trees(ctx, h.adapt(visit))
	return err
}

func (h *walkHistory) adapt(visit func(int, trace.Object) error) packwalk.Visit {
	return func(worker int, o *packwalk.Object) error {
		spans := h.spans[worker][:0]
		for _, s := range o.Fresh {
			spans = append(spans, trace.Span{From: s.From, To: s.To})
		}
		h.spans[worker] = spans
		return visit(worker, trace.Object{Ordinal: o.Ordinal, Base: o.Base, Text: o.Text, Fresh: spans})
	}
}

func openWalk(t testing.TB, dir string, jobs int) *walkHistory {
	t.Helper()
	w, err := packwalk.Open(context.Background(), packwalk.Options{
		Dirs: []string{filepath.Join(dir, "objects")}, IDSize: 20, Jobs: jobs,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return &walkHistory{w, make([][]trace.Span, jobs)}
}

// gitOutput runs git in a Git directory, without anybody's settings.
func gitOutput(t testing.TB, dir string, args ...string) string {
	t.Helper()
	return gitInput(t, dir, "", args...)
}

func gitInput(t testing.TB, dir, stdin string, args ...string) string {
	t.Helper()
	return testkit.Git(t, dir, stdin, append([]string{"--no-replace-objects", "--git-dir=."}, args...)...)
}

// settingsBlobs finds the blobs that were at a path whose last part is
// settings.py and that say SECRET_KEY. Each is an item of its own.
func settingsBlobs(t testing.TB, dir string) []scanner.ObjectID {
	t.Helper()
	var names strings.Builder
	seen := map[string]bool{}
	log := gitOutput(t, dir, "log", "--all", "-m", "--raw", "--no-abbrev", "--no-renames", "--format=", "--", "*settings.py")
	for line := range strings.Lines(log) {
		if f := strings.Fields(line); len(f) > 5 && strings.HasSuffix(f[5], "settings.py") && !seen[f[3]] {
			seen[f[3]] = true
			fmt.Fprintln(&names, f[3])
		}
	}
	var blobs []scanner.ObjectID
	for r := bufio.NewReader(strings.NewReader(gitInput(t, dir, names.String(), "cat-file", "--batch"))); ; {
		var name, kind string
		var size int
		line, err := r.ReadString('\n')
		if err == io.EOF {
			break
		}
		if n, _ := fmt.Sscan(line, &name, &kind, &size); n < 3 {
			continue // missing
		}
		text := make([]byte, size+1)
		if _, err := io.ReadFull(r, text); err != nil {
			t.Fatal(err)
		}
		if id, ok := scanner.ParseObjectID(name); ok && bytes.Contains(text, []byte("SECRET_KEY")) {
			blobs = append(blobs, id)
		}
	}
	slices.Sort(blobs)
	return blobs
}

// gitStory is what Git says of a blob: for each path the commits that brought
// it there and those that took it away. A merge counts if all its parents
// agree.
func gitStory(t testing.TB, dir string, blob scanner.ObjectID) string {
	t.Helper()
	type count struct{ in, out int }
	changes := map[string]map[string]*count{} // by path and commit
	parents := map[string]int{}
	commit := ""
	log := gitOutput(t, dir, "log", "--all", "-m", "--raw", "--no-abbrev", "--no-renames", "--root", "-z",
		"--format=%x00commit %H %P%x00", "--find-object="+blob.String())
	fields := strings.Split(log, "\x00")
	for i := 0; i < len(fields); i++ {
		f := strings.Fields(fields[i])
		switch {
		case len(f) > 1 && f[0] == "commit":
			commit, parents[f[1]] = f[1], max(1, len(f)-2)
		case len(f) == 5 && strings.HasPrefix(f[0], ":"):
			i++
			path := fields[i]
			if changes[path] == nil {
				changes[path] = map[string]*count{}
			}
			c := changes[path][commit]
			if c == nil {
				c = new(count)
				changes[path][commit] = c
			}
			switch blob.String() {
			case f[2]:
				c.out++
			case f[3]:
				c.in++
			}
		}
	}
	var lines []string
	for path, commits := range changes {
		var in, out []string
		for commit, c := range commits {
			if c.in == parents[commit] {
				in = append(in, commit)
			}
			if c.out == parents[commit] {
				out = append(out, commit)
			}
		}
		lines = append(lines, story(path, in, out))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func story(path string, in, out []string) string {
	slices.Sort(in)
	slices.Sort(out)
	return fmt.Sprintf("%s +%v -%v", path, in, out)
}

// ourStory is the same from a trace.
func ourStory(places []scanner.Presence) string {
	var lines []string
	for _, p := range places {
		var in, out []string
		for _, c := range p.Introduced {
			in = append(in, c.Commit)
		}
		for _, c := range p.Removed {
			out = append(out, c.Commit)
		}
		lines = append(lines, story(p.Path, in, out))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// compareWithGit traces blobs, each an item of its own, and asks Git about
// only some of them.
func compareWithGit(t *testing.T, dir string, blobs []scanner.ObjectID, every int) {
	t.Helper()
	h := openWalk(t, dir, 2)
	in := trace.Input{Matched: map[scanner.ObjectID][]int32{}, Items: len(blobs), IDSize: 20, Jobs: 2}
	for i, id := range blobs {
		in.Matched[id] = []int32{int32(i)}
	}
	for line := range strings.Lines(gitOutput(t, dir, "for-each-ref", "--format=%(refname) %(objectname) %(*objectname)")) {
		f := strings.Fields(line)
		if id, ok := scanner.ParseObjectID(f[len(f)-1]); ok {
			in.Tips = append(in.Tips, trace.Tip{Ref: f[0], Object: id})
		}
	}
	start := time.Now()
	out, err := trace.Run(context.Background(), h, in)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d blobs, %d commits, %d trees, %d missing, %d broken: %v", len(blobs), out.Commits, out.Trees,
		missing(out), out.Broken.Count, time.Since(start).Round(time.Millisecond))
	asked := 0
	for i := 0; i < len(blobs); i += every {
		if unreachable(out.Presences[i]) {
			continue // Git's log does not go there
		}
		asked++
		if got, want := ourStory(out.Presences[i]), gitStory(t, dir, blobs[i]); got != want {
			t.Errorf("blob %s:\n%s\ngit says\n%s", blobs[i], got, want)
		}
	}
	if asked == 0 {
		t.Error("nothing was compared")
	}
}

func unreachable(places []scanner.Presence) bool {
	return slices.ContainsFunc(places, func(p scanner.Presence) bool { return !p.Reachable })
}

// TestRealHistoryAgreesWithGit runs on the repository that
// DJLEAKS_ORACLE_REPO names.
func TestRealHistoryAgreesWithGit(t *testing.T) {
	dir := os.Getenv("DJLEAKS_ORACLE_REPO")
	if dir == "" {
		return
	}
	blobs := settingsBlobs(t, dir)
	compareWithGit(t, dir, blobs, max(1, len(blobs)/40))
}

// TestMadeHistoryAgreesWithGit lets Git store a random history, as packs with
// deltas, and compares.
func TestMadeHistoryAgreesWithGit(t *testing.T) {
	dir := t.TempDir()
	gitOutput(t, dir, "init", "-q", "--bare")
	h := randomHistory(rand.New(rand.NewSource(7)), 250)
	gitInput(t, dir, fastImport(h), "fast-import", "--quiet")
	gitOutput(t, dir, "repack", "-a", "-d", "-f", "-q", "--window=50", "--depth=50")
	var blobs []scanner.ObjectID
	for id := range build(h).matched {
		blobs = append(blobs, id)
	}
	slices.Sort(blobs)
	compareWithGit(t, dir, blobs, max(1, len(blobs)/25))
}

// fastImport writes a history for git fast-import; every commit is a ref.
func fastImport(h history) string {
	var b strings.Builder
	for n := 1; n <= len(h); n++ {
		c := h[fmt.Sprintf("c%d", n)]
		fmt.Fprintf(&b, "commit refs/heads/c%d\nmark :%d\nauthor A <a@example.org> %d +0000\ncommitter C <c@example.org> %d +0000\ndata 0\n", n, n, c.date, n)
		for i, p := range strings.Fields(c.parents) {
			fmt.Fprintf(&b, "%s :%d\n", []string{"from", "merge"}[min(i, 1)], order(p))
		}
		b.WriteString("deleteall\n")
		for path, text := range c.files {
			fmt.Fprintf(&b, "M 100644 inline %s\ndata %d\n%s\n", path, len(text), text)
		}
	}
	return b.String()
}
