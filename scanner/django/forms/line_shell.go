package forms

import (
	"bytes"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// wordStyle is how a shell writes the value of a variable: one word.
var wordStyle = quoting{form: Shell, blank: true, stops: ";|)`<>", single: true, joins: true, dollars: false}

// expansionForm recognises the default of a parameter expansion,
// ${SECRET_KEY:-default}, wherever it is.
func expansionForm(s statement) answer {
	text := s.doc.text
	if s.nameFrom < 2 || text[s.nameFrom-1] != '{' || text[s.nameFrom-2] != '$' {
		return pass
	}
	if s.nameFrom > 2 && text[s.nameFrom-3] == '$' && s.doc.format != formatYAML {
		return pass
	}
	from := s.nameFrom - 2
	end := braceEnd(text[from:s.to])
	if end > 0 {
		raw := string(text[from : from+end])
		if v, at, to, ok := defaultOf(raw); ok {
			r := lineValue{offset: from + at, length: to - at, values: composeStyle.readings(v, 0), fallback: true}
			if n := len(v); n > 1 && (v[0] == '"' || v[0] == '\'') && v[n-1] == v[0] {
				r = lineValue{offset: r.offset + 1, length: n - 2, values: composeStyle.readings(v[1:n-1], v[0]), fallback: true}
			}
			return found(s.assign(ShellDefault, r, s.commentTrait()))
		}
	}
	return claimed
}

// commandForm recognises commands that take a name and a value as two words:
// setenv NAME value (csh), set -gx NAME value (fish).
func commandForm(s statement) answer {
	if s.sep != "" || !s.spaced || s.open != 0 && !s.inner {
		return pass
	}
	left, _ := s.commented()
	left = bytes.TrimLeft(left, "$ \t")
	switch {
	case bytes.Equal(left, []byte("setenv")):
	case bytes.HasPrefix(left, []byte("set -")) && (bytes.IndexByte(left, 'x') > 0):
	default:
		return pass
	}
	if r, ok := wordStyle.read(s.doc.text, s.at, s.limit); ok {
		return found(s.assign(wordStyle.form, r, s.commentTrait()))
	}
	return claimed
}

// shellForm recognises NAME=value within a command: before the command, after
// -e, --env, export, heroku config:set and the like, or between quotes. The
// value is one word.
func shellForm(s statement) answer {
	if s.sep != "=" || !s.tight || s.inner {
		return pass
	}
	if r, ok := s.formatted(); ok {
		return found(s.assign(wordStyle.form, r, s.commentTrait()))
	}
	r, ok := s.word()
	if !ok {
		return claimed // NAME=$(…) and NAME=
	}
	sure := s.inShell() || s.upper() && s.setsVariable()
	if !value.AnyGenerated(r.values) {
		switch {
		case !sure:
			return pass
		case r.isCode():
			return claimed
		}
	}
	return found(s.assign(wordStyle.form, r, s.commentTrait()|s.buildTrait(r.end)))
}

// formatted reads what printf puts in the place of the value: 'NAME=%s\n' "value".
func (s *statement) formatted() (r lineValue, ok bool) {
	if s.open == 0 || !bytes.HasPrefix(s.rest(), []byte("%s")) {
		return r, false
	}
	at := 1 + closeQuote(s.doc.text, s.at, s.to, s.open, s.slash)
	if at == 0 {
		return r, false
	}
	for at < s.to && (ascii.IsSpace(s.doc.text[at]) || s.doc.text[at] == ',') {
		at++
	}
	r, ok = wordStyle.read(s.doc.text, at, s.to)
	return r, ok && value.AnyGenerated(r.values)
}

// word reads the value of NAME=value as a shell does, or up to the quote
// around the whole assignment.
func (s *statement) word() (lineValue, bool) {
	y := wordStyle
	if c := byteAt(s.doc.text, s.nameFrom-1); c == '?' || c == '&' || c == ';' {
		y.stops = "&;\"'<>)" // a query
	}
	if s.open != 0 && !s.inner && byteAt(s.doc.text, s.nameFrom-1) == s.open {
		y.blank, y.stops = false, ""
		if s.runs() {
			y.blank = true
		}
	}
	return y.read(s.doc.text, s.at, s.limit)
}

// inShell reports whether a word before the name belongs to a command.
func (s *statement) inShell() bool {
	if s.doc.format == formatDotenv || s.doc.format == formatDocker {
		return true
	}
	left, _ := s.commented()
	word := left
	if n := bytes.LastIndexAny(left, " \t"); n >= 0 {
		word = left[n+1:]
	}
	word = bytes.Trim(word, "\"'`(")
	if n := bytes.LastIndexByte(word, '='); n > 0 && plainWord(word[:n]) && word[0] != '-' {
		return isUpper(word[:n]) // A=1 SECRET_KEY=x
	}
	word = bytes.TrimSuffix(word, []byte("="))
	return shellWords.HasBytes(word)
}

// setsVariable reports whether nothing but a bullet, a quote or a bracket is
// before the name: a line of an environment file in another text.
func (s *statement) setsVariable() bool {
	left, _ := s.commented()
	left = bytes.Trim(left, " \t-*+>`\"'([{$#0123456789.")
	return len(left) == 0 || left[len(left)-1] == ':' || left[len(left)-1] == '`' || s.open != 0
}

// runs reports whether a command or another variable follows the first word of
// the value: SECRET_KEY=x DEBUG=1 python manage.py.
func (s *statement) runs() bool {
	rest := s.rest()
	if len(rest) == 0 || ascii.IsQuote(rest[0]) {
		return false
	}
	n := bytes.IndexAny(rest, " \t")
	if n < 0 {
		return false
	}
	word := bytes.TrimLeft(rest[n:], " \t")
	if n = bytes.IndexAny(word, " \t"); n >= 0 {
		word = word[:n]
	}
	if eq := bytes.IndexByte(word, '='); eq > 1 && plainWord(word[:eq]) && isUpper(word[:eq]) {
		return true
	}
	if n = bytes.LastIndexByte(word, '/'); n > 0 && n < len(word)-1 {
		word = word[n+1:]
	}
	return commands.HasBytes(word)
}

// buildCommands read the settings but serve nobody.
var buildCommands = [...]string{
	"collectstatic",
	"compilejsi18n",
	"compilemessages",
	"compilescss",
	"compress",
	"generateschema",
	"makemessages",
	"makemigrations",
	"mkdocs",
	"npm run build",
	"spectacular",
	"sphinx-build",
	"tailwind",
}

// buildTrait tells a value that is given to one command of a build, or to tests.
func (s *statement) buildTrait(end int) scanner.Trait {
	rest := s.doc.text[min(end, s.to):s.to]
	for _, c := range buildCommands {
		if bytes.Contains(rest, []byte(c)) {
			return scanner.BuildOnly
		}
	}
	for _, c := range testCommands {
		if bytes.Contains(rest, []byte(c)) {
			return scanner.TestOnly
		}
	}
	return 0
}

// testCommands run the tests of a site.
var testCommands = [...]string{" pytest", " py.test", "manage.py test", " tox", "coverage run", "-m unittest", "-m pytest", " nosetests", " behave"}
