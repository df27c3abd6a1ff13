package forms

import (
	"bytes"

	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// iniStyle is how configuration files write values: %% stands for %.
var iniStyle = style{form: INI, comment: true, bare: true, single: true, percent: true}

// sectionBytes is how far back the section of an entry is looked for.
const sectionBytes = 4 << 10

// iniReader knows name = value and name: value, quoted as in TOML or not.
func iniReader(s statement) answer {
	listed := s.open != 0 && byteAt(s.doc.text, s.nameFrom-1) == s.open && s.sep == "=" // env = ["NAME = value"]
	if s.sep != "=" && s.sep != ":" || s.open != 0 && !s.inner && !listed {
		return pass
	}
	left, _ := s.commented()
	if listed {
		left = bytes.TrimRight(left, " \t[,")
	}
	left = bytes.TrimRight(left, " \t")
	switch {
	case len(left) == 0, left[len(left)-1] == '.':
	case len(left) <= 2 && left[len(left)-1] == ':': // pytest-env: D:SECRET_KEY=x
	default:
		return pass
	}
	y := iniStyle
	r, ok := y.read(s.doc.text, s.at, s.limit)
	if !ok || r.isCode() {
		return claimed
	}
	if n := bytes.Index(s.doc.text[r.offset:r.offset+r.length], []byte(" ;")); n > 0 && !r.quoted {
		r.length = n
		r.values = y.readings(string(bytes.TrimRight(s.doc.text[r.offset:r.offset+n], " \t")), 0)
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

// iniLikeReader is iniReader for texts of unknown kind: the section must be
// seen, or the sign be one of configuration files.
func iniLikeReader(s statement) answer {
	if s.sep != "=" || s.open != 0 || s.section() == "" {
		return pass
	}
	return iniReader(s)
}

// section returns the name of the [section] that the line stands in, or "".
func (s *statement) section() string {
	if s.doc.spendthrift() {
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
