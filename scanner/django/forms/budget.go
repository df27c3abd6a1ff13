package forms

import (
	"slices"

	"github.com/djleaks/djleaks/scanner/django/value"
)

// budget counts what forms look at around the names of a text, in bytes.
type budget struct {
	size    int // of the text
	spent   int
	cut     int // statements that go on after what may be looked at, without a value so far
	padding int // of texts without padding, which are further looks
	nested  int // spent on the texts within this one, each of which has a budget of its own
}

// overBudget reports whether looking around the names has cost more than the
// size of the text allows: then every further look is a short one.
func (b *budget) overBudget() bool { return b.spent > b.size/fairShare+4*wideWindow }

// window returns the bounds of a short look around an offset: few bytes, and of
// a crowd of names only the nearest. A line with few names is seen whole unless
// it is long.
func (doc *document) window(offset int) (low, high int) {
	low, high = max(0, offset-smallBack), min(len(doc.text), offset+smallWindow)
	i, _ := slices.BinarySearch(doc.anchors, int32(offset))
	if i >= manyNames {
		low = max(low, min(int(doc.anchors[i-manyNames]), offset-narrowest))
	}
	if i+manyNames < len(doc.anchors) {
		high = min(high, max(int(doc.anchors[i+manyNames]), offset+narrowest))
	}
	return low, high
}

// isCrowded reports whether a name is to be passed over in a text that is over
// budget: the next name follows before a generated key could be, and more
// follow on the same line. A line with few names is always looked at.
func (doc *document) isCrowded(i, end int) bool {
	if !doc.overBudget() {
		return false
	}
	at, names := int(doc.anchors[i]), 0
	for _, a := range doc.anchors[i+1:] {
		next := int(a)
		switch {
		case next > at+smallWindow || names == 0 && next >= end+value.MinRandom:
			return false
		case next < end || kindOfAnchor(doc.text, next) != anchorName:
			continue
		}
		if names++; names == manyNames {
			return nextBreak(doc.text, at, next) == next
		}
	}
	return false
}

// atMost is a number of bytes to look at, less in a text that is over budget.
func (doc *document) atMost(n int) int {
	if doc.overBudget() {
		return min(n, smallWindow)
	}
	return n
}

// Looking around one name costs at most wideWindow bytes, and smallWindow in
// a text in which all looking has cost more than a fair share of its size: of
// 19 000 texts with a name, from five repositories, none.
const (
	wideWindow  = 16 << 10
	smallWindow = 256
	smallBack   = 2 * value.MaxName
	narrowest   = 96 // room for a name and a key after it
	manyNames   = 3  // names to each side that are a crowd
	fairShare   = 4  // bytes of the text for each that is looked at, and some to begin with
)

// ahead is how far an evaluator may look from an offset on; in a text that is
// over budget not after the next line that begins with a name.
func (doc *document) ahead(at int) (to int) {
	if !doc.overBudget() {
		return min(len(doc.text), at+wideWindow)
	}
	_, to = doc.window(at)
	i, _ := slices.BinarySearch(doc.anchors, int32(at))
	for ; i < len(doc.anchors) && int(doc.anchors[i]) < to; i++ {
		if from, _ := doc.word(int(doc.anchors[i]), false); from > at && doc.startsLine(from) {
			return from
		}
	}
	return to
}
