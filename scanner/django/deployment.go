package django

import (
	"bytes"

	"github.com/djleaks/djleaks/scanner/django/value"
)

// Bounds of looking for the step of a pipeline that a value is in.
const (
	maxSteps  = 1 << 12 // values of one text
	itemBytes = 1 << 10 // of a step, in bytes
	lineBytes = 4 << 10 // of a line, in bytes: a text can be one line
)

// isInDeployment reports whether the value at an offset is in a step of a pipeline,
// an item of a list in YAML, that has a command that deploys, or below a key that
// is called so: jobs.deploy.
func (s *surroundings) isInDeployment(at int) bool {
	start, whole := s.lineStart(max(0, at-lineBytes), at)
	if first := s.text[start]; !whole || first != ' ' && first != '-' || s.steps >= maxSteps {
		return false
	}
	s.steps++
	column := len(s.text)
	for from, low := start, max(0, start-sectionBack); ; from, _ = s.lineStart(low, from-1) {
		line := firstLine(s.text[from:min(len(s.text), from+lineBytes)])
		n := indentation(line)
		if rest := line[n:]; n < column && len(bytes.TrimSpace(rest)) > 0 && rest[0] != '#' {
			column = n
			if rest[0] == '-' && holdsDeployer(itemAt(s.text, from, n)) || isDeployKey(rest) {
				return true
			}
		}
		if column == 0 || from <= low {
			return false
		}
	}
}

// lineStart is where the line begins that an offset is in, or low, before which
// nothing is looked at; whole is false if it may begin before that.
func (s *surroundings) lineStart(low, at int) (start int, whole bool) {
	s.looked += at - low
	n := bytes.LastIndexByte(s.text[low:at], '\n')
	return low + 1 + n, n >= 0 || low == 0
}

// lineEnd is where the line ends that an offset is in, or high; whole is false if it
// may end after that.
func (s *surroundings) lineEnd(at, high int) (end int, whole bool) {
	s.looked += high - at
	if n := bytes.IndexByte(s.text[at:high], '\n'); n >= 0 {
		return at + n, true
	}
	return high, high == len(s.text)
}

func firstLine(text []byte) []byte {
	if n := bytes.IndexByte(text, '\n'); n >= 0 {
		return text[:n]
	}
	return text
}

func indentation(line []byte) int { return len(line) - len(bytes.TrimLeft(line, " ")) }

// itemAt is the item of a list that begins at an offset, after a column of blanks.
func itemAt(text []byte, from, column int) []byte {
	end := min(len(text), from+itemBytes)
	for to := from; ; {
		n := bytes.IndexByte(text[to:end], '\n')
		if n < 0 {
			return text[from:end]
		}
		to += n + 1
		if rest := firstLine(text[to:end]); len(bytes.TrimSpace(rest)) > 0 && indentation(rest) <= column {
			return text[from:to]
		}
	}
}

// holdsDeployer reports whether a command that deploys is in a text. What a step
// is called does not count.
func holdsDeployer(item []byte) bool {
	for len(item) > 0 {
		line := firstLine(item)
		item = item[min(len(item), len(line)+1):]
		if isTitle(line) {
			continue
		}
		for at := 0; at < len(line); {
			word, next := commandWord(line, at)
			use, _ := commandWord(line, next)
			if isDeployer(word, use) {
				return true
			}
			at = next
		}
	}
	return false
}

func isTitle(line []byte) bool {
	line = bytes.TrimLeft(line, " -")
	return bytes.HasPrefix(line, []byte("name:")) || bytes.HasPrefix(line, []byte("#"))
}

// isDeployKey recognises the key of a job or a stage that deploys.
func isDeployKey(line []byte) bool {
	key, _, ok := bytes.Cut(line, []byte(":"))
	return ok && (bytes.HasPrefix(key, []byte("deploy")) || bytes.HasSuffix(key, []byte("deploy"))) && len(key) < value.MaxName && bytes.IndexByte(key, ' ') < 0
}
