package trace_test

import (
	"bytes"
	"context"
	"crypto/sha1"
	"fmt"
	"math/rand"
	"reflect"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/djleaks/djleaks/internal/trace"
	"github.com/djleaks/djleaks/scanner"
)

// history is a made history by name of commit. Commits are made in the order
// of their names' numbers: c2 is older than c10.
type history map[string]commit

// commit is one commit of a made history.
type commit struct {
	parents string // names of commits
	// files are texts by path. A text holds item 1 if "k1" is one of its
	// words. "link k1" is a symbolic link and "module" a submodule; a path
	// that ends in a slash is an empty tree.
	files map[string]string
	date  int64 // of the author; 0 is the place in the order, in seconds
}

// store is a History in memory.
type store struct {
	ids     []scanner.ObjectID
	kinds   []byte // 'c', 't' or 'b'
	texts   [][]byte
	numbers map[scanner.ObjectID]uint32
	commits map[string]scanner.ObjectID // by name
	names   map[string]string           // of commits, by hexadecimal id
	hidden  map[scanner.ObjectID]bool   // not in the store
	bases   map[uint32]uint32           // of trees
	matched map[scanner.ObjectID][]int32
	jobs    int
	shown   []uint32 // trees in the order of the pass
}

func newStore() *store {
	return &store{
		numbers: map[scanner.ObjectID]uint32{}, commits: map[string]scanner.ObjectID{}, names: map[string]string{},
		hidden: map[scanner.ObjectID]bool{}, bases: map[uint32]uint32{}, matched: map[scanner.ObjectID][]int32{}, jobs: 1,
	}
}

// add stores an object and returns its name.
func (s *store) add(kind byte, text []byte) scanner.ObjectID {
	word := map[byte]string{'b': "blob", 't': "tree", 'c': "commit"}[kind]
	sum := sha1.Sum(append([]byte(word+" "+strconv.Itoa(len(text))+"\x00"), text...))
	id := scanner.ObjectID(sum[:])
	if _, ok := s.numbers[id]; !ok {
		s.numbers[id] = uint32(len(s.ids))
		s.ids, s.kinds, s.texts = append(s.ids, id), append(s.kinds, kind), append(s.texts, text)
	}
	return id
}

// build makes the objects of a history.
func build(h history) *store {
	s := newStore()
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	sort.Slice(names, func(i, j int) bool { return order(names[i]) < order(names[j]) })
	for _, name := range names {
		s.commit(name, h[name])
	}
	return s
}

func order(name string) int {
	n, err := strconv.Atoi(strings.TrimLeft(name, "abcdefghijklmnopqrstuvwxyz"))
	if err != nil {
		panic("commit " + name + " has no number")
	}
	return n
}

func (s *store) commit(name string, c commit) {
	if c.date == 0 {
		c.date = int64(order(name))
	}
	text := "tree " + s.tree(c.files).String() + "\n"
	for _, p := range strings.Fields(c.parents) {
		text += "parent " + s.commits[p].String() + "\n"
	}
	text += fmt.Sprintf("author %s <a@example.org> %d +0000\ncommitter C <c@example.org> 1 +0000\n\n%s\n", name, c.date, name)
	s.commits[name] = s.add('c', []byte(text))
	s.names[s.commits[name].String()] = name
}

// tree makes a tree and all that is in it.
func (s *store) tree(files map[string]string) scanner.ObjectID {
	type item struct{ mode, name, id, key string }
	var items []item
	subs := map[string]map[string]string{}
	for path, text := range files {
		dir, rest, nested := strings.Cut(path, "/")
		switch {
		case nested && rest == "":
			items = append(items, item{"40000", dir, string(s.tree(nil)), dir + "/"})
		case nested:
			if subs[dir] == nil {
				subs[dir] = map[string]string{}
			}
			subs[dir][rest] = text
		case text == "module":
			items = append(items, item{"160000", path, strings.Repeat("m", 20), path})
		case strings.HasPrefix(text, "link "):
			items = append(items, item{"120000", path, string(s.blob(text)), path})
		default:
			items = append(items, item{"100644", path, string(s.blob(text)), path})
		}
	}
	for dir, sub := range subs {
		items = append(items, item{"40000", dir, string(s.tree(sub)), dir + "/"})
	}
	sort.Slice(items, func(i, j int) bool { return items[i].key < items[j].key })
	var out bytes.Buffer
	for _, i := range items {
		out.WriteString(i.mode + " " + i.name + "\x00" + i.id)
	}
	return s.add('t', out.Bytes())
}

func (s *store) blob(text string) scanner.ObjectID {
	id := s.add('b', []byte(text))
	if items := itemsOf(text); len(items) > 0 {
		s.matched[id] = items
	}
	return id
}

func itemsOf(text string) []int32 {
	var out []int32
	for _, word := range strings.Fields(text) {
		if n, err := strconv.Atoi(strings.TrimPrefix(word, "k")); err == nil && word[0] == 'k' {
			out = append(out, int32(n))
		}
	}
	return out
}

// deltas makes most trees deltas of others, shown in another order than they
// were made.
func (s *store) deltas(r *rand.Rand) {
	s.shown = nil
	for n := range s.ids {
		if s.kinds[n] == 't' {
			s.shown = append(s.shown, uint32(n))
		}
	}
	r.Shuffle(len(s.shown), func(i, j int) { s.shown[i], s.shown[j] = s.shown[j], s.shown[i] })
	for i, n := range s.shown {
		if i > 0 && r.Intn(8) > 0 {
			best, most := s.shown[r.Intn(i)], -1
			for range 6 {
				other := s.shown[r.Intn(i)]
				if same := copied(delta(s.texts[other], s.texts[n], 5)); same > most {
					best, most = other, same
				}
			}
			s.bases[n] = best
		}
	}
}

