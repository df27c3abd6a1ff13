package scanner_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django"
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

// A file may have a name that says nothing and one that says all.
func TestAFileIsSearchedForAllItsNames(t *testing.T) {
	key := testkit.Made("hex", 1)
	for _, c := range []scanner.Chunk{
		{Names: []string{"secret_key.txt"}},
		{Names: []string{"aaa.txt", "secret_key.txt"}},
		{Path: "aaa.txt", Also: []string{"etc/aaa.txt", "etc/secret_key.txt"}},
	} {
		collector := scanner.NewCollector(django.New())
		c.Text = []byte(key + "\n")
		collector.Add(&c)
		if found := collector.Findings(); len(found) != 1+len(c.Also) || found[0].Secret.Reveal() != key {
			t.Errorf("%q %q: %d findings", c.Names, c.Also, len(found))
		}
	}
	names := []string{"README.md"}
	for i := range 100 {
		names = append(names, fmt.Sprintf("%d_secret_key.txt", i))
	}
	collector := scanner.NewCollector(django.New())
	collector.Add(&scanner.Chunk{Names: names, Text: bytes.Repeat([]byte{'x'}, 1<<20)})
	if skipped := collector.Skipped(); len(skipped.Skipped) != 1 {
		t.Errorf("a large file of many names: %d skips", len(skipped.Skipped))
	}
}

// atBytes finds the bytes of its own.
type atBytes struct {
	everywhere
	letters string
}

func (a atBytes) Search(text []byte, _ []int32) (found []scanner.Match, cut int) {
	for i, c := range text {
		if bytes.IndexByte([]byte(a.letters), c) >= 0 {
			found = append(found, scanner.Match{Offset: i, Length: 1, Secret: scanner.NewSecret(string(c))})
		}
	}
	return found, 0
}

func TestATextThatIsTakenInAgainReplacesWhatWasFoundInIt(t *testing.T) {
	texts := map[scanner.ObjectID]string{"1": "a", "2": "ab", "3": "b", "4": "c"}
	take := func(c *scanner.Collector, id scanner.ObjectID, again bool) {
		chunk := &scanner.Chunk{ID: id, Text: []byte(texts[id]), Anchors: []int32{0}, Searched: true}
		if again {
			c.Replace(chunk)
		} else {
			c.Add(chunk)
		}
	}
	c := scanner.NewCollector(atBytes{letters: "ac"})
	for id := range texts {
		take(c, id, false)
	}
	c.Use(atBytes{letters: "b"})
	for _, id := range []scanner.ObjectID{"3", "2", "1", "2"} {
		take(c, id, true)
	}
	var got string
	for _, f := range c.Findings() {
		got += string(f.ID) + ":" + f.Secret.Reveal() + " "
	}
	// Of 1 nothing more is found, so that stays; of 2 only the new one is left.
	if want := "1:a 2:b 3:b 4:c "; got != want {
		t.Errorf("found %q, want %q", got, want)
	}
}
