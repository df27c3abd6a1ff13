package forms

import (
	"strings"

	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// templateLiteral finds the key that a template of Helm, Jinja, Ansible or Go
// falls back to or holds: {{ .Values.key | default "x" }}, {{ key | d('x') }},
// {{ getenv "NAME" "x" }}, {{ "x" | b64enc }}. Of its literals it is the first
// one that a generator made, else that of default.
func templateLiteral(raw string) (literal string, from, to int, ok bool) {
	for at := 0; at < len(raw); {
		from, to = nextLiteral(raw, at)
		if to <= from {
			break
		}
		if literal = raw[from:to]; value.AnyGenerated([]string{literal}) {
			return literal, from, to, true
		}
		at = to + 1
	}
	n := strings.Index(raw, "default")
	if n < 0 {
		return "", 0, 0, false
	}
	n += len("default")
	quote := n + len(raw[n:]) - len(strings.TrimLeft(raw[n:], " (\\"))
	if quote >= len(raw) || !ascii.IsQuote(raw[quote]) {
		return "", 0, 0, false
	}
	from, to = nextLiteral(raw, quote)
	return raw[from:to], from, to, to > from
}

// nextLiteral returns the bounds of the next text between quotes, without the
// backslashes of a string around the template.
func nextLiteral(raw string, at int) (from, to int) {
	n := strings.IndexAny(raw[at:], "\"'`")
	if n < 0 {
		return 0, 0
	}
	from = at + n + 1
	if n = strings.IndexByte(raw[from:], raw[from-1]); n < 0 {
		return 0, 0
	}
	to = from + n
	for to > from && raw[to-1] == '\\' {
		to--
	}
	return from, to
}
