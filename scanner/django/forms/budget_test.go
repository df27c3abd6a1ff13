package forms

import (
	"runtime"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
)

// cost is what reading a text takes: bytes that forms look at around names, and
// bytes that they allocate.
func cost(text []byte) (spent, allocated int) {
	anchors := anchorSet().Append(nil, text, 0, len(text))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	doc := newDocument(thePlan(), text, anchors, formatByContent)
	doc.read(func(*Assignment) {})
	runtime.ReadMemStats(&after)
	return doc.spent + doc.nested, int(after.TotalAlloc - before.TotalAlloc)
}

// Four times the text may cost four times as much; the square of the size would
// be sixteen times. No name is worth more than a few times its text: without the
// budget, a line of names costs a hundred bytes for each of its bytes. What it
// takes in time is BenchmarkHostile's matter.
func TestHostileTextsCostNoMoreThanTheirSize(t *testing.T) {
	for name, text := range testkit.Hostile {
		t.Run(name, func(t *testing.T) {
			small, large := []byte(text(64<<10)), []byte(text(256<<10))
			spent, allocated := cost(small)
			spent4, allocated4 := cost(large)
			if spent4 > 9*spent/2+16<<10 || allocated4 > 9*allocated/2+64<<10 {
				t.Errorf("64 KB cost %d looks and %d bytes, 256 KB %d and %d", spent, allocated, spent4, allocated4)
			}
			if spent > 6*len(small) || spent4 > 6*len(large) {
				t.Errorf("%d and %d looks for %d and %d bytes", spent, spent4, len(small), len(large))
			}
		})
	}
}

func TestAShortTextHasABudgetForAFewNames(t *testing.T) {
	b := budget{size: 100}
	if b.spent = 4 * wideWindow; b.overBudget() {
		t.Error("four wide looks are too many")
	}
	if b.spent = 5 * wideWindow; !b.overBudget() {
		t.Error("five wide looks are not too many")
	}
}