func copied(fresh []trace.Span) int {
	n := 0
	for _, f := range fresh {
		n -= int(f.To - f.From)
	}
	return n
}

// delta finds, block by block as Git does, what text can copy from base, and
// returns the rest as a History must.
func delta(base, text []byte, block int) []trace.Span {
	at := map[string]int{}
	for i := 0; i+block <= len(base); i++ {
		at[string(base[i:i+block])] = i
	}
	var out []trace.Span
	end, baseEnd := 0, -1
	for i := 0; i+block <= len(text); {
		from, ok := at[string(text[i:i+block])]
		if !ok {
			i++
			continue
		}
		n := block
		for i+n < len(text) && from+n < len(base) && text[i+n] == base[from+n] {
			n++
		}
		if end != i || baseEnd != from {
			out = append(out, trace.Span{From: int32(end), To: int32(i)})
		}
		i += n
		end, baseEnd = i, from+n
	}
	return append(out, trace.Span{From: int32(end), To: int32(len(text))})
}

func (s *store) Count() int                   { return len(s.ids) }
func (s *store) ID(n uint32) scanner.ObjectID { return s.ids[n] }
func (s *store) Ordinal(id []byte) (uint32, bool) {
	n, ok := s.numbers[scanner.ObjectID(id)]
	if !ok || s.hidden[scanner.ObjectID(id)] {
		return trace.None, false
	}
	return n, true
}

func (s *store) Type(n uint32) trace.Type {
	return map[byte]trace.Type{'b': trace.Blob, 't': trace.Tree, 'c': trace.Commit}[s.kinds[n]]
}

func (s *store) Read(n uint32, dst []byte) ([]byte, error) {
	return append(dst, s.texts[n]...), nil
}

func (s *store) Commits(ctx context.Context, visit func(int, trace.Object) error) error {
	var all []uint32
	for n := range s.ids {
		if s.kinds[n] == 'c' {
			all = append(all, uint32(n))
		}
	}
	return s.show(all, visit)
}

func (s *store) Trees(ctx context.Context, visit func(int, trace.Object) error) error {
	if s.shown == nil {
		for n := range s.ids {
			if s.kinds[n] == 't' {
				s.shown = append(s.shown, uint32(n))
			}
		}
	}
	return s.show(s.shown, visit)
}

// show shows objects, each family of deltas by one worker.
func (s *store) show(all []uint32, visit func(int, trace.Object) error) error {
	var wg sync.WaitGroup
	errs := make([]error, s.jobs)
	for w := range s.jobs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for _, n := range all {
				root := n
				for base, ok := s.bases[root]; ok; base, ok = s.bases[root] {
					root = base
				}
				if int(root)%s.jobs != w || s.hidden[s.ids[n]] || errs[w] != nil {
					continue
				}
				text := slices.Clone(s.texts[n])
				o := trace.Object{Ordinal: n, Base: trace.None, Text: text, Fresh: []trace.Span{{From: 0, To: int32(len(text))}}}
				if base, ok := s.bases[n]; ok && !s.hidden[s.ids[base]] {
					o.Base, o.Fresh = base, delta(s.texts[base], text, 5)
				}
				errs[w] = visit(w, o)
				clear(text) // it was only borrowed
			}
		}()
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// ask traces the items 0 to 9 of a store.
func ask(t *testing.T, s *store, change func(*trace.Input)) *trace.Result {
	t.Helper()
	in := trace.Input{Matched: s.matched, Items: 10, IDSize: 20, Jobs: s.jobs}
	if change != nil {
		change(&in)
	}
	out, err := trace.Run(context.Background(), s, in)
	if err != nil {
		t.Fatal(err)
	}
	checkReadBefore(t, s, in, out)
	return out
}

// checkReadBefore checks that two more questions about commits that are read
// beforehand have the same answer.
func checkReadBefore(t *testing.T, s *store, in trace.Input, want *trace.Result) {
	t.Helper()
	in.Commits = trace.NewCommits(s, in)
	if err := s.Commits(context.Background(), in.Commits.Add); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		got, err := trace.Run(context.Background(), s, in)
		if err != nil {
			t.Fatal(err)
		}
		a, b := *got, *want
		a.Marked, a.First, b.Marked, b.First = nil, nil, nil, nil // functions
		if !reflect.DeepEqual(a, b) {
			t.Errorf("commits read beforehand: %+v, want %+v", a, b)
		}
	}
}

// tips makes tips from "ref=commit" words.
func (s *store) tips(words string) []trace.Tip {
	var out []trace.Tip
	for _, w := range strings.Fields(words) {
		ref, name, _ := strings.Cut(w, "=")
		out = append(out, trace.Tip{Ref: ref, Object: s.commits[name]})
	}
	return out
}

// lines writes the presences of an item as one line each: path, what introduced
// and removed it, where it is.
func (s *store) lines(places []scanner.Presence) string {
	var out []string
	for _, p := range places {
		line := p.Path + " +" + s.list(p.Introduced) + " -" + s.list(p.Removed)
		if len(p.Refs) > 0 {
			line += " @" + strings.Join(p.Refs, ",")
		}
		if !p.Reachable {
			line += " unreachable"
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

func (s *store) list(commits []scanner.Commit) string {
	var out []string
	for _, c := range commits {
		name := s.names[c.Commit]
		if c.AtOrBefore {
			name = "≤" + name
		}
		out = append(out, name)
	}
	return strings.Join(out, ",")
}
