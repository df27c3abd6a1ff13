package trace

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/scanner"
)

// placeUncommitted finds paths for the matched blobs that no commit holds below the outermost
// trees that do, and returns those that no tree names. It breaks off when ctx
// ends.
func (t *tracer) placeUncommitted(ctx context.Context) []scanner.ObjectID {
	s := t.scan
	placed := t.placed()
	left := newBitset(len(s.matched.ids))
	for _, set := range s.leaves.sets {
		for _, l := range set {
			if !placed.has(l.blob) {
				left.put(l.blob)
			}
		}
	}
	for _, root := range t.uncommittedRoots(ctx, left) {
		t.compare(0, root, func(c change) {
			if !left.has(c.new) {
				return
			}
			placed.put(c.new)
			t.versions[uint64(c.path)<<32|uint64(c.new)] = 0
			for _, item := range t.items(c.new) {
				t.presence(item, c.path)
			}
		})
	}
	var out []scanner.ObjectID
	for i, id := range s.matched.ids {
		if !placed.has(uint32(i)) {
			out = append(out, id)
		}
	}
	return out
}

// hasUncommitted reports whether a tree names a matched blob that no commit holds.
// It is asked before the tips are.
func (t *tracer) hasUncommitted() bool {
	committed := t.placed()
	for _, set := range t.scan.leaves.sets {
		for _, l := range set {
			if !committed.has(l.blob) {
				return true
			}
		}
	}
	return false
}

// placed are the matched blobs that have a path, by number.
func (t *tracer) placed() bitset {
	placed := newBitset(len(t.scan.matched.ids))
	for key := range t.versions {
		placed.put(uint32(key))
	}
	return placed
}

// uncommittedRoots are the nodes of the outermost trees outside of all commits that
// hold one of these blobs.
func (t *tracer) uncommittedRoots(ctx context.Context, blobs bitset) []uint32 {
	r := t.resolver
	if !slices.ContainsFunc(blobs, func(word uint64) bool { return word != 0 }) {
		return nil
	}
	var trees []uint32
	inner := map[uint32]bool{}
	for n := range uint32(len(t.scan.slots)) {
		if n%1024 == 0 && ctx.Err() != nil {
			return nil
		}
		if _, done := t.scan.nodeOf(n); done || !t.scan.isTree(n) || !r.mayHold(n) {
			continue
		}
		trees = append(trees, n)
		if set, ok := t.scan.dirSetOf(n); ok {
			for _, d := range r.appendSubdirs(nil, set) {
				inner[d.tree] = true
			}
		}
	}
	var roots []uint32
	for i, n := range trees {
		if i%1024 == 0 && ctx.Err() != nil {
			return nil
		}
		if node := r.node(n); node != 0 && !inner[n] {
			roots = append(roots, node)
		}
	}
	slices.Sort(roots)
	return slices.Compact(roots)
}

// buildPresences turns the events into the presences of each item, by path.
func (t *tracer) buildPresences(ctx context.Context, out [][]scanner.Presence) error {
	t.sortEvents()
	b := newPresenceBuilder(t)
	events := t.events
	for n := range t.presences {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		mine := 0
		for mine < len(events) && events[mine].presence == uint32(n) {
			mine++
		}
		p, err := b.presence(&t.presences[n], events[:mine])
		if err != nil {
			return err
		}
		events = events[mine:]
		if item := t.presences[n].item; item >= 0 && int(item) < len(out) {
			out[item] = append(out[item], p)
		}
	}
	for _, list := range out {
		slices.SortStableFunc(list, func(a, b scanner.Presence) int { return strings.Compare(a.Path, b.Path) })
	}
	return nil
}

// sortEvents sorts the events by presence, introductions first, and by author
// date, where commits of one second go by their ids.
func (t *tracer) sortEvents() {
	commits, history := t.scan.commits, t.scan.history
	slices.SortFunc(t.events, func(a, b event) int {
		i, j := a.commit&^eventRemoved, b.commit&^eventRemoved
		c := cmp.Or(cmp.Compare(a.presence, b.presence),
			cmp.Compare(a.commit&eventRemoved, b.commit&eventRemoved),
			cmp.Compare(commits[i].date, commits[j].date))
		if c != 0 || i == j {
			return c
		}
		return strings.Compare(string(history.ID(commits[i].ordinal)), string(history.ID(commits[j].ordinal)))
	})
}

// presenceBuilder makes presences. Lists that are equal, as those of two keys in one file
// often are, are made once.
type presenceBuilder struct {
	*tracer
	versionsOf map[uint32][]version // by path, the newest first
	commitOf   map[uint32]scanner.Commit
	commitsOf  map[string][]scanner.Commit
	refsOf     map[string][]string
	text, key  []byte
	names      []uint32
	header     header
}

