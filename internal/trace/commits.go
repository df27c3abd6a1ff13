package trace

import (
	"fmt"
	"math"

	"github.com/djleaks/djleaks/scanner"
)

// Commits is what commits say of themselves, read before it is known what is
// asked of them: a search for keys inflates every commit anyway. One Commits can
// be the Input of several questions.
type Commits struct {
	history  History
	idSize   int
	shallow  map[scanner.ObjectID]bool
	workers  []commitWorker
	gathered bool

	all     []commit
	parents []uint32 // ordinals, or None where the parent is missing
	missing byType[idSet]
	broken  idSet
}

// commitWorker is what belongs to one of the workers that read commits.
type commitWorker struct {
	commits list[commit]
	parents list[uint32]
	header  header
	ids     []byte
	missing byType[idSet]
	broken  idSet
}

// commit is what is kept of each commit.
type commit struct {
	ordinal uint32
	tree    uint32 // ordinal, or None
	parents uint32 // index of the first one in the list of parents; they end where the next one's begin
	date    uint32 // of the author, in seconds since 1970; all after 2106 are one
}

// NewCommits makes an empty set. Of the Input it uses IDSize, Shallow and Jobs.
func NewCommits(h History, in Input) *Commits {
	c := &Commits{history: h, idSize: in.IDSize, shallow: in.Shallow, workers: make([]commitWorker, max(1, in.Jobs))}
	setSize(&c.broken, &c.missing, c.idSize)
	for i := range c.workers {
		setSize(&c.workers[i].broken, &c.workers[i].missing, c.idSize)
	}
	return c
}

// Add reads one commit. Calls with the same worker must not overlap, and none may
// follow the first question.
func (c *Commits) Add(worker int, o Object) error {
	if worker >= len(c.workers) || int(o.Ordinal) >= c.history.Count() {
		return fmt.Errorf("trace: worker %d of %d, commit %d of %d", worker, len(c.workers), o.Ordinal, c.history.Count())
	}
	w := &c.workers[worker]
	var ok bool
	if w.ids, ok = parseCommit(&w.header, o.Text, c.idSize, w.ids); !ok {
		w.broken.add([]byte(c.history.ID(o.Ordinal)))
	}
	read := commit{ordinal: o.Ordinal, tree: None, parents: uint32(w.parents.len())}
	if ok {
		read.tree = c.lookUp(w, Tree, w.header.tree)
	}
	for _, id := range w.header.parents {
		p, held := c.history.Ordinal(id)
		if !held {
			p = None
			if !c.shallow[c.history.ID(o.Ordinal)] {
				w.missing[Commit].add(id)
			}
		}
		w.parents.add(p)
	}
	date, _ := authorDate(w.header.author)
	read.date = uint32(min(date, math.MaxUint32))
	w.commits.add(read)
	return nil
}

// lookUp returns the ordinal of an object, or None and counts it as missing.
func (c *Commits) lookUp(w *commitWorker, kind Type, id []byte) uint32 {
	if n, ok := c.history.Ordinal(id); ok {
		return n
	}
	w.missing[kind].add(id)
	return None
}

// gather joins what the workers have read.
func (c *Commits) gather() {
	if c.gathered {
		return
	}
	c.gathered = true
	commits, parents := 0, 0
	for i := range c.workers {
		commits += c.workers[i].commits.len()
		parents += c.workers[i].parents.len()
	}
	c.all, c.parents = make([]commit, 0, commits), make([]uint32, 0, parents)
	for i := range c.workers {
		w := &c.workers[i]
		first := uint32(len(c.parents))
		c.parents = w.parents.appendTo(c.parents)
		from := len(c.all)
		c.all = w.commits.appendTo(c.all)
		for j := range c.all[from:] {
			c.all[from+j].parents += first
		}
		for k := range c.missing {
			c.missing[k].merge(&w.missing[k])
		}
		c.broken.merge(&w.broken)
	}
	c.workers = nil
}

// useCommits takes over what has been read of the commits.
func (s *scan) useCommits(c *Commits) {
	c.gather()
	s.commits, s.parents = c.all, c.parents
	for i, read := range c.all {
		s.slots[read.ordinal] = slotCommit | uint32(i)
		s.claims.read[Commit].put(read.ordinal)
		if read.tree != None {
			s.claims.said[Tree].put(read.tree)
		}
	}
	for _, p := range c.parents {
		if p != None {
			s.claims.said[Commit].put(p)
		}
	}
	for k := range s.missing {
		s.missing[k].copy(&c.missing[k])
	}
	s.broken.copy(&c.broken)
}
