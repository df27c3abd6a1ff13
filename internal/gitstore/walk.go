package gitstore

import (
	"container/heap"
	"errors"
	"iter"
	"slices"

	"github.com/djleaks/djleaks/scanner"
)

// node is a commit in a walk.
type node struct {
	id      scanner.ObjectID
	commit  *Commit // Text is nil if it is old, or was not kept
	old     bool    // reachable from an excluded commit
	queued  bool
	popped  bool
	pending int // number of children in the range that are not yet in the order
}

// walk finds the commits that can be reached from some commits and not from
// others. The newest are read first, so that it can end soon after the last
// commit of the range, as Git's does.
//
// The clocks of committers may be wrong. No commit of the range is missed because
// of that: whatever an included commit leads to is in the range until it is found
// to be old. But an old commit may be found late. So after the last new commit the
// walk continues through the old ones: for walkMargin commits after the last one
// with a younger parent, and down to a date before that of all new ones, by twice
// the largest such difference. None of that is needed where all new commits lead to the
// only excluded one.
type walk struct {
	r     *Repository
	nodes map[scanner.ObjectID]*node
	queue commitQueue
	fresh int // new commits in the queue
	kept  int // bytes of their texts

	oldest  int64 // date of the oldest new commit that was popped
	skew    int64 // largest difference between a commit and a younger parent, in seconds
	missing []missingCommit
}

type missingCommit struct {
	id  scanner.ObjectID
	err error
	old bool
}

// walkMargin is how many old commits are read after the last new one; Git reads
// five (SLOP in revision.c).
const walkMargin = 16

// walkSlack is how many seconds further back the walk goes.
const walkSlack = 3600

// maxKeptCommits is how many bytes of new commits are kept until they are searched;
// further ones are read again.
const maxKeptCommits = 8 << 20

// commits returns the commits that are reachable from include and not from
// exclude, each before its parents, with all nodes that were met.
func (w *walk) commits(include, exclude []scanner.ObjectID) []*node {
	w.nodes = map[scanner.ObjectID]*node{}
	for _, id := range exclude {
		w.enter(id, true)
	}
	for _, id := range include {
		w.enter(id, false)
	}
	var found []*node
	margin, asked := walkMargin, false
	for len(w.queue) > 0 {
		if w.fresh == 0 {
			if len(found) == 0 || !asked && w.allLeadTo(found, exclude) {
				break
			}
			asked = true
			if w.queue[0].commit.Committed < w.oldest-walkSlack-2*w.skew {
				if margin--; margin < 0 {
					break
				}
			}
		}
		n := heap.Pop(&w.queue).(*node)
		n.queued, n.popped = false, true
		if !n.old {
			w.fresh--
			if len(found) == 0 || n.commit.Committed < w.oldest {
				w.oldest = n.commit.Committed
			}
			found = append(found, n)
		}
		for _, id := range n.commit.Parents {
			if p := w.enter(id, n.old); p != nil && p.commit.Committed > n.commit.Committed {
				w.skew = max(w.skew, p.commit.Committed-n.commit.Committed)
				margin = walkMargin
			}
		}
	}
	return w.order(found)
}

// allLeadTo reports whether each of some commits leads to the only excluded one, through
// the others, as far as one pass over them tells. Then none of them is an ancestor of
// it, whatever the clocks say, because no commit is its own. That is so for most
// pushes, and for every range of one commit.
func (w *walk) allLeadTo(found []*node, exclude []scanner.ObjectID) bool {
	if len(exclude) != 1 {
		return false
	}
	leads := map[scanner.ObjectID]bool{exclude[0]: true}
	for _, n := range slices.Backward(found) { // parents first, if the clocks are right
		leads[n.id] = leads[n.id] || slices.ContainsFunc(n.commit.Parents, func(id scanner.ObjectID) bool { return leads[id] })
		if !leads[n.id] && !n.old {
			return false
		}
	}
	return true
}

// enter puts a commit into the queue, or marks one that is there as old. It
// returns nil if the commit cannot be read.
func (w *walk) enter(id scanner.ObjectID, old bool) *node {
	n, ok := w.nodes[id]
	if ok {
		if old && n != nil {
			w.markOld(n)
		}
		return n
	}
	c, err := w.r.Commit(id)
	if err != nil {
		w.nodes[id] = nil
		w.missing = append(w.missing, missingCommit{id, err, old})
		return nil
	}
	if old || w.kept+len(c.Text) > maxKeptCommits {
		c.Text = nil
	}
	w.kept += len(c.Text)
	n = &node{id: id, commit: c, old: old, queued: true}
	w.nodes[id] = n
	heap.Push(&w.queue, n)
	if !old {
		w.fresh++
	}
	return n
}

// markOld marks a commit and all its ancestors that have been popped. Those in
// the queue pass it on when their turn comes.
func (w *walk) markOld(n *node) {
	stack := []*node{n}
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if n.old {
			continue
		}
		n.old = true
		if n.queued {
			w.fresh--
			continue
		}
		for _, id := range n.commit.Parents {
			if p := w.nodes[id]; p != nil {
				stack = append(stack, p)
			}
		}
	}
}

// order drops what turned out to be old and puts each commit before its
// parents.
func (w *walk) order(found []*node) []*node {
	kept := slices.DeleteFunc(found, func(n *node) bool { return n.old })
	for _, n := range kept {
		for p := range w.newParents(n) {
			p.pending++
		}
	}
	var ready, out []*node
	for _, n := range slices.Backward(kept) {
		if n.pending == 0 {
			ready = append(ready, n)
		}
	}
	for len(ready) > 0 {
		n := ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		out = append(out, n)
		for p := range w.newParents(n) {
			if p.pending--; p.pending == 0 {
				ready = append(ready, p)
			}
		}
	}
	for _, n := range kept {
		if n.pending > 0 { // Git would not show it
			out = append(out, n)
			w.missing = append(w.missing, missingCommit{id: n.id, err: errOwnAncestor})
		}
	}
	return out
}

// newParents are the parents of a commit that are in the range.
func (w *walk) newParents(n *node) iter.Seq[*node] {
	return func(yield func(*node) bool) {
		for _, id := range n.commit.Parents {
			if p := w.nodes[id]; p != nil && !p.old && !yield(p) {
				return
			}
		}
	}
}

// errOwnAncestor is said of a commit that is among its own ancestors, which the
// names of objects rule out: one of them is not the hash of its content.
var errOwnAncestor = errors.New("it is among its own ancestors, so the name of an object does not fit its content")

// commitQueue is a heap of commits, the youngest first.
type commitQueue []*node

func (q commitQueue) Len() int           { return len(q) }
func (q commitQueue) Less(i, j int) bool { return q[i].commit.Committed > q[j].commit.Committed }
func (q commitQueue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *commitQueue) Push(x any)        { *q = append(*q, x.(*node)) }
func (q *commitQueue) Pop() any {
	old := *q
	n := old[len(old)-1]
	*q = old[:len(old)-1]
	return n
}
