package forms

import (
	"bytes"
	"strings"

	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
)

// format is what a text looks like. It is told by the content alone, so that the
// same bytes give the same matches wherever they come from.
type format uint8

const (
	formatOther    format = iota
	formatPython          // and Python 2, and broken Python
	formatJSON            // and JSON with comments
	formatNotebook        // Jupyter
	formatYAML            // Kubernetes, compose, CI, Ansible
	formatDotenv          // NAME=value lines, and shell
	formatDocker          // a Dockerfile
	formatINI             // and TOML, systemd units, supervisor
	formatMarkup          // HTML, XML, Markdown, reStructuredText
	formatPatch           // a diff, a patch mail
	formatBinary          // has NULs
	formatUTF16           // UTF-16

	formatCount     = iota
	formatByContent = format(formatCount) // asks for the format to be told by the content
)

var formatNames = [formatCount]string{"other", "python", "json", "notebook", "yaml", "dotenv", "dockerfile", "ini", "markup", "patch", "binary", "utf-16"}

// formats is a set of kinds.
type formats uint16

// everywhere is every format; unknown are those that have no form of their own,
// among them documents and patches, as far as they are not texts within texts.
const (
	everywhere formats = 1<<formatCount - 1
	unknown    formats = 1<<formatOther | 1<<formatNotebook | 1<<formatMarkup | 1<<formatPatch | 1<<formatBinary | 1<<formatUTF16
)

// of is the set of these kinds.
func of(list ...format) (set formats) {
	for _, k := range list {
		set |= 1 << k
	}
	return set
}

func (set formats) has(k format) bool { return set>>k&1 != 0 }

// names lists the kinds; the unknown ones together are "other", and all of them
// are nil.
func (set formats) names() (list []string) {
	if set == everywhere {
		return nil
	}
	if set&unknown == unknown {
		set = set&^unknown | of(formatOther)
	}
	for k := range format(formatCount) {
		if set.has(k) {
			list = append(list, formatNames[k])
		}
	}
	return list
}

// sniffed is how many bytes of a text decide its format.
const sniffed = 4 << 10

// sniff tells the format of a text from its first lines.
func sniff(text []byte) format {
	head := text[:min(len(text), sniffed)]
	if k, ok := sniffBytes(head); ok {
		return k
	}
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n\f")
	if k, ok := sniffStart(head); ok {
		return k
	}
	return sniffLines(head)
}

// sniffBytes recognises a text with NULs: UTF-16 if every other byte of most pairs
// is NUL, else binary.
func sniffBytes(head []byte) (format, bool) {
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return formatUTF16, true
	}
	if bytes.IndexByte(head, 0) < 0 {
		return 0, false
	}
	var zeros [2]int
	for i, c := range head {
		if c == 0 {
			zeros[i&1]++
		}
	}
	pairs := len(head) / 2
	for i := range zeros {
		if zeros[i] > pairs*3/4 && zeros[1-i] < pairs/8+1 {
			return formatUTF16, true
		}
	}
	return formatBinary, true
}

// sniffStart recognises a text by its first bytes.
func sniffStart(head []byte) (format, bool) {
	begins := func(s string) bool { return bytes.HasPrefix(head, []byte(s)) }
	switch {
	case begins("{%") || begins("{{") || begins("{#"):
		return 0, false
	case begins("{"):
		if bytes.Contains(head, []byte(`"cell_type"`)) || bytes.Contains(head, []byte(`"nbformat"`)) {
			return formatNotebook, true
		}
		return formatJSON, true
	case beginsList(head):
		return formatJSON, true
	case begins("<"):
		return formatMarkup, true
	case beginsPatch(head):
		return formatPatch, true
	case begins("#!"):
		return formatOfInterpreter(head[:nextBreak(head, 0, len(head))])
	case begins("---\n") || begins("---\r") || begins("%YAML"):
		return formatYAML, true
	}
	return 0, false
}

