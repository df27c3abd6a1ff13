package forms

import (
	"bytes"
	"strings"
)

// batchForm recognises cmd's set NAME=value and setx NAME value.
func batchForm(s statement) answer {
	if s.sep != "" && s.sep != "=" {
		return pass
	}
	y := quoting{form: Batch, bare: true}
	switch command := string(s.windowsCommand()); {
	case s.sep == "" && (strings.HasSuffix(command, "setx") || strings.HasSuffix(command, "setx /m")):
		y.blank, y.percent = true, true
	case s.sep == "=" && (command == "set" || strings.HasSuffix(command, " set")):
		y.percent = true
		y.blank = s.runs()
		if i := bytes.Index(s.rest(), []byte(" && ")); i > 0 {
			s.limit = s.at + i
		}
	default:
		return pass
	}
	if rest := s.rest(); len(rest) <= 4 && bytes.HasPrefix(rest, []byte("%%")) {
		return claimed // %%K, the variable of a loop
	}
	r, ok := y.read(s.doc.text, s.at, s.limit)
	if !ok || r.isCode() {
		return claimed
	}
	// Of a key with ^ and %% in it, the reading with one escape undone and not the
	// other can look like a key as well.
	raw := string(s.doc.text[r.offset : r.offset+r.length])
	r.values = []string{halve(raw, '%'), raw}
	if strings.IndexByte(raw, '^') >= 0 && !r.quoted && s.open == 0 {
		r.values = append([]string{halve(string(unescapeCaret([]byte(raw))), '%')}, r.values...)
	}
	return found(s.assign(y.form, r, s.commentTrait()))
}

// unescapeCaret undoes cmd's escape: ^& is &, ^^ is ^.
func unescapeCaret(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] == '^' && i+1 < len(raw) {
			i++
		}
		out = append(out, raw[i])
	}
	return out
}
