package forms

import (
	"bytes"
	"strings"

	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// optionStyle is how a command line writes the value of an option.
var optionStyle = quoting{form: Shell, blank: true, stops: ";|&", single: true, joins: true}

// nameOptions give a command the name of what it stores, and valueOptions the
// value.
var (
	nameOptions = [...]string{
		"--key",
		"--name",
		"--parameter",
		"--parameter-name",
		"--secret",
		"--secret-id",
		"--secret-name",
		"--variable",
		"-k",
		"-n",
	}
	valueOptions = [...]string{
		"--body",
		"--data",
		"--parameter-value",
		"--secret-data",
		"--secret-string",
		"--secret-value",
		"--string-value",
		"--value",
		"-b",
		"-v",
	}
	storeVerbs = [...]string{
		"add",
		"config:set",
		"create",
		"env-set",
		"env:set",
		"insert",
		"kv",
		"put",
		"set",
		"set-env",
		"set-secret",
		"setenv",
		"store",
		"store-secret",
		"update",
		"write",
	}
)

// Bounds of a command that goes on over several lines.
const (
	commandLines = 12
	commandBytes = 2 << 10
)

// optionForm reads commands that store a name and a value: --name NAME --value
// value in any order, and set NAME value.
func optionForm(s statement) answer {
	if s.sep != "" || s.doc.overBudget() {
		return pass
	}
	text := s.doc.text
	start := s.nameFrom
	for start > s.from && start > s.nameFrom-value.MaxName && !ascii.IsSpace(text[start-1]) && text[start-1] != '=' {
		start-- // a path before the name: /app/prod/SECRET_KEY
	}
	before := bytes.TrimRight(text[s.from:start], " \t=")
	word := before[bytes.LastIndexAny(before, " \t")+1:]
	from, to := s.command()
	if oneOfExactly(word, nameOptions[:]) || s.storeVerb(before) {
		if a, ok := s.optionValue(from, to); ok {
			return found(a)
		}
	}
	if r, ok := s.stored(before); ok {
		return found(s.assign(Shell, r, s.commentTrait()))
	}
	return pass
}

// stored reads the value that the words before a name store in it.
func (s *statement) stored(before []byte) (r lineValue, ok bool) {
	stores := s.storeVerb(before)
	if !stores && !s.storeVerb(before[:max(0, bytes.LastIndexAny(before, " \t"))]) { // cf set-env SITE NAME value
		return r, false
	}
	if stores {
		if r, ok = s.piped(before); ok {
			return r, true
		}
	}
	if r, ok = optionStyle.read(s.doc.text, s.signAt, s.limit); !ok || value.AnyGenerated(r.values) {
		return r, ok
	}
	return r, stores && r.quoted && !strings.HasPrefix(r.values[0], "-") // else a word, or another option
}

// piped reads what a command is given to store on its standard input: echo value |
// gh secret set NAME, gh secret set NAME <<< value.
func (s *statement) piped(before []byte) (r lineValue, ok bool) {
	text := s.doc.text
	if n := bytes.Index(text[s.signAt:s.limit], []byte("<<<")); n >= 0 {
		r, ok = optionStyle.read(text, s.signAt+n+len("<<<"), s.limit)
		return r, ok && !r.isCode()
	}
	pipe := bytes.LastIndexByte(before, '|')
	if pipe < 0 {
		return r, false
	}
	for _, command := range [...]string{"echo ", "printf "} {
		n := bytes.LastIndex(before[:pipe], []byte(command))
		if n < 0 {
			continue
		}
		n += len(command)
		for n+2 < pipe && before[n] == '-' && before[n+2] == ' ' {
			n += 3 // -n
		}
		if r, ok = optionStyle.read(text, s.from+n, s.from+pipe); ok && value.AnyGenerated(r.values) {
			return r, true
		}
	}
	return r, false
}

// storeVerb reports whether the words before a name end in one that stores, with
// options between them: gh secret set, pulumi config set --secret.
func (s *statement) storeVerb(before []byte) bool {
	for range 4 {
		before = bytes.TrimRight(before, " \t")
		n := bytes.LastIndexAny(before, " \t")
		word := before[n+1:]
		if oneOfExactly(word, storeVerbs[:]) {
			return n > 0
		}
		if n < 0 || len(word) == 0 || word[0] != '-' {
			return false
		}
		before = before[:n]
	}
	return false
}

func oneOfExactly(word []byte, list []string) bool {
	for _, w := range list {
		if string(word) == w {
			return true
		}
	}
	return false
}

// command returns the bounds of the command that the line belongs to, over lines
// that end in a backslash.
func (s *statement) command() (from, to int) {
	from, to = s.from, s.to
	continued := func(line []byte) bool {
		line = bytes.TrimRight(line, " \t")
		return len(line) > 0 && (line[len(line)-1] == '\\' || line[len(line)-1] == '`' || line[len(line)-1] == '^')
	}
	for range commandLines {
		prev, end, ok := s.doc.previousLine(from)
		if !ok || s.from-prev > commandBytes || !continued(s.doc.text[prev:end]) {
			break
		}
		from = prev
	}
	for last := s.from; to-s.to < commandBytes && continued(s.doc.text[last:to]); {
		next, end, ok := s.doc.nextLine(to)
		if !ok {
			break
		}
		last, to = next, end
	}
	s.doc.spent += (to - from) / 4
	return from, to
}

// optionValue reads the value that an option of the command gives.
func (s *statement) optionValue(from, to int) (a Assignment, ok bool) {
	text := s.doc.text
	for at := from; at < to; {
		for at < to && (ascii.IsSpace(text[at]) || ascii.IsBreak(text[at])) {
			at++
		}
		end := at
		for end < to && !ascii.IsSpace(text[end]) && !ascii.IsBreak(text[end]) && text[end] != '=' {
			end++
		}
		if oneOfExactly(text[at:end], valueOptions[:]) {
			r, ok := optionStyle.read(text, min(end+1, to), nextBreak(text, end, to))
			if ok && !r.isCode() {
				return s.assign(Shell, r, s.commentTrait()), true
			}
			return a, false
		}
		at = end + 1
	}
	return a, false
}
