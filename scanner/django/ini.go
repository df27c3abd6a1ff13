package django

import (
	"bytes"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// iniStyle is how configuration files write values: %% stands for %.
var iniStyle = style{form: "ini", comment: true, bare: true, single: true, percent: true}

// sectionBytes is how far back the section of an entry is looked for.
const sectionBytes = 4 << 10

// iniReader knows name = value and name: value, quoted as in TOML or not.
func iniReader(s *statement, emit func(assignment)) bool {
	listed := s.open != 0 && byteAt(s.doc.text, s.nameFrom-1) == s.open && s.sep == "=" // env = ["NAME = value"]
	if s.sep != "=" && s.sep != ":" || s.open != 0 && !s.inner && !listed {
		return false
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
		return false
	}
	y := iniStyle
	r, ok := y.read(s.doc.text, s.at, s.limit)
	if !ok || r.isCode() {
		emit(assignment{})
		return true
	}
	if n := bytes.Index(s.doc.text[r.offset:r.offset+r.length], []byte(" ;")); n > 0 && !r.quoted {
		r.length = n
		r.values = y.readings(string(bytes.TrimRight(s.doc.text[r.offset:r.offset+n], " \t")), 0)
	}
	a := s.assign(y.form, r, s.commentTrait())
	section := s.section()
	if section == "security" { // of Grafana and of Gitea
		emit(assignment{})
		return true
	}
	if section != "" && !s.upper() {
		a.name = section + "." + a.name
	}
	emit(a)
	return true
}

// iniLikeReader is iniReader for texts of unknown kind: the section must be
// seen, or the sign be one of configuration files.
func iniLikeReader(s *statement, emit func(assignment)) bool {
	if s.sep != "=" || s.open != 0 || s.section() == "" {
		return false
	}
	return iniReader(s, emit)
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

// unitReader knows the places of service managers and web servers: systemd's
// Environment=, supervisor's environment=, uwsgi's env =, nginx's uwsgi_param,
// Apache's SetEnv.
func unitReader(s *statement, emit func(assignment)) bool {
	left, _ := s.commented()
	left = bytes.TrimRight(left, " \t\"'")
	lower := bytes.ToLower(left[max(0, len(left)-64):])
	y := style{form: "unit", single: true, joins: true, percent: true, blank: true}
	switch {
	case s.sep == "" && s.spaced && (bytes.HasSuffix(lower, []byte("uwsgi_param")) || bytes.HasSuffix(lower, []byte("fastcgi_param")) ||
		bytes.HasSuffix(lower, []byte("setenv")) && bytes.Equal(bytes.TrimSpace(left), []byte("SetEnv"))):
		y.stops, y.percent = ";", false
	case s.sep != "=" || s.inner:
		return false
	case bytes.HasPrefix(bytes.TrimLeft(left, " \t"), []byte("Environment=")), bytes.HasPrefix(bytes.TrimLeft(left, " \t"), []byte("Environment =")):
		if s.open != 0 {
			y.blank = false
		}
	case bytes.HasPrefix(bytes.TrimLeft(lower, " \t"), []byte("environment")) && bytes.IndexByte(left, '=') >= 0:
		y.stops = ","
	case bytes.Equal(bytes.TrimSpace(lower), []byte("env =")), bytes.Equal(bytes.TrimSpace(lower), []byte("env=")),
		bytes.Equal(bytes.TrimSpace(lower), []byte("raw_env =")):
		y.blank = false
	default:
		return false
	}
	r, ok := y.read(s.doc.text, s.at, s.limit)
	if !ok {
		emit(assignment{})
		return true
	}
	var traits scanner.Trait
	if _, comment := s.commented(); comment {
		traits = scanner.Comment
	}
	emit(s.assign(y.form, r, traits))
	return true
}
