package fleet

import (
	"cmp"
	"container/heap"
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// Share is one of several equal parts of a list, from 1.
type Share struct{ Number, Of int }

func (s Share) String() string { return fmt.Sprintf("%d/%d", s.Number, s.Of) }

// maxShares is the largest number of shares: more than there are repositories
// anywhere.
const maxShares = 1 << 20

// ParseShare reads I/N. Errors are of type *ShareError.
func ParseShare(word string) (Share, error) {
	i, n, ok := strings.Cut(word, "/")
	number, err1 := strconv.Atoi(i)
	of, err2 := strconv.Atoi(n)
	if !ok || err1 != nil || err2 != nil {
		return Share{}, &ShareError{fmt.Sprintf("%q is not a share", word), "--shard I/N, as 3/8 for the third of eight, or --shard auto"}
	}
	s := Share{number, of}
	if problem := s.problem(); problem != "" {
		return Share{}, &ShareError{fmt.Sprintf("%q: %s", word, problem), "--shard I/N, as 1/8 for the first of eight and 8/8 for the last"}
	}
	return s, nil
}

// problem says why there is no such share; "" if there is.
func (s Share) problem() string {
	switch {
	case s.Of < 1:
		return "there is at least one share"
	case s.Of > maxShares:
		return fmt.Sprintf("there are at most %d shares", maxShares)
	case s.Number < 1 || s.Number > s.Of:
		return fmt.Sprintf("shares are numbered from 1 to %d", s.Of)
	}
	return ""
}

// Entries are the repositories of a share, the most expensive first. Each goes,
// from the most expensive on, to the share that costs least so far: the longest
// share is then at most a third longer than it has to be (R. L. Graham, Bounds
// on Multiprocessing Timing Anomalies, 1969). Every worker comes to the same
// answer, whatever the order of its list.
func (s Share) Entries(list List) []Entry {
	weight := list.weight()
	all := slices.Clone(list)
	slices.SortFunc(all, func(a, b Entry) int { return cmp.Or(cmp.Compare(weight(b), weight(a)), cmp.Compare(a.ID, b.ID)) })
	loads := make(loads, s.Of)
	for i := range loads {
		loads[i].number = i + 1
	}
	var own []Entry
	for _, e := range all {
		least := &loads[0]
		if least.number == s.Number {
			own = append(own, e)
		}
		least.weight += weight(e)
		heap.Fix(&loads, 0)
	}
	return own
}

// startBytes is what one more repository costs, whatever its size, in bytes of
// packs: 11 ms to start an audit and to look at the refs, and 11 ms to read a MB
// (the median of 300 repositories).
const startBytes = 1 << 20

// weight returns a measure of the cost of an audit that is the same in every
// worker: the cost that the list says, or what the size lets expect, by what the
// others cost. It is never 0, so that no share gets all that cost nearly nothing.
func (l List) weight() func(Entry) int64 {
	var cost, size uint64
	for _, e := range l {
		if e.Cost > 0 {
			cost += uint64(e.Cost)
			size += uint64(e.Bytes + startBytes)
		}
	}
	return func(e Entry) int64 {
		if e.Cost > 0 {
			return e.Cost * 1000 // in microseconds: small repositories cost a few milliseconds
		}
		if cost == 0 {
			return e.Bytes + startBytes
		}
		high, low := bits.Mul64(uint64(e.Bytes+startBytes), cost*1000)
		expected := uint64(maxCost * 1000)
		if high < size {
			expected, _ = bits.Div64(high, low, size)
		}
		return int64(max(1, min(expected, maxCost*1000)))
	}
}

// load is what a share has so far.
type load struct {
	weight int64
	number int
}

// loads is a heap of shares, the one with the least load first.
type loads []load

func (l loads) Len() int { return len(l) }
func (l loads) Less(i, j int) bool {
	a, b := l[i], l[j]
	return cmp.Or(cmp.Compare(a.weight, b.weight), cmp.Compare(a.number, b.number)) < 0
}
func (l loads) Swap(i, j int) { l[i], l[j] = l[j], l[i] }
func (l loads) Push(any)      {} // the number of shares is fixed
func (l loads) Pop() any      { return nil }
