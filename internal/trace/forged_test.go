package trace_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/djleaks/djleaks/internal/trace"
	"github.com/djleaks/djleaks/scanner"
)

// forge stores an object under a name that is not the hash of its content.
func (s *store) forge(kind byte, name byte, text []byte) scanner.ObjectID {
	id := scanner.ObjectID(slices.Repeat([]byte{name}, 20))
	s.numbers[id] = uint32(len(s.ids))
	s.ids, s.kinds, s.texts = append(s.ids, id), append(s.kinds, kind), append(s.texts, text)
	return id
}

func commitText(tree scanner.ObjectID, parents ...scanner.ObjectID) []byte {
	text := "tree " + tree.String() + "\n"
	for _, p := range parents {
		text += "parent " + p.String() + "\n"
	}
	return []byte(text + "author A <a@example.org> 1 +0000\ncommitter A <a@example.org> 1 +0000\n\nx\n")
}

// forged is the name that forge gives.
func forged(name byte) scanner.ObjectID { return scanner.ObjectID(slices.Repeat([]byte{name}, 20)) }

func TestCommitsInACircleBringWhatTheyHold(t *testing.T) {
	for length := byte(1); length <= 3; length++ {
		s := build(history{"c1": {files: files{"x": "x"}}})
		tree := s.tree(files{"s.py": "k1"})
		var circle []scanner.ObjectID
		for n := range length {
			circle = append(circle, s.forge('c', 'A'+n, commitText(tree, forged('A'+(n+1)%length))))
		}
		// Commits after the circle and before it are not in it.
		last := s.add('c', commitText(tree, circle[0]))
		s.texts[s.numbers[circle[0]]] = commitText(tree, forged('A'+1%length), s.commits["c1"])
		out := ask(t, s, func(in *trace.Input) { in.Tips = []trace.Tip{{Ref: "HEAD", Object: last}} })
		if !slices.Equal(out.Knots.First, circle) {
			t.Errorf("%d: knots %v, want %v", length, out.Knots.First, circle)
		}
		p := out.Presences[1]
		s.matched = nil
		if out := ask(t, s, nil); !slices.Equal(out.Knots.First, circle) {
			t.Errorf("%d: knots %v where nothing is traced", length, out.Knots.First)
		}
		if len(p) != 1 || len(p[0].Introduced) != int(length) || !p[0].Introduced[0].AtOrBefore || !slices.Equal(p[0].Refs, []string{"HEAD"}) {
			t.Errorf("%d: %+v", length, p)
		}
	}
}

func TestATreeThatContainsItselfIsAKnot(t *testing.T) {
	s := newStore()
	key := s.blob("k1")
	outer, inner := forged('T'), forged('U')
	s.forge('t', 'T', fmt.Appendf(nil, "40000 d\x00%s", string(inner)))
	s.forge('t', 'U', fmt.Appendf(nil, "40000 d\x00%s100644 s.py\x00%s", string(outer), string(key)))
	s.add('c', commitText(outer))
	out := ask(t, s, nil)
	if !slices.Equal(out.Knots.First, []scanner.ObjectID{outer}) {
		t.Errorf("knots %v", out.Knots.First)
	}
	if len(out.Presences[1]) != 1 || out.Presences[1][0].Path != "d/s.py" {
		t.Errorf("%+v", out.Presences[1])
	}
}

// A name does not say of which type its object is. What is not what a tree or a
// commit says of it is nowhere, and what it holds has not been looked for.
func TestObjectsOfAnotherTypeAreNamed(t *testing.T) {
	for name, add := range map[string]func(s *store, blob, tree, commit scanner.ObjectID) scanner.ObjectID{
		"the tree of a commit": func(s *store, blob, _, _ scanner.ObjectID) scanner.ObjectID {
			s.add('c', commitText(blob))
			return blob
		},
		"the parent of a commit": func(s *store, blob, tree, _ scanner.ObjectID) scanner.ObjectID {
			s.add('c', commitText(tree, blob))
			return blob
		},
		"a folder": func(s *store, blob, _, _ scanner.ObjectID) scanner.ObjectID {
			s.add('t', fmt.Appendf(nil, "40000 d\x00%s", string(blob)))
			return blob
		},
		"a file that is a tree": func(s *store, _, tree, _ scanner.ObjectID) scanner.ObjectID {
			s.add('t', fmt.Appendf(nil, "100644 f\x00%s", string(tree)))
			return tree
		},
		"a file that is a commit": func(s *store, _, _, commit scanner.ObjectID) scanner.ObjectID {
			s.add('t', fmt.Appendf(nil, "100644 f\x00%s", string(commit)))
			return commit
		},
	} {
		for _, matched := range []bool{true, false} {
			s := build(history{"c1": {files: files{"x": "x", "d/y": "k1"}}})
			want := add(s, s.blob("k1"), s.tree(files{"y": "k1"}), s.commits["c1"])
			if !matched {
				s.matched = nil
			}
			if out := ask(t, s, nil); !slices.Equal(out.Mistyped.First, []scanner.ObjectID{want}) {
				t.Errorf("%s: %v, want %s", name, out.Mistyped.First, want)
			}
		}
	}
	// A submodule may be a commit of this very repository.
	s := build(history{"c1": {files: files{"x": "k1"}}})
	s.add('t', fmt.Appendf(nil, "160000 m\x00%s", string(s.commits["c1"])))
	if out := ask(t, s, nil); out.Mistyped.Count != 0 {
		t.Errorf("a submodule: %v", out.Mistyped.First)
	}
}

func TestATipMayBeABlob(t *testing.T) {
	s := build(history{"c1": {files: files{"x": "x"}}})
	key := s.blob("k1")
	out := ask(t, s, func(in *trace.Input) {
		in.Tips = []trace.Tip{{Ref: "refs/tags/a", Object: key}, {Ref: "refs/tags/b", Object: key}}
	})
	if len(out.Presences[1]) != 1 || len(out.Unplaced) != 0 {
		t.Fatalf("%+v, unplaced %v", out.Presences[1], out.Unplaced)
	}
	p := out.Presences[1][0]
	if p.Path != "" || !slices.Equal(p.Refs, []string{"refs/tags/a", "refs/tags/b"}) || !slices.Equal(p.Blobs, []scanner.ObjectID{key}) {
		t.Errorf("%+v", p)
	}
}
