package trace_test

import (
	"context"
	"errors"
	"math/rand"
	"reflect"
	"slices"
	"testing"

	"github.com/djleaks/djleaks/internal/trace"
	"github.com/djleaks/djleaks/scanner"
)

// grownStore is a store whose objects from a number on are new.
type grownStore struct {
	s   *store
	was int
}

func (g grownStore) New(_ context.Context, visit func(t trace.Type, id, text []byte) error) error {
	for n := g.was; n < len(g.s.ids); n++ {
		if g.s.kinds[n] == 'b' || g.s.hidden[g.s.ids[n]] {
			continue
		}
		if err := visit(g.s.Type(uint32(n)), []byte(g.s.ids[n]), g.s.texts[n]); err != nil {
			return err
		}
	}
	return nil
}

func (g grownStore) IsNew(id []byte) bool {
	n, ok := g.s.Ordinal(id)
	return ok && int(n) >= g.was
}

func (g grownStore) Has(id []byte) bool {
	_, ok := g.s.Ordinal(id)
	return ok
}

func (g grownStore) Object(id []byte) (trace.Type, []byte, error) {
	n, ok := g.s.Ordinal(id)
	if !ok {
		return trace.Unknown, nil, errors.New("missing")
	}
	return g.s.Type(n), g.s.texts[n], nil
}

func (g grownStore) Type(id []byte) trace.Type {
	kind, _, _ := g.Object(id)
	return kind
}

// question asks for the items 0 to 9, and for what Grow can go on from.
func (s *store) question(tips ...string) trace.Input {
	in := trace.Input{Matched: s.matched, Items: 10, IDSize: 20, Jobs: 1, Remember: true}
	for _, name := range tips {
		in.Tips = append(in.Tips, s.tips("refs/heads/"+name+"="+name)...)
	}
	return in
}

func run(t *testing.T, s *store, in trace.Input) *trace.Result {
	t.Helper()
	s.shown = nil // there may be more trees
	out, err := trace.Run(context.Background(), s, in)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestGrowAnswersAsRun makes random histories in three parts, and goes on after each
// from what the answer about the part before has left.
func TestGrowAnswersAsRun(t *testing.T) {
	grown, unclear := 0, 0
	for seed := range int64(60) {
		r := rand.New(rand.NewSource(seed))
		h := randomHistory(r, 15)
		var names []string
		for name := range h {
			names = append(names, name)
		}
		slices.SortFunc(names, func(a, b string) int { return order(a) - order(b) })
		s := newStore()
		var past *trace.Past
		for part := range 3 {
			was := len(s.ids)
			upTo := (part + 1) * len(names) / 3
			for _, name := range names[part*len(names)/3 : upTo] {
				s.commit(name, h[name])
			}
			in := s.question(names[r.Intn(upTo)], names[upTo-1])
			want := run(t, s, in)
			if past == nil {
				past = want.Past
				continue
			}
			got, err := trace.Grow(context.Background(), past, grownStore{s, was}, in)
			if errors.Is(err, trace.ErrUnclear) {
				unclear++
				past = want.Past
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			if grown++; !reflect.DeepEqual(got.Presences, want.Presences) || !reflect.DeepEqual(got.Missing, want.Missing) || got.Commits != want.Commits {
				t.Fatalf("seed %d, part %d:\n%+v\nwant\n%+v", seed, part, got.Presences, want.Presences)
			}
			past = got.Past
		}
	}
	if grown < 60 {
		t.Errorf("%d questions were answered from what was new, %d were unclear", grown, unclear)
	}
}

// TestGrowListsWhatNewTreesName chooses files by name.
func TestGrowListsWhatNewTreesName(t *testing.T) {
	s := newStore()
	s.commit("c1", commit{files: map[string]string{"old.key": "a", "settings.py": "k1"}})
	in := s.question("c1")
	in.Named = func(name []byte) bool {
		return string(name) == "old.key" || string(name) == "new.key" || string(name) == "keys"
	}
	past := run(t, s, in).Past
	if past == nil || past.Chosen != 1 {
		t.Fatalf("%+v", past)
	}
	was := len(s.ids)
	s.commit("c2", commit{parents: "c1", files: map[string]string{"old.key": "a", "settings.py": "k1", "new.key": "b", "keys/x": "c"}})
	in.Tips = s.tips("refs/heads/main=c2")
	got, err := trace.Grow(context.Background(), past, grownStore{s, was}, in)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, n := range got.Named {
		names = append(names, n.Name)
	}
	if slices.Sort(names); !slices.Equal(names, []string{"keys/", "new.key"}) || got.Past.Chosen != 3 {
		t.Errorf("%q, %d chosen in all", names, got.Past.Chosen)
	}
}

// TestGrowDoesNotGuess asks where only Run can answer.
func TestGrowDoesNotGuess(t *testing.T) {
	for name, spoil := range map[string]func(*store, *trace.Past, *trace.Input){
		"a tree is missing":   func(s *store, _ *trace.Past, _ *trace.Input) { s.hidden[s.tree(map[string]string{"x": "k2"})] = true },
		"a parent is missing": func(s *store, _ *trace.Past, _ *trace.Input) { s.hidden[s.commits["c2"]] = true },
		"a clone is shallow": func(s *store, _ *trace.Past, in *trace.Input) {
			in.Shallow = map[scanner.ObjectID]bool{s.commits["c1"]: true}
		},
		"a root is forged":       func(_ *store, p *trace.Past, _ *trace.Input) { p.Roots[0] = 1 << 20 },
		"a parent is forged":     func(_ *store, p *trace.Past, _ *trace.Input) { p.Parents = append(p.Parents, 1<<20) },
		"a name is forged":       func(_ *store, p *trace.Past, _ *trace.Input) { p.Entries[0] = 1 << 20 },
		"commits are cut":        func(_ *store, p *trace.Past, _ *trace.Input) { p.Commits = p.Commits[1:] },
		"an old blob is matched": func(s *store, _ *trace.Past, in *trace.Input) { in.Matched[s.blob("plain")] = []int32{3} },
	} {
		s := newStore()
		s.commit("c1", commit{files: map[string]string{"settings.py": "k1", "a": "plain"}})
		in := s.question("c1")
		past := run(t, s, in).Past
		was := len(s.ids)
		s.commit("c2", commit{parents: "c1", files: map[string]string{"settings.py": "k1", "d/x": "k2"}})
		s.commit("c3", commit{parents: "c2", files: map[string]string{"d/x": "k2"}})
		in.Tips = s.tips("refs/heads/main=c3")
		if _, err := trace.Grow(context.Background(), past, grownStore{s, was}, in); err != nil {
			t.Fatalf("before %s: %v", name, err)
		}
		spoil(s, past, &in)
		if _, err := trace.Grow(context.Background(), past, grownStore{s, was}, in); !errors.Is(err, trace.ErrUnclear) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
