package forms

import (
	"bytes"

	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
)

// kind is what a text looks like. It is told by the content alone, so that the
// same bytes give the same matches through every door.
type kind uint8

const (
	kindOther    kind = iota
	kindPython        // and Python 2, and broken Python
	kindJSON          // and JSON with comments
	kindNotebook      // Jupyter
	kindYAML          // Kubernetes, compose, CI, Ansible
	kindDotenv        // NAME=value lines, and shell
	kindDocker        // a Dockerfile
	kindINI           // and TOML, systemd units, supervisor
	kindMarkup        // HTML, XML, Markdown, reStructuredText
	kindPatch         // a diff, a patch mail
	kindBinary        // has NULs
	kindWide          // UTF-16

	kindCount = iota
	sniffKind = kind(kindCount) // asks for the kind to be told by the content
)

var kindNames = [kindCount]string{"other", "python", "json", "notebook", "yaml", "dotenv", "dockerfile", "ini", "markup", "patch", "binary", "utf-16"}

// kinds is a set of kinds.
type kinds uint16

// everywhere is every kind; unknown are those that have no form of their own,
// among them documents and patches, as far as they are not texts within texts.
const (
	everywhere kinds = 1<<kindCount - 1
	unknown    kinds = 1<<kindOther | 1<<kindNotebook | 1<<kindMarkup | 1<<kindPatch | 1<<kindBinary | 1<<kindWide
)

// of is the set of these kinds.
func of(list ...kind) (set kinds) {
	for _, k := range list {
		set |= 1 << k
	}
	return set
}

func (set kinds) has(k kind) bool { return set>>k&1 != 0 }

// names lists the kinds; the unknown ones together are "other", and all of them
// are nil.
func (set kinds) names() (list []string) {
	if set == everywhere {
		return nil
	}
	if set&unknown == unknown {
		set = set&^unknown | of(kindOther)
	}
	for k := range kind(kindCount) {
		if set.has(k) {
			list = append(list, kindNames[k])
		}
	}
	return list
}

// sniffed is how many bytes of a text decide its kind.
const sniffed = 4 << 10

// sniff tells the kind of a text from its first lines.
func sniff(text []byte) kind {
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

// sniffBytes knows a text with NULs: UTF-16 if every other byte of most pairs
// is NUL, else binary.
func sniffBytes(head []byte) (kind, bool) {
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return kindWide, true
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
			return kindWide, true
		}
	}
	return kindBinary, true
}

// sniffStart knows a text by its first bytes.
func sniffStart(head []byte) (kind, bool) {
	begins := func(s string) bool { return bytes.HasPrefix(head, []byte(s)) }
	switch {
	case begins("{%") || begins("{{") || begins("{#"):
		return 0, false
	case begins("{"):
		if bytes.Contains(head, []byte(`"cell_type"`)) || bytes.Contains(head, []byte(`"nbformat"`)) {
			return kindNotebook, true
		}
		return kindJSON, true
	case begins("[") && len(head) > 1 && bytes.IndexByte([]byte("{\"\n\r [0123456789"), head[1]) >= 0:
		return kindJSON, true
	case begins("<"):
		return kindMarkup, true
	case begins("diff --git ") || begins("--- a/") || begins("Index: ") || begins("@@ -") || begins("From ") && bytes.Contains(head, []byte("\ndiff --git ")):
		return kindPatch, true
	case begins("#!"):
		line := head[:nextBreak(head, 0, len(head))]
		if bytes.Contains(line, []byte("python")) {
			return kindPython, true
		}
		if bytes.Contains(line, []byte("sh")) {
			return kindDotenv, true
		}
	case begins("---\n") || begins("---\r") || begins("%YAML"):
		return kindYAML, true
	}
	return 0, false
}

// sniffLines lets the first lines vote.
func sniffLines(head []byte) kind {
	var votes [kindWide + 1]int
	returns := bytes.IndexByte(head, '\r') >= 0
	for len(head) > 0 {
		end := bytes.IndexByte(head, '\n')
		if end < 0 {
			end = len(head)
		}
		if returns {
			end = nextBreak(head, 0, end)
		}
		k, weight := lineKind(head[:end])
		votes[k] += weight
		for end < len(head) && ascii.IsBreak(head[end]) {
			end++
		}
		head = head[end:]
	}
	best := kindOther
	votes[kindOther]++
	for k := range votes {
		if votes[k] > votes[best] {
			best = kind(k)
		}
	}
	return best
}

// lineKind says what a line speaks for, and how loudly.
func lineKind(line []byte) (kind, int) {
	indent := indentOf(line)
	line = line[indent:]
	if len(line) == 0 {
		return kindOther, 0
	}
	foreign := 4 // what a line of another language weighs
	if indent > 0 {
		foreign = 1 // it can be a block of YAML
	}
	first, rest := line, []byte(nil)
	if n := wordEnd(line); n > 0 && n < len(line) {
		first, rest = line[:n], line[n:]
	}
	if k, weight := wordKind(line, first, rest, foreign); weight > 0 {
		return k, weight
	}
	return shapeKind(line, first, rest, indent, foreign)
}

