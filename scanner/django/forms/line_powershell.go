package forms

import (
	"bytes"

	"github.com/djleaks/djleaks/scanner"
)

// windowsReader knows PowerShell's $env:NAME = "value" and cmd's
// set NAME=value and setx NAME value.
func windowsReader(s *statement, emit func(Assignment)) bool {
	left, comment := s.commented()
	left = bytes.TrimRight(left, "\"'{")
	lower := bytes.ToLower(bytes.TrimLeft(left[max(0, len(left)-40):], " \t@"))
	y := style{form: "powershell", bare: true, single: true}
	switch {
	case bytes.HasSuffix(lower, []byte("$env:")):
		if s.sep != "=" {
			return false
		}
	case bytes.HasSuffix(lower, []byte("setx")) || bytes.HasSuffix(lower, []byte("setx /m")):
		if s.sep != "" {
			return false
		}
		y = style{form: "batch", bare: true, blank: true}
	case (bytes.Equal(lower, []byte("set")) || bytes.HasSuffix(lower, []byte(" set"))) && s.sep == "=":
		y = style{form: "batch", bare: true, percent: true}
		if s.runs() {
			y.blank = true
		}
		if i := bytes.Index(s.rest(), []byte(" && ")); i > 0 {
			s.limit = s.at + i
		}
	default:
		return false
	}
	var traits scanner.Trait
	if comment {
		traits = scanner.Comment
	}
	if rest := s.rest(); len(rest) > 1 && len(rest) <= 4 && rest[0] == '%' && rest[1] == '%' {
		emit(Assignment{}) // %%K, the variable of a loop
		return true
	}
	r, ok := y.read(s.doc.text, s.at, s.limit)
	if !ok || r.isCode() || !r.quoted && y.form == "powershell" {
		emit(Assignment{})
		return true
	}
	if raw := s.doc.text[r.offset : r.offset+r.length]; bytes.IndexByte(raw, '`') >= 0 {
		r.values = append(r.values, string(bytes.ReplaceAll(raw, []byte("`"), nil)))
	}
	if raw := s.doc.text[r.offset : r.offset+r.length]; bytes.IndexByte(raw, '^') >= 0 && y.form == "batch" {
		r.values = append(y.readings(string(unescapeCaret(raw)), 0), r.values...)
	}
	emit(s.assign(y.form, r, traits))
	return true
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
