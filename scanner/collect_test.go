package scanner_test

import (
	"math/rand/v2"
	"testing"

	"github.com/djleaks/djleaks/scanner"
)

// everywhere finds a match at each of its offsets.
type everywhere struct {
	scanner.Detector
	offsets []int
}

func (everywhere) Claim(*scanner.Match)                                      {}
func (everywhere) Anchors() *scanner.AnchorSet                               { return nil }
func (everywhere) Remarks([]byte, []int32, []scanner.Match) []scanner.Remark { return nil }

func (e everywhere) Search([]byte, []int32) (found []scanner.Match, cut int) {
	for _, at := range e.offsets {
		found = append(found, scanner.Match{Offset: at, Length: 1})
	}
	return found, 0
}

func TestManyMatchesInOneTextHaveThePlacesOfEach(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		text := make([]byte, 40)
		for i := range text {
			text[i] = "ab\n\r"[random.IntN(4)]
		}
		var e everywhere
		places := map[[2]int]int{}
		for at := range text {
			if random.IntN(3) == 0 {
				e.offsets = append(e.offsets, at)
				line, column := scanner.Position(text, at)
				places[[2]int{line, column}]++
			}
		}
		c := scanner.NewCollector(e)
		c.Add(&scanner.Chunk{Text: text, Anchors: []int32{0}, Searched: true})
		for _, f := range c.Findings() {
			places[[2]int{f.Line, f.Column}]--
		}
		for place, n := range places {
			if n != 0 {
				t.Fatalf("%q: %d findings too many or too few at %v", text, n, place)
			}
		}
	}
}
