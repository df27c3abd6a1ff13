package trace

import "math"

// readCommit reads one commit.
func (s *scan) readCommit(w *worker, o Object) error {
	var ok bool
	if w.ids, ok = parseCommit(&w.header, o.Text, s.idSize, w.ids); !ok {
		w.broken.add([]byte(s.history.ID(o.Ordinal)))
	}
	w.count++
	s.claims.read[missingCommit].putShared(o.Ordinal)
	c := commit{ordinal: o.Ordinal, tree: None, parents: uint32(w.parents.len())}
	if ok {
		c.tree = s.lookUp(w, missingTree, w.header.tree)
	}
	for _, id := range w.header.parents {
		p, held := s.history.Ordinal(id)
		if held {
			s.claims.said[missingCommit].putShared(p)
		} else {
			p = None
			if !s.shallow[s.history.ID(o.Ordinal)] {
				w.missing[missingCommit].add(id)
			}
		}
		if s.matched != nil {
			w.parents.add(p)
		}
	}
	if s.matched != nil {
		date, _ := authorDate(w.header.author)
		c.date = uint32(min(date, math.MaxUint32))
		w.commits.add(c)
	}
	return nil
}

// gatherCommits numbers the commits.
func (s *scan) gatherCommits() {
	commits, parents := 0, 0
	for i := range s.workers {
		s.count += s.workers[i].count
		commits += s.workers[i].commits.len()
		parents += s.workers[i].parents.len()
	}
	s.commits, s.parents = make([]commit, 0, commits), make([]uint32, 0, parents)
	for i := range s.workers {
		w := &s.workers[i]
		first := uint32(len(s.parents))
		s.parents = w.parents.appendTo(s.parents)
		from := len(s.commits)
		s.commits = w.commits.appendTo(s.commits)
		for j := range s.commits[from:] {
			c := &s.commits[from+j]
			c.parents += first
			s.slots[c.ordinal] = slotCommit | uint32(from+j)
		}
		w.commits, w.parents = list[commit]{}, list[uint32]{}
	}
}
