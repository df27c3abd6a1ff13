package report

import (
	"bufio"
	"io"

	"github.com/djleaks/djleaks/internal/say"
)

// defaultWidth is for a writer that is not a terminal, and for a terminal that
// does not know its size (pre-commit gives hooks one of 0 columns).
const defaultWidth = 80

// widest is where paragraphs end on very wide terminals: longer lines are hard
// to read.
const widest = 100

// narrowest keeps at least a word on a line.
const narrowest = 24

func textWidth(columns int) int {
	if columns <= 0 {
		columns = defaultWidth
	}
	return min(max(columns, narrowest), widest)
}

// page is a buffered writer of lines that keeps the first error.
type page struct {
	*bufio.Writer
	columns int
}

func newPage(w io.Writer, columns int) *page {
	return &page{bufio.NewWriter(w), textWidth(columns)}
}

// line writes its parts as they are, which is how places and commands stay
// easy to copy.
func (p *page) line(parts ...string) {
	for _, part := range parts {
		p.WriteString(part)
	}
	p.WriteByte('\n')
}

// paragraph writes words in as many lines as they need: the first after first,
// the others after rest. A word is never broken.
func (p *page) paragraph(first, rest, text string, paint func(...any) string) {
	for i, line := range say.Wrap(text, p.columns-say.Width(rest)) {
		if i > 0 {
			first = rest
		}
		p.line(first, paint(line))
	}
}
