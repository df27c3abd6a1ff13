package forms

import (
	"bytes"
	"strings"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// textRun is how long printable bytes must be, and over how many lines, to be
// taken for a text within a binary, such as a file in a tar archive; shorter
// runs count only for values that no person made up.
const textRun = 256

// binaryTexts reads the printable runs of a binary in which anchors are:
// lines of an editor's swap file, rows of a database, files of an archive. In
// compiled Python it looks for keys among the constants.
func binaryTexts(doc *document, emit func(*Assignment)) []span {
	var done []span
	end := 0
	read := map[int]bool{} // the names whose value is where the format says
	for _, a := range doc.anchors {
		if kindOfAnchor(doc.text, int(a)) == anchorName && besideName(doc, int(a), emit) {
			read[int(a)] = true
		}
	}
	for _, a := range doc.anchors {
		anchor := int(a)
		if read[anchor] {
			end = max(end, anchor+len("secret"))
			done = append(done, span{anchor, end})
		}
		if anchor < end || kindOfAnchor(doc.text, anchor) == anchorWide {
			continue
		}
		run := printable(doc.text, anchor, end)
		end = run.to
		l := &offsetMap{}
		l.add(run.from, 1, doc.text[run.from:run.to]...)
		isText := run.to-run.from >= textRun && strings.Count(string(l.text), "\n") >= 3
		doc.readPart(l, formatByContent, func(a *Assignment) {
			if isText || value.AnyGenerated(a.Values) {
				emit(a)
			}
		})
		done = append(done, run)
	}
	if isPyc(doc.text) {
		pycConstants(doc.text, emit)
	}
	return done
}

// printable returns the run of printable bytes around an anchor, from least on.
func printable(text []byte, anchor, least int) span {
	run := span{anchor, anchor}
	for run.from > least && ascii.IsText(text[run.from-1]) {
		run.from--
	}
	for run.to < len(text) && ascii.IsText(text[run.to]) {
		run.to++
	}
	return run
}

// besideName reads the value of a name in a binary whose format says where it is.
func besideName(doc *document, anchor int, emit func(*Assignment)) bool {
	name := nameInBinary(doc, anchor)
	if doc.overBudget() || isPyc(doc.text) {
		return false
	}
	doc.spent += taggedBack / 2
	if isSQLite(doc.text) {
		return sqliteRow(doc.text, name, emit)
	}
	return taggedStrings(doc.text, name, emit)
}

// nameInBinary returns the bounds of the name at an anchor, where what is before
// and after it can be any byte.
func nameInBinary(doc *document, anchor int) span {
	name := span{anchor, anchor + len("secret")}
	text := doc.text
	if c := byteAt(text, name.to); c == '_' || c == '-' {
		name.to++
	}
	if foldPrefix(text[name.to:], "key") {
		name.to += len("key")
	}
	if foldPrefix(text[name.to:], "_fallbacks") {
		name.to += len("_fallbacks")
	}
	if anchor > 0 && (text[anchor-1] == '_' || text[anchor-1] == '-') {
		for name.from > 0 && anchor-name.from < value.MaxName && (ascii.IsAlnum(text[name.from-1]) || text[name.from-1] == '_' || text[name.from-1] == '-') {
			name.from--
		}
		if at := bytes.Index(text[name.from:anchor], []byte("DJANGO")); at > 0 {
			name.from += at
		}
	}
	return name
}

// isPyc recognises compiled Python.
func isPyc(text []byte) bool { return len(text) > 16 && text[2] == '\r' && text[3] == '\n' }

// pycConstants finds string constants of the length and the alphabet of
// Django's keys in compiled Python. There a string is after its type and
// its length, in one byte or in four, and apart from the names.
func pycConstants(text []byte, emit func(*Assignment)) {
	for i := 4; i+value.DjangoLength < len(text); i++ {
		n := int(text[i])
		if n != value.DjangoLength && n != value.DjangoLength+len(scanner.InsecurePrefix) {
			continue
		}
		at := i + 1
		switch text[i-1] &^ 0x80 {
		case 'z', 'Z':
		case 's', 'u', 't', 'a', 'A':
			if i+3 >= len(text) || text[i+1] != 0 || text[i+2] != 0 || text[i+3] != 0 {
				continue
			}
			at += 3
		default:
			continue
		}
		if at+n > len(text) {
			continue
		}
		v := string(text[at : at+n])
		if c, ok := value.DjangoShape(v); ok && c <= value.Django {
			emit(&Assignment{Name: "SECRET_KEY", Offset: at, Length: n, Values: []string{v}, Form: CompiledPython})
			i = at + n - 1
		}
	}
}
