package scanner_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/scanner"
)

// values finds the words of a text that is one word a line.
type values struct{ scanner.Detector }

func (values) TakesFile(string) bool { return false }
func (values) Claim(*scanner.Match)  {}

func (values) Remarks([]byte, []int32, []scanner.Match) []scanner.Remark { return nil }

func (values) Anchors() *scanner.AnchorSet {
	return scanner.NewAnchorSet(scanner.Anchor{Text: "word"})
}

func (values) Search(text []byte, anchors []int32) (found []scanner.Match, cut int) {
	at := 0
	for line := range strings.Lines(string(text)) {
		word, comment, _ := strings.Cut(strings.TrimSpace(line), " ")
		m := scanner.Match{Offset: at, Length: len(word), Secret: scanner.NewSecret(word)}
		if comment != "" {
			m.Allow = &scanner.Allow{By: comment}
		}
		found = append(found, m)
		at += len(line)
	}
	return found[:min(len(found), scanner.MaxMatches)], 0
}

func TestEqualMatchesOfATextAreFoldedAndCounted(t *testing.T) {
	text := strings.Repeat("word1 allowed\n", 500) + strings.Repeat("word2\n", 3) + "word1\n"
	c := scanner.NewCollector(values{})
	coverage, err := c.Run(context.Background(), texts{{Text: []byte(text)}})
	if err != nil || !coverage.Complete {
		t.Fatalf("%+v, %v", coverage, err)
	}
	places := map[string]int{}
	findings := c.Findings()
	for _, f := range findings {
		places[f.Secret.Reveal()] += 1 + f.Repeats
	}
	if len(findings) > 100 || places["word1"] != 501 || places["word2"] != 3 {
		t.Errorf("%d findings for %v places", len(findings), places)
	}
	last := findings[len(findings)-1]
	if last.Line != 504 || last.Allow != nil {
		t.Errorf("the place that nobody accepted is lost: the last finding is on line %d", last.Line)
	}
}

func TestAScanWithMoreMatchesThanAreKeptIsIncomplete(t *testing.T) {
	lines := func(from, to int) scanner.Chunk {
		var text []byte
		for i := from; i < to; i++ {
			text = fmt.Appendf(text, "word%d\n", i)
		}
		return scanner.Chunk{Path: "f", Text: text}
	}
	var many texts
	for i := range 8 {
		many = append(many, lines(i*9000, (i+1)*9000))
	}
	for name, test := range map[string]struct {
		source   texts
		complete bool
	}{
		"fewer than are looked at": {texts{lines(0, scanner.MaxMatches-1)}, true},
		"too many in a text":       {texts{lines(0, scanner.MaxMatches)}, false},
		"too many in all":          {many, false},
	} {
		c := scanner.NewCollector(values{})
		coverage, err := c.Run(context.Background(), test.source)
		if err != nil || coverage.Complete != test.complete || (len(coverage.Skipped) == 0) != test.complete {
			t.Errorf("%s: complete %v, %d skipped, %v", name, coverage.Complete, len(coverage.Skipped), err)
		}
		if n := len(c.Findings()); n < 9000 || n > 1<<16 {
			t.Errorf("%s: %d findings", name, n)
		}
	}
}
