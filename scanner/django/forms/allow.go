package forms

import (
	"bytes"
	"strings"

	"github.com/djleaks/djleaks/scanner"
)

// ownMarker accepts a key, with a reason in brackets: # djleaks: allow[reason].
const ownMarker = "djleaks: allow["

// foreignMarkers are the markers of other scanners that are honoured on the
// line of the value. Markers of linters (noqa, nosec) are not: who wrote them
// thought of something else.
var foreignMarkers = [...]string{"pragma: allowlist secret", "gitleaks:allow", "betterleaks:allow"}

// nextLineMarker is the one of them that stands on the line before.
const nextLineMarker = "pragma: allowlist nextline secret"

// Allowed returns the comment that accepts the value at an offset: on one of
// the value's lines or on the line before. It is nil if there is none.
func (r *Reading) Allowed(offset, length int) *scanner.Allow {
	doc := r.doc
	from, to := doc.line(offset)
	if before, end, ok := doc.previousLine(from); ok {
		line := doc.text[before:end]
		if a := ownAllow(line); a != nil && onlyComment(line) {
			return a
		}
		if bytes.Contains(line, []byte(nextLineMarker)) {
			return &scanner.Allow{By: nextLineMarker}
		}
	}
	for range 4 {
		if a := allowOnLine(doc.text[from:to]); a != nil {
			return a
		}
		if offset+length <= to {
			return nil
		}
		var ok bool
		if from, to, ok = doc.nextLine(to); !ok {
			return nil
		}
	}
	return nil
}

func allowOnLine(line []byte) *scanner.Allow {
	if bytes.IndexByte(line, ':') < 0 {
		return nil
	}
	if a := ownAllow(line); a != nil {
		return a
	}
	for _, m := range foreignMarkers {
		if bytes.Contains(line, []byte(m)) {
			return &scanner.Allow{By: m}
		}
	}
	return nil
}

// ownAllow reads the program's own marker. Without a reason it accepts nothing.
func ownAllow(line []byte) *scanner.Allow {
	n := bytes.Index(line, []byte(ownMarker))
	if n < 0 {
		return nil
	}
	rest := line[n+len(ownMarker):]
	end := bytes.IndexByte(rest, ']')
	if end < 0 {
		return nil
	}
	reason := strings.TrimSpace(string(rest[:end]))
	if reason == "" {
		return nil
	}
	return &scanner.Allow{By: "djleaks: allow", Reason: reason}
}

// onlyComment reports whether a line is nothing but a comment: a marker behind
// another value is about that one.
func onlyComment(line []byte) bool {
	line = bytes.TrimLeft(line, " \t")
	if len(line) == 0 {
		return false
	}
	switch line[0] {
	case '#', ';', '<', '/', '-', '*', '%', '{', 'R', 'r', '"', '\'', '.':
		return line[0] != '"' && line[0] != '\''
	}
	return false
}
