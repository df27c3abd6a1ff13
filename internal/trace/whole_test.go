package trace

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/djleaks/djleaks/scanner"
)

const someID = "01234567890123456789"

func TestMissingObjectsAreCountedOnceAndTheFirstAreNamed(t *testing.T) {
	f := &folder{numbers: map[string]uint32{}}
	var want []scanner.ObjectID
	for range 3 {
		var text []byte
		for i := range 5000 {
			id := fmt.Sprintf("%020d", (i*7919)%5000)
			text = fmt.Appendf(text, "100644 f%d\x00%s", i, id)
			if len(want) < 5000 {
				want = append(want, scanner.ObjectID(id))
			}
		}
		f.add('t', fmt.Appendf(text, "100644 z%d\x00%s", len(f.ids), string(want[0])))
	}
	out, err := Run(context.Background(), f, Input{IDSize: 20, Jobs: 1})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(want)
	if b := out.Missing.Blobs; b.Count != 5000 || !slices.Equal(b.First, want[:maxIDs]) || out.Trees != 3 {
		t.Errorf("%d missing, %d named, %d trees", b.Count, len(b.First), out.Trees)
	}
}

func TestABrokenTreeIsNamedAndNotTrustedAsABase(t *testing.T) {
	for _, text := range []string{
		"100644 a\x00" + someID + "100644 b",
		"100644 a\x00" + someID + "100644 b\x00short",
		"100644 a\x00" + someID + "10x644 b\x00" + someID,
	} {
		f := &folder{numbers: map[string]uint32{}}
		id, broken := f.add('t', []byte(text))
		_, child := f.add('t', []byte("100644 b\x00"+"98765432109876543210"))
		s := newScan(f, &Input{IDSize: 20, Jobs: 1}, nil)
		w := &s.workers[0]
		show := func(n, base uint32, fresh ...Span) {
			if err := s.readTree(w, Object{Ordinal: n, Base: base, Text: f.texts[n], Fresh: fresh}); err != nil {
				t.Fatal(err)
			}
		}
		show(broken, None, Span{0, int32(len(text))})
		show(child, broken) // says that all of it is copied
		if got := w.broken.ids(); got.Count != 1 || got.First[0] != scanner.ObjectID(id) {
			t.Errorf("%q: broken %v", text, got)
		}
		if got := w.missing[Blob].ids(); got.Count != 2 {
			t.Errorf("%q: %d missing blobs, want that of the tree and that of its child", text, got.Count)
		}
	}
}

func TestADeltaWhoseBaseWasNotShownIsLookedUpAsAWhole(t *testing.T) {
	f := &folder{numbers: map[string]uint32{}}
	_, base := f.add('t', []byte("100644 a\x00"+someID))
	_, child := f.add('t', []byte("100644 b\x00"+someID))
	s := newScan(f, &Input{IDSize: 20, Jobs: 1}, nil)
	if err := s.readTree(&s.workers[0], Object{Ordinal: child, Base: base, Text: f.texts[child]}); err != nil {
		t.Fatal(err)
	}
	if got := s.workers[0].missing[Blob].ids(); got.Count != 1 {
		t.Errorf("%d missing blobs, want 1", got.Count)
	}
}

// A key that many commits hold and none touches costs one node and one event.
func TestAnUntouchedKeyCostsNothingForEachCommit(t *testing.T) {
	const commits = 20000
	f := &folder{numbers: map[string]uint32{}}
	key, _ := f.add('b', []byte("key"))
	conf, _ := f.add('t', []byte("100644 settings.py\x00"+key))
	parent := ""
	for i := range commits {
		other, _ := f.add('b', fmt.Appendf(nil, "%d", i))
		root, _ := f.add('t', []byte("40000 conf\x00"+conf+"100644 other\x00"+other))
		text := fmt.Sprintf("tree %x\n", root)
		if parent != "" {
			text += fmt.Sprintf("parent %x\n", parent)
		}
		parent, _ = f.add('c', fmt.Appendf(nil, "%sauthor A <a> %d +0000\n\n", text, i))
	}
	in := Input{Items: 1, IDSize: 20, Jobs: 1, Matched: map[scanner.ObjectID][]int32{scanner.ObjectID(key): {0}}}
	s := newScan(f, &in, newMatched(in.Matched))
	if err := s.run(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	tr := newTracer(s)
	if err := errors.Join(tr.findRoots(context.Background()), tr.compareCommits(context.Background())); err != nil {
		t.Fatal(err)
	}
	if len(tr.nodes.all) != 3 || len(tr.events) != 1 || len(tr.versions) != 1 {
		t.Errorf("%d nodes, %d events, %d versions", len(tr.nodes.all), len(tr.events), len(tr.versions))
	}
}

func TestCancellingEndsTheRun(t *testing.T) {
	f, in := bigFolder(3, 5000)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Run(ctx, f, in); err != context.Canceled {
		t.Errorf("error %v", err)
	}
}