// beginsList recognises a list of JSON by what is after its bracket: [section] begins
// a file of settings.
func beginsList(head []byte) bool {
	return len(head) > 1 && head[0] == '[' && bytes.IndexByte([]byte("{\"\n\r [0123456789"), head[1]) >= 0
}

// patchStarts are how diffs and patch mails begin.
var patchStarts = [...]string{"diff --git ", "--- a/", "Index: ", "@@ -"}

func beginsPatch(head []byte) bool {
	for _, start := range patchStarts {
		if bytes.HasPrefix(head, []byte(start)) {
			return true
		}
	}
	return bytes.HasPrefix(head, []byte("From ")) && bytes.Contains(head, []byte("\ndiff --git "))
}

// formatOfInterpreter tells a script by its first line.
func formatOfInterpreter(line []byte) (format, bool) {
	switch {
	case bytes.Contains(line, []byte("python")):
		return formatPython, true
	case bytes.Contains(line, []byte("sh")):
		return formatDotenv, true
	}
	return 0, false
}

// sniffLines lets the first lines vote.
func sniffLines(head []byte) format {
	var votes [formatCount]int
	returns := bytes.IndexByte(head, '\r') >= 0
	for len(head) > 0 {
		end := bytes.IndexByte(head, '\n')
		if end < 0 {
			end = len(head)
		}
		if returns {
			end = nextBreak(head, 0, end)
		}
		v := lineVote(head[:end])
		if votes[v.format] += v.weight; v.weight > 0 && votes[v.format] >= decided && leads(&votes, v.format) {
			return v.format
		}
		for end < len(head) && ascii.IsBreak(head[end]) {
			end++
		}
		head = head[end:]
	}
	best := formatOther
	votes[formatOther]++
	for k := range votes {
		if votes[k] > votes[best] {
			best = format(k)
		}
	}
	return best
}

// decided is the lead in votes that the lines to come do not make up for.
const decided = 24

// leads reports whether a format has that lead over all others.
func leads(votes *[formatCount]int, first format) bool {
	for k := range votes {
		if format(k) != first && votes[first]-votes[k] < decided {
			return false
		}
	}
	return true
}

// A vote is what a line speaks for, and how loudly.
type vote struct {
	format format
	weight int
}

// headLine is one of the first lines of a text.
type headLine struct {
	text   []byte // without its indentation; not empty
	first  []byte // its first word
	rest   []byte // what is after it; nil if nothing is
	indent int    // in bytes
}

// These three are so small that the compiler puts them where they are called,
// and compares a few bytes as one number.

func (l *headLine) begins(s string) bool {
	return len(l.text) >= len(s) && string(l.text[:len(s)]) == s
}
func (l *headLine) ends(s string) bool {
	return len(l.text) >= len(s) && string(l.text[len(l.text)-len(s):]) == s
}
func (l *headLine) follows(s string) bool {
	return len(l.rest) >= len(s) && string(l.rest[:len(s)]) == s
}

// foreign is what a line of another language weighs: less if it is indented,
// because then it can be in a block of YAML.
func (l *headLine) foreign() int {
	if l.indent > 0 {
		return 1
	}
	return 4
}

// lineVote lets a line vote.
func lineVote(line []byte) vote {
	l := headLine{indent: indentOf(line)}
	l.text = line[l.indent:]
	if len(l.text) == 0 {
		return vote{}
	}
	l.first = l.text
	if n := wordEnd(l.text); n > 0 && n < len(l.text) {
		l.first, l.rest = l.text[:n], l.text[n:]
	}
	if v := l.byWord(); v.weight > 0 {
		return v
	}
	if v, ok := l.bySigns(); ok {
		return v
	}
	return l.byAssignment()
}

