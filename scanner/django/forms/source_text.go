package forms

import (
	"bytes"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// sourceText is a text whose settings are read for where they take their key from. A
// text can have any number of settings, and the expression of each can ask for names
// that are anywhere in it: what was asked about the text is kept, and looking for names
// has a bound.
type sourceText struct {
	text   []byte
	sniffs bool // format was told
	format format
	held   map[string]bool // words that were looked for
	files  []string        // of data that the text names
	listed bool            // files was made
	spent  int             // on reading names and on looking for them: see find
}

// Looking for names costs a byte for each searchedBytes that are passed over, and
// searchedBytes for each place; together searchedBytes times the text, and some to begin
// with.
const (
	searchedBytes = 16
	searchedFree  = 1 << 20
)

// kind is the format of the text.
func (t *sourceText) kind() format {
	if !t.sniffs {
		t.sniffs, t.format = true, sniff(t.text)
	}
	return t.format
}

// holds reports whether a word is anywhere in the text.
func (t *sourceText) holds(word string) bool {
	held, known := t.held[word]
	if !known {
		if t.held == nil {
			t.held = map[string]bool{}
		}
		held = bytes.Contains(t.text, []byte(word))
		t.spent += len(t.text) / searchedBytes
		t.held[word] = held
	}
	return held
}

// find returns the offset of the next place of a name, from an offset on; -1 if there
// is none, or once looking for names has cost too much.
func (t *sourceText) find(name string, at int) int {
	if t.spent > searchedBytes*len(t.text)+searchedFree {
		return -1
	}
	n := ascii.Index(t.text[at:], name)
	if n < 0 {
		t.spent += (len(t.text) - at) / searchedBytes
		return -1
	}
	t.spent += n/searchedBytes + searchedBytes
	return at + n
}

// importOf is the module that the text imports a name from, without packages, and
// what that calls it.
func (t *sourceText) importOf(name string) (module, there string) {
	line := 0 // where the line of the place at hand begins
	names := -1
	for at := 0; ; {
		from := t.find(name, at)
		if from < 0 {
			return "", ""
		}
		if n := bytes.LastIndexByte(t.text[at:from], '\n'); n >= 0 || at == 0 {
			line = at + n + 1
			names = importedNames(t.text[line:])
		}
		if at = from + len(name); names < 0 || line+names > at || ascii.IsWord(byteAt(t.text, at)) {
			continue
		}
		module, list := t.text[line+len("from "):line+names-len(" import ")], t.text[line+names:at]
		there = name
		if before, ok := bytes.CutSuffix(list, []byte(" as "+name)); ok {
			there = string(before[1+bytes.LastIndexAny(before, " ,("):])
		}
		module = bytes.TrimSpace(module)
		return string(module[1+bytes.LastIndexByte(module, '.'):]), there
	}
}

// importedNames is where the names begin in a line that imports them from a module;
// -1 if it does not.
func importedNames(line []byte) int {
	rest, ok := bytes.CutPrefix(line, []byte("from "))
	if !ok {
		return -1
	}
	rest = rest[:nextBreak(rest, 0, min(len(rest), lineAhead))]
	if n := bytes.Index(rest, []byte(" import ")); n >= 0 {
		return len("from ") + n + len(" import ")
	}
	return -1
}

// binding is the offset of what the text assigns to a name at the start of a
// line; 0 if it does not.
func (t *sourceText) binding(name string) int {
	for at := 0; name != ""; {
		from := t.find(name, at)
		if from < 0 {
			break
		}
		at = from + len(name)
		if from > 0 && !ascii.IsBreak(t.text[from-1]) && !ascii.IsSpace(t.text[from-1]) && t.text[from-1] != '(' {
			continue
		}
		i := skipSpaces(t.text, at)
		if byteAt(t.text, i) == ':' && byteAt(t.text, i+1) == '=' {
			i++
		}
		if byteAt(t.text, i) == '=' && byteAt(t.text, i+1) != '=' {
			return skipSpaces(t.text, i+1)
		}
	}
	return 0
}

// readsINI reports whether the text is about files of INI.
func (t *sourceText) readsINI() bool { return t.holds("ConfigParser") || t.holds("configparser") }

// isBoundToData reports whether the object of a method holds what the text has
// read from a file of data.
func (t *sourceText) isBoundToData(method string) bool {
	object := method[:max(0, strings.LastIndexByte(method, '.'))]
	at := t.binding(object)
	if object == "" || at == 0 {
		return false
	}
	line := t.text[at:nextBreak(t.text, at, min(len(t.text), at+maxSourceBytes))]
	return bytes.Contains(line, []byte("load(")) || bytes.Contains(line, []byte("loads(")) || bytes.Contains(line, []byte("ConfigParser"))
}

// dataFiles are the files of data that the text names.
func (t *sourceText) dataFiles() []string {
	if t.listed {
		return t.files
	}
	t.listed = true
	for _, ext := range DataEndings {
		for at := 0; len(t.files) < maxDataFiles; {
			n := ascii.Index(t.text[at:], ext)
			if n < 0 {
				break
			}
			end := at + n + len(ext)
			if at = end; end < len(t.text) && (t.text[end] == '"' || t.text[end] == '\'') {
				from := end
				for from > 0 && end-from < value.MaxName && (ascii.IsWord(t.text[from-1]) || t.text[from-1] == '-' || t.text[from-1] == '.') {
					from--
				}
				if name := string(t.text[from:end]); len(name) > len(ext) && !slices.Contains(t.files, name) {
					t.files = append(t.files, name)
				}
			}
		}
	}
	return t.files
}
