package forms

import (
	"bytes"
	"fmt"
	"strings"
)

// Refused is a value, or the start of values, that a text compares a key with in
// order to refuse it: such a value cannot be deployed.
type Refused struct {
	text   string
	prefix bool
}

// Matches reports whether the text refuses a value.
func (r Refused) Matches(value string) bool {
	return value == r.text || r.prefix && strings.HasPrefix(value, r.text)
}

// Format writes nothing of the value, whatever the verb.
func (r Refused) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "a value of %d bytes", len(r.text)) }

const (
	maxRefused = 32
	raiseLines = 8 // after the comparison, in which a raise must be
)

// comparison reads SECRET_KEY == '…' and SECRET_KEY in ('…', …): no
// definitions. Where the program stops for it, the value cannot be deployed.
func (p *python) comparison(t target) {
	p.advance()
	for p.at("in", "not", "is") {
		p.advance()
	}
	r := p.additive()
	if r.origin.known() && len(r.literals) == 0 {
		if v, ok := p.resolve(r.origin); ok {
			r.literals = v.literals
		}
	} else {
		// A key that Django made is in the source wherever it is.
		for _, l := range onlyShaped(r.literals) {
			p.found(Assignment{Name: t.name, Offset: l.from, Length: l.to - l.from, Values: []string{l.text}, Form: PythonCompare, Traits: t.traits})
		}
	}
	p.doc.refuse(p.tok.from, r.literals, false)
	p.claim()
}

// refuse notes the values that are compared before at if the program stops
// there.
func (doc *document) refuse(at int, list []literal, prefix bool) {
	if len(list) == 0 || len(doc.python.refused) >= maxRefused || !doc.raises(at) {
		return
	}
	for _, l := range list[:min(len(list), maxRefused-len(doc.python.refused))] {
		if l.text != "" {
			doc.python.refused = append(doc.python.refused, Refused{l.text, prefix})
		}
	}
}

// raises reports whether the lines after a condition raise or exit, or the
// line is an assertion.
func (doc *document) raises(at int) bool {
	start, to := doc.line(min(at, len(doc.text)))
	if bytes.HasPrefix(bytes.TrimLeft(doc.text[start:to], " \t"), []byte("assert ")) {
		return true
	}
	if stops(doc.text[min(at, to):to]) {
		return true
	}
	for range raiseLines {
		from, next, ok := doc.nextLine(to)
		if !ok {
			return false
		}
		doc.spent += next - from
		if stops(doc.text[from:next]) {
			return true
		}
		code := bytes.TrimLeft(doc.text[from:next], " \t")
		if bytes.HasPrefix(code, []byte("else")) || bytes.HasPrefix(code, []byte("def ")) || bytes.HasPrefix(code, []byte("class ")) {
			return false
		}
		to = next
	}
	return false
}

// stops reports whether a line raises or exits.
func stops(line []byte) bool {
	code := bytes.TrimLeft(line, " \t:")
	for _, s := range [...]string{"raise ", "raise(", "sys.exit", "exit(", "os._exit", "return Error(", "return [Error("} {
		if bytes.HasPrefix(code, []byte(s)) {
			return true
		}
	}
	return false
}
