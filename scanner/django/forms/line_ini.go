package forms

import (
	"bytes"

	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// iniStyle is how configuration files write values: %% stands for %.
var iniStyle = quoting{form: INI, comment: true, bare: true, single: true, percent: true}

// sectionBytes is how far back the section of an entry is looked for.
const sectionBytes = 4 << 10

// iniForm recognises name = value and name: value, quoted as in TOML or not.
func iniForm(s statement) answer {
	if !s.isEntry() {
		return pass
	}
	y := iniStyle
	r, ok := y.read(s.doc.text, s.at, s.limit)
	if !ok || r.isCode() {
		return claimed
	}
	raw := s.doc.text[r.offset : r.offset+r.length]
	if n := bytes.Index(raw, []byte(" ;")); n > 0 && !r.quoted {
		r.length = n
		r.values = y.readings(string(bytes.TrimRight(raw[:n], " \t")), 0)
	}
	a := s.assign(y.form, r, s.commentTrait())
	section := s.section()
	if section == "security" { // of Grafana and of Gitea
		return claimed
	}
	if section != "" && !s.upper() {
		a.Name = section + "." + a.Name
	}
	return found(a)
}

// isEntry reports whether the name is where an entry's is: at the start of the
// line, after a dot, or in a list of entries.
func (s *statement) isEntry() bool {
	if s.sep != "=" && s.sep != ":" {
		return false
	}
	left, _ := s.commented()
	if s.open != 0 && !s.inner {
		if s.sep != "=" || byteAt(s.doc.text, s.nameFrom-1) != s.open {
			return false
		}
		left = bytes.TrimRight(left, " \t[,") // env = ["NAME = value"]
	}
	left = bytes.TrimRight(left, " \t")
	if len(left) == 0 {
		return true
	}
	last := left[len(left)-1]
	return last == '.' || last == ':' && len(left) <= 2 // pytest-env: D:SECRET_KEY=x
}

// iniLikeForm is iniForm for texts of unknown kind: the section must be
// seen, or the sign be one of configuration files.
func iniLikeForm(s statement) answer {
	if s.sep != "=" || s.open != 0 || s.section() == "" {
		return pass
	}
	return iniForm(s)
}

// section returns the name of the [section] that the line is in, or "".
func (s *statement) section() string {
	if s.doc.overBudget() {
		return ""
	}
	text := s.doc.text[max(0, s.from-sectionBytes):s.from]
	s.doc.spent += len(text) / 8
	for len(text) > 0 {
		n := bytes.LastIndexByte(text, '[')
		if n < 0 {
			return ""
		}
		line := text[n:]
		if end := nextBreak(line, 0, len(line)); end < len(line) {
			line = bytes.TrimRight(line[:end], " \t")
		}
		if (n == 0 || ascii.IsBreak(text[n-1])) && len(line) > 2 && line[len(line)-1] == ']' {
			name := bytes.Trim(line, "[]\"' ")
			if plainWord(name) && len(name) <= value.MaxName {
				return string(name)
			}
			return ""
		}
		text = text[:n]
	}
	return ""
}
