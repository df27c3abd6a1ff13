package trace

import (
	"context"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/scanner"
)

// Run answers the question. It fails only if the history does, or ctx ends;
// what is missing or broken in the store is said in the Result.
func Run(ctx context.Context, h History, in Input) (*Result, error) {
	var m *matched
	if len(in.Matched) > 0 {
		m = newMatched(in.Matched)
	}
	s := newScan(h, &in, m)
	if err := s.run(ctx, in.Commits); err != nil {
		return nil, err
	}
	return s.answer(ctx, &in, nil)
}

// answer traces what is matched through the commits. t is a tracer that has the
// nodes of the commits already, or nil.
func (s *scan) answer(ctx context.Context, in *Input, t *tracer) (*Result, error) {
	out := &Result{Commits: int64(len(s.commits)), Trees: s.trees, Presences: make([][]scanner.Presence, in.Items)}
	out.Named, out.NamedMore = s.namedBlobs(), s.unnamed.Load()
	tips := s.findTips(in.Tips)
	marks := s.findMarks(in.Marks, tips)
	out.Marked = marks.ofCommit
	out.First = s.findFirst(in.Order)
	if s.matched != nil {
		if t == nil {
			t = newTracer(s)
			if err := t.findRoots(ctx); err != nil {
				return nil, err
			}
		}
		t.marks = marks
		if err := t.compareCommits(ctx); err != nil {
			return nil, err
		}
		out.uncommitted = t.hasUncommitted()
		t.markTips(tips)
		out.Unplaced = t.placeUncommitted(ctx)
		t.forgetTrees()
		if err := t.buildPresences(ctx, out.Presences); err != nil {
			return nil, err
		}
		out.Truncated = t.truncated || s.dirSets.full.Load()
	}
	out.Missing.Blobs = s.missing[Blob].ids()
	out.Missing.Trees = s.missing[Tree].ids()
	out.Missing.Commits = s.missing[Commit].ids()
	out.Broken = s.broken.ids()
	out.Mistyped = s.mistyped()
	out.Knots = s.knots.ids()
	if in.Remember {
		out.Past = s.past(t, out)
	}
	return out, nil
}

// tip is a ref and the object that it points to.
type tip struct {
	ref    string
	object uint32
}

// findTips returns the tips that the store holds, by name, and counts the rest
// as missing. HEAD comes before everything that begins with refs/.
func (s *scan) findTips(in []Tip) []tip {
	tips := make([]tip, 0, len(in))
	for _, t := range in {
		if len(t.Object) != s.idSize {
			continue
		}
		if n, ok := s.history.Ordinal([]byte(t.Object)); ok {
			tips = append(tips, tip{t.Ref, n})
		} else {
			s.missing[Commit].add([]byte(t.Object))
		}
	}
	slices.SortFunc(tips, func(a, b tip) int { return strings.Compare(a.ref, b.ref) })
	return tips
}