// byWord votes by the first word.
func (l *headLine) byWord() vote {
	switch string(l.first) {
	case "import":
		return l.imports()
	case "from":
		if l.isFromImport() {
			return vote{formatPython, 4}
		}
	case "def", "class", "if", "try", "else", "elif", "for", "with", "return":
		if l.ends(":") {
			return vote{formatPython, 4}
		}
	case `"""`, "'''":
		return vote{formatPython, 2}
	case "FROM", "RUN", "COPY", "ENV", "ARG", "WORKDIR", "CMD", "ENTRYPOINT", "EXPOSE", "ADD", "LABEL", "USER":
		if l.follows(" ") {
			return vote{formatDocker, 4}
		}
	case "export":
		return l.export()
	case "set", "echo", "unset":
		return vote{formatDotenv, 2}
	case ".PHONY":
		return vote{formatOther, 8} // a Makefile
	case "diff":
		if l.follows(" --git ") {
			return vote{formatPatch, 8}
		}
	}
	if l.isForeign() {
		return vote{formatOther, l.foreign()}
	}
	return vote{}
}

// imports tells Python's import from that of JavaScript, Go and Java.
func (l *headLine) imports() vote {
	if l.endsIn(";'\"({") {
		return vote{formatOther, 4}
	}
	return vote{formatPython, 4}
}

// isFromImport reports whether a line that begins with "from" is Python.
func (l *headLine) isFromImport() bool {
	return l.ends(":") || bytes.Contains(l.text, []byte(" import "))
}

// isForeign reports whether the line is of a language with braces, by its first
// word.
func (l *headLine) isForeign() bool {
	switch string(l.first) {
	case "func", "function", "module.exports", "#include", "<?php", "namespace", "interface", "struct", "impl", "fn":
		return true
	case "package":
		return plainWord(bytes.TrimSpace(l.rest))
	case "const", "var", "let", "use", "using", "public", "private", "static", "type", "extern", "require", "async", "throw", "switch", "case":
		return l.endsIn(";{(") || bytes.Contains(l.rest, []byte(" = "))
	}
	return false
}

// export tells a module's export from a shell's.
func (l *headLine) export() vote {
	if l.follows(" const ") || l.follows(" default ") || l.follows(" function ") || l.ends("{") {
		return vote{formatOther, 4}
	}
	return vote{formatDotenv, 2}
}

// endsIn reports whether the line's last byte is one of these.
func (l *headLine) endsIn(signs string) bool {
	return strings.IndexByte(signs, l.text[len(l.text)-1]) >= 0
}

// bySigns votes by the signs at the ends of the line; ok is false if it has
// none that tell.
func (l *headLine) bySigns() (v vote, ok bool) {
	if l.endsStatement() {
		return vote{formatOther, l.foreign() / 2}, true // C, JavaScript, Go, PHP, CSS
	}
	switch l.text[0] {
	case '/':
		return vote{formatOther, l.foreign() / 2}, l.begins("//")
	case '<':
		return vote{formatMarkup, 3}, true
	case '`':
		return vote{formatMarkup, 3}, l.begins("```")
	case '.':
		return vote{formatMarkup, 3}, l.begins(".. ")
	case '"':
		return vote{formatPython, 2}, l.begins(`"""`)
	case '\'':
		return vote{formatPython, 2}, l.begins("'''")
	case '#':
		if l.begins("## ") {
			return vote{formatMarkup, 1}, true
		}
		return vote{}, true
	case ';':
		return vote{}, true
	case '[':
		return vote{formatINI, 4}, l.indent == 0 && l.ends("]")
	case '=', '-', '~':
		return l.byDashes()
	}
	return vote{}, false
}

// byDashes tells the line below a heading from an item of a list.
func (l *headLine) byDashes() (v vote, ok bool) {
	if isUnderline(l.text) {
		return vote{formatMarkup, 1}, true
	}
	return vote{formatYAML, 1}, l.indent > 0 && l.begins("- ")
}

// endsStatement reports whether the line ends as those of languages with braces
// do.
func (l *headLine) endsStatement() bool {
	return l.ends(";") || l.ends(") {") || l.ends("=> {")
}