type version struct {
	blob uint32
	date uint32
}

func newPresenceBuilder(t *tracer) *presenceBuilder {
	b := &presenceBuilder{
		tracer:     t,
		versionsOf: map[uint32][]version{},
		commitOf:   map[uint32]scanner.Commit{},
		commitsOf:  map[string][]scanner.Commit{},
		refsOf:     map[string][]string{},
	}
	for key, date := range t.versions {
		path := uint32(key >> 32)
		b.versionsOf[path] = append(b.versionsOf[path], version{uint32(key), date})
	}
	for _, list := range b.versionsOf {
		slices.SortFunc(list, func(a, b version) int {
			return cmp.Or(cmp.Compare(b.date, a.date), cmp.Compare(a.blob, b.blob))
		})
	}
	return b
}

// presence makes a Presence from its events, which are sorted.
func (b *presenceBuilder) presence(p *presence, events []event) (out scanner.Presence, err error) {
	removed := len(events)
	for i, e := range events {
		if e.commit&eventRemoved != 0 {
			removed = i
			break
		}
		out.Reachable = out.Reachable || b.marks.reachable(e.commit)
		out.Marks |= b.marks.ofIndex(e.commit)
	}
	out.Path = b.path(p.path)
	out.Blobs = b.blobs(p)
	out.Refs = b.refNames(p.tips)
	out.Reachable = out.Reachable || len(out.Refs) > 0
	if out.Introduced, err = b.commitList(events[:removed]); err != nil {
		return out, err
	}
	out.Removed, err = b.commitList(events[removed:])
	return out, err
}

func (b *presenceBuilder) path(path uint32) string {
	b.names = b.tracer.paths.names(b.names[:0], path)
	b.key = b.key[:0]
	for i, name := range b.names {
		if i > 0 {
			b.key = append(b.key, '/')
		}
		b.key = append(b.key, b.scan.names.name(name)...)
	}
	return string(b.key)
}

// blobs are the versions of a presence: the one at a tip, then the newest.
func (b *presenceBuilder) blobs(p *presence) []scanner.ObjectID {
	m := b.scan.matched
	var out []scanner.ObjectID
	if p.tip != None {
		out = append(out, m.ids[p.tip])
	}
	for _, v := range b.versionsOf[p.path] {
		if _, holds := slices.BinarySearch(m.items[v.blob], p.item); holds && v.blob != p.tip {
			out = append(out, m.ids[v.blob])
		}
	}
	return out
}

// refNames are the refs whose tips have these nodes, by name.
func (b *presenceBuilder) refNames(roots []uint32) []string {
	if len(roots) == 0 {
		return nil
	}
	b.key = b.key[:0]
	for _, r := range roots {
		b.key = binary.LittleEndian.AppendUint32(b.key, r)
	}
	if list, ok := b.refsOf[string(b.key)]; ok {
		return list
	}
	tips := newBitset(len(b.tips))
	count := 0
	for _, r := range roots {
		for _, i := range b.tipsOf[r] {
			tips.put(i)
		}
		count += len(b.tipsOf[r])
	}
	list := make([]string, 0, count)
	tips.each(func(i uint32) { list = append(list, b.tips[i].ref) })
	b.refsOf[string(b.key)] = list
	return list
}

func (b *presenceBuilder) commitList(events []event) ([]scanner.Commit, error) {
	if len(events) == 0 {
		return nil, nil
	}
	b.key = b.key[:0]
	for _, e := range events {
		b.key = binary.LittleEndian.AppendUint32(b.key, e.commit&^eventRemoved)
	}
	key := string(b.key)
	if list, ok := b.commitsOf[key]; ok {
		return list, nil
	}
	list := make([]scanner.Commit, 0, len(events))
	for _, e := range events {
		c, err := b.readCommit(e.commit &^ eventRemoved)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	b.commitsOf[key] = list
	return list, nil
}

// readCommit reads a commit again, for its author.
func (b *presenceBuilder) readCommit(i uint32) (scanner.Commit, error) {
	if c, ok := b.commitOf[i]; ok {
		return c, nil
	}
	ordinal := b.scan.commits[i].ordinal
	id := b.scan.history.ID(ordinal)
	var err error
	if b.text, err = b.scan.history.Read(ordinal, b.text[:0]); err != nil {
		return scanner.Commit{}, fmt.Errorf("trace: commit %s: %w", id, err)
	}
	parseCommit(&b.header, b.text, b.scan.idSize, nil)
	_, cut := b.parentRoots(i)
	c := scanner.Commit{
		Commit:     id.String(),
		Author:     authorName(b.header.author, b.header.coding),
		Date:       authorTime(b.header.author),
		AtOrBefore: cut,
	}
	b.commitOf[i] = c
	return c, nil
}
