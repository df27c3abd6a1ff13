package forms

import (
	"bytes"
	"strings"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// Bounds of the search for the instruction that a continued line belongs to.
const (
	dockerBack  = 64      // lines
	dockerBytes = 8 << 10 // bytes, to each side
)

// dockerForm recognises the instructions of a Dockerfile: ENV NAME value, ENV and
// ARG NAME=value, and variables of a RUN.
func dockerForm(s statement) answer {
	instruction, start := dockerInstruction(s.doc, s.from)
	switch instruction {
	case "ENV", "ARG", "LABEL":
		return s.dockerSetting(instruction, len(bytes.TrimSpace(s.doc.text[start:s.nameFrom])) == 0)
	case "RUN":
		return s.dockerRun()
	}
	return pass
}

// dockerSetting reads a variable of an instruction; alone says that it is the
// first, so that ENV NAME value is possible.
func (s *statement) dockerSetting(instruction string, alone bool) answer {
	y := quoting{form: Dockerfile, blank: true, joins: true, single: true}
	var traits scanner.Trait
	alone = alone && instruction == "ENV"
	switch {
	case alone && s.sep == "" && s.spaced:
		y.blank = false
	case alone && s.sep == "=" && !s.tight && s.at == s.signAt+1:
		y.blank, s.at = false, s.signAt // a key that begins with the sign
	case s.sep == "=" && s.tight:
		if instruction == "ARG" {
			traits = scanner.Fallback
		}
	case s.sep == "":
		return claimed // ARG NAME
	default:
		return pass
	}
	r, ok := y.read(s.doc.text, s.at, s.limit)
	if !ok || s.doc.short && s.sep == "" && isName(r.values) {
		return claimed
	}
	return found(s.assign(y.form, r, traits))
}

// isName recognises the next of several names in ENV SECRET_KEY \ ALLOWED_HOSTS,
// which set nothing and only say what the image reads.
func isName(values []string) bool {
	return len(values) > 0 && value.IsPlainName(values[0]) && isUpper([]byte(values[0])) && strings.Contains(values[0], "_")
}

// dockerRun reads a variable of the commands of a RUN.
func (s *statement) dockerRun() answer {
	if s.sep != "=" || !s.tight && s.open == 0 || s.inner {
		return pass
	}
	r, ok := s.word()
	if !ok || r.isCode() {
		return claimed
	}
	var traits scanner.Trait
	if !dockerWrites(s.doc, s.to) {
		traits = scanner.BuildOnly
	}
	return found(s.assign(Dockerfile, r, traits))
}

// dockerInstruction returns the instruction that the line belongs to, over
// lines that end in a backslash, and the offset after it. It is empty if there
// is none.
func dockerInstruction(doc *document, from int) (name string, after int) {
	start := dockerStart(doc, from)
	i := start + indentOf(doc.text[start:])
	end := i
	for end < len(doc.text) && end-i < 12 && ascii.IsLetter(doc.text[end]) {
		end++
	}
	if end >= len(doc.text) || !ascii.IsSpace(doc.text[end]) {
		return "", 0
	}
	word := bytes.ToUpper(doc.text[i:end])
	switch string(word) {
	case "ENV", "ARG", "RUN", "LABEL":
		if doc.format == formatDocker || bytes.Equal(word, doc.text[i:end]) {
			return string(word), end
		}
	}
	return "", 0
}

// dockerStart returns where the first line of an instruction begins.
func dockerStart(doc *document, from int) int {
	start := from
	for range dockerBack {
		prev, to, ok := doc.previousLine(start)
		if !ok || from-prev > dockerBytes || doc.overBudget() {
			break
		}
		doc.spent += to - prev + 16
		line := bytes.TrimRight(doc.text[prev:to], " \t")
		if !bytes.HasSuffix(line, []byte(`\`)) && !isDockerComment(line) {
			break
		}
		start = prev
	}
	// Comments may be within an instruction, but do not begin one.
	for start < from && isDockerComment(doc.text[start:]) {
		_, to := doc.line(start)
		next, _, ok := doc.nextLine(to)
		if !ok {
			break
		}
		start = next
	}
	return start
}

func isDockerComment(line []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(line, " \t"), []byte("#"))
}

// dockerWrites reports whether the instruction that goes on after this line
// writes a file, so that the value stays in the image.
func dockerWrites(doc *document, to int) bool {
	from, _ := doc.line(to)
	start := from
	for range dockerBack {
		line := bytes.TrimRight(doc.text[from:to], " \t")
		if bytes.IndexByte(line, '>') >= 0 || bytes.Contains(line, []byte("tee ")) {
			return true
		}
		if len(line) == 0 || line[len(line)-1] != '\\' || to-start > dockerBytes {
			return false
		}
		var ok bool
		if from, to, ok = doc.nextLine(to); !ok {
			return false
		}
	}
	return false
}