// byAssignment votes by what is between a name and a value.
func (l *headLine) byAssignment() vote {
	if len(l.rest) == 0 || !plainWord(l.first) {
		return vote{}
	}
	after := byteAt(l.rest, 1) // the sign; 0 at the end of the line
	switch {
	case l.rest[0] == ':' && bytes.Contains(l.rest, []byte(" = ")):
		return vote{formatPython, 2} // an annotation
	case l.rest[0] == ':' && l.indent > 0 && string(l.first) != "type" && isTypeOnly(bytes.TrimLeft(l.rest[1:], " ")):
		return vote{formatPython, 1} // a field of a dataclass
	case l.rest[0] == ':' && !l.ends("{") && (after == 0 || after == ' '):
		return vote{formatYAML, 2}
	case l.indent > 0:
		return vote{}
	case l.rest[0] == '=' && after != '=' && after != ' ':
		return l.byCase(vote{formatDotenv, 2}, vote{formatDotenv, 1})
	case bytes.HasPrefix(l.rest, []byte(" = ")):
		return l.byCase(upperVote(bytes.TrimLeft(l.rest[3:], " \t")), vote{formatINI, 1})
	}
	return vote{}
}

// isTypeOnly recognises types of Python, which YAML has no use for.
func isTypeOnly(s []byte) bool {
	switch string(s) {
	case "str", "int", "bool", "float", "bytes", "dict", "list", "datetime", "Decimal":
		return true
	}
	n := bytes.IndexByte(s, '[')
	return n > 0 && plainWord(s[:n]) && s[len(s)-1] == ']'
}

// byCase is one of two votes: for a name in upper case, and for any other.
func (l *headLine) byCase(upper, lower vote) vote {
	if isUpper(l.first) {
		return upper
	}
	return lower
}

// upperVote judges what is after NAME = : a Python expression, or text as some
// environment files have it. A single word can be both.
func upperVote(right []byte) vote {
	if len(right) == 0 {
		return vote{formatDotenv, 1}
	}
	switch c := right[0]; {
	case strings.IndexByte("([{", c) >= 0:
		return vote{formatPython, 2} // as text it would go to the end of the line
	case ascii.IsQuote(c):
		return vote{formatPython, 1}
	case ascii.IsDigit(c) || c == '-':
		return vote{}
	case !ascii.IsWord(c):
		return vote{formatDotenv, 2}
	}
	n := 0
	for n < len(right) && (ascii.IsWord(right[n]) || right[n] == '.') {
		n++
	}
	switch word, rest := right[:n], right[n:]; {
	case len(rest) == 0:
		return wordVote(word)
	case rest[0] == ' ':
		return vote{}
	case rest[0] == '(' || rest[0] == '[' || ascii.IsQuote(rest[0]):
		return vote{formatPython, 1}
	}
	return vote{formatDotenv, 2}
}

// wordVote judges a word that is all of the value: a long one in lower case is
// no constant of Python.
func wordVote(word []byte) vote {
	if len(word) > 4 && !isUpper(word) && string(word) != "False" {
		return vote{formatDotenv, 1}
	}
	return vote{}
}

func isUnderline(line []byte) bool {
	return len(line) >= 4 && (line[0] == '=' || line[0] == '-' || line[0] == '~') && bytes.Count(line, line[:1]) == len(line)
}

// wordEnd is the length of what is before the first blank, sign of an
// assignment or parenthesis.
func wordEnd(line []byte) int {
	for i, c := range line {
		switch c {
		case ' ', '\t', '=', ':', '(':
			return i
		}
	}
	return len(line)
}

func plainWord(s []byte) bool {
	for _, c := range s {
		if !ascii.IsWord(c) && c != '-' && c != '.' {
			return false
		}
	}
	return len(s) > 0
}

func isUpper(s []byte) bool {
	for _, c := range s {
		if c >= 'a' && c <= 'z' {
			return false
		}
	}
	return true
}