// wordKind knows lines by their first word.
func wordKind(line, first, rest []byte, foreign int) (kind, int) {
	switch string(first) {
	case "import":
		if last := line[len(line)-1]; last == ';' || last == '\'' || last == '"' || last == '(' || last == '{' {
			return kindOther, 4 // JavaScript, Go, Java
		}
		return kindPython, 4
	case "from", "def", "class", "if", "try", "else", "elif", "for", "with", "return":
		if bytes.HasSuffix(line, []byte(":")) || string(first) == "from" && bytes.Contains(line, []byte(" import ")) {
			return kindPython, 4
		}
	case `"""`, "'''":
		return kindPython, 2
	case "FROM", "RUN", "COPY", "ENV", "ARG", "WORKDIR", "CMD", "ENTRYPOINT", "EXPOSE", "ADD", "LABEL", "USER":
		if len(rest) > 0 && rest[0] == ' ' {
			return kindDocker, 4
		}
	case "func", "function", "module.exports", "#include", "<?php", "namespace", "interface", "struct", "impl", "fn":
		return kindOther, foreign
	case "package":
		if len(rest) > 0 && plainWord(bytes.TrimSpace(rest)) {
			return kindOther, foreign
		}
	case "const", "var", "let", "use", "using", "public", "private", "static", "type", "extern", "require", "async", "throw", "switch", "case":
		if last := line[len(line)-1]; last == ';' || last == '{' || last == '(' || bytes.Contains(rest, []byte(" = ")) {
			return kindOther, foreign
		}
	case "export":
		if bytes.HasPrefix(rest, []byte(" const ")) || bytes.HasPrefix(rest, []byte(" default ")) || bytes.HasPrefix(rest, []byte(" function ")) || bytes.HasSuffix(line, []byte("{")) {
			return kindOther, 4
		}
		return kindDotenv, 2
	case "set", "echo", "unset":
		return kindDotenv, 2
	case ".PHONY":
		return kindOther, 8 // a Makefile
	case "diff":
		if bytes.HasPrefix(rest, []byte(" --git ")) {
			return kindPatch, 8
		}
	}
	return kindOther, 0
}

// shapeKind knows lines by their signs.
func shapeKind(line, first, rest []byte, indent, foreign int) (kind, int) {
	begins := func(s string) bool { return line[0] == s[0] && bytes.HasPrefix(line, []byte(s)) }
	switch last := line[len(line)-1]; {
	case last == ';' || last == '{' && (bytes.HasSuffix(line, []byte(") {")) || bytes.HasSuffix(line, []byte("=> {"))) || begins("//"):
		return kindOther, foreign / 2 // C, JavaScript, Go, PHP, CSS
	case line[0] == '<' || begins("```") || begins(".. "):
		return kindMarkup, 3
	case begins("## ") || isUnderline(line):
		return kindMarkup, 1
	case begins(`"""`) || begins("'''"):
		return kindPython, 2
	case indent > 0 && begins("- "):
		return kindYAML, 1
	case line[0] == '[' && line[len(line)-1] == ']' && indent == 0:
		return kindINI, 3
	case line[0] == '#' || line[0] == ';':
		return kindOther, 0
	}
	if len(rest) > 0 && rest[0] != '(' && plainWord(first) {
		switch {
		case rest[0] == ':' && bytes.Contains(rest, []byte(" = ")):
			return kindPython, 2 // an annotation
		case rest[0] == ':' && (len(rest) == 1 || rest[1] == ' ') && line[len(line)-1] != '{':
			return kindYAML, 2
		case rest[0] == '=' && (len(rest) == 1 || rest[1] != '=' && rest[1] != ' ') && indent == 0:
			if !isUpper(first) {
				return kindDotenv, 1
			}
			return kindDotenv, 2
		case bytes.HasPrefix(rest, []byte(" = ")) && indent == 0 && isUpper(first):
			return upperKind(bytes.TrimLeft(rest[3:], " \t"))
		case bytes.HasPrefix(rest, []byte(" = ")) && indent == 0:
			return kindINI, 1
		}
	}
	return kindOther, 0
}

// upperKind judges what stands behind NAME = : a Python expression, or text as
// some environment files have it. A single word can be both.
func upperKind(right []byte) (kind, int) {
	if len(right) == 0 {
		return kindDotenv, 1
	}
	switch c := right[0]; {
	case c == '(' || c == '[' || c == '{':
		return kindPython, 2 // as text it would go to the end of the line
	case ascii.IsQuote(c):
		return kindPython, 1
	case c >= '0' && c <= '9' || c == '-':
		return kindOther, 0
	case !ascii.IsWord(c):
		return kindDotenv, 2
	}
	n := 0
	for n < len(right) && (ascii.IsWord(right[n]) || right[n] == '.') {
		n++
	}
	switch rest := right[n:]; {
	case len(rest) == 0 && n > 4 && !isUpper(right[:n]) && string(right) != "False":
		return kindDotenv, 1
	case len(rest) == 0 || rest[0] == ' ':
		return kindOther, 0
	case rest[0] == '(' || rest[0] == '[' || ascii.IsQuote(rest[0]):
		return kindPython, 1
	}
	return kindDotenv, 2
}

func isUnderline(line []byte) bool {
	return len(line) >= 4 && (line[0] == '=' || line[0] == '-' || line[0] == '~') && bytes.Count(line, line[:1]) == len(line)
}

// wordEnd is the length of what stands before the first blank, sign of an
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
