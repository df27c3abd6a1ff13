package forms

import (
	"bytes"
	"strconv"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// gluedForm reads a key that Django made directly after its name, as the rows of
// a database have it and the fields of a table of fixed width. Where more of
// Django's alphabet follows, its first 50 characters count. If the first of them
// can be the sign of an assignment, it is one: SECRET_KEY= and 49 symbols.
func gluedForm(doc *document, anchor int) answer {
	text := doc.text
	from := anchor + len("secret")
	if c := byteAt(text, from); c == '_' || c == '-' {
		from++
	}
	if from+len("key") > len(text) || !foldPrefix(text[from:], "key") {
		return pass
	}
	from += len("key")
	if from < len(text) && !value.InDjangoAlphabet(text[from]) {
		return serialized(doc, anchor, from) // nearly every name ends here
	}
	if bytes.HasPrefix(text[from:], []byte("z2")) || bytes.HasPrefix(text[from:], []byte("Z2")) {
		return pass // a constant of compiled Python
	}
	return keyAt(doc, anchor, from)
}

// keyAt reads a key that Django made and that begins at from.
func keyAt(doc *document, anchor, from int) answer {
	text, end := doc.text, from
	for limit := min(len(text), from+len(scanner.InsecurePrefix)+value.DjangoLength+1); end < limit && value.InDjangoAlphabet(text[end]); end++ {
	}
	for _, n := range [...]int{len(scanner.InsecurePrefix) + value.DjangoLength, value.DjangoLength} {
		if end-from < n || text[from] == '=' || text[from] == '-' || text[from] == '_' {
			continue
		}
		v := string(text[from : from+n])
		if _, ok := value.DjangoShape(v); ok {
			got := found(Assignment{Name: string(text[nameInBinary(doc, anchor).from:from]), Offset: from, Length: n, Values: []string{v}, Form: Binary})
			got.end = from + n
			return got
		}
	}
	return pass
}

// serialized reads the value after a name in formats of serialized objects that
// have no zeros in them.
func serialized(doc *document, anchor, to int) answer {
	text := doc.text
	switch c := text[to]; {
	case c == '\n' || c == '\'':
		return pickled(doc, anchor, to)
	case c == '"':
		return phpSerialized(doc, anchor, to)
	case c >= 0x80 || c < '\t':
		var got answer
		taggedStrings(text, nameInBinary(doc, anchor), func(a *Assignment) { got = found(*a) })
		return got
	}
	return pass
}

// phpSerialized reads s:10:"SECRET_KEY";s:50:"value";.
func phpSerialized(doc *document, anchor, to int) answer {
	rest, ok := bytes.CutPrefix(doc.text[to:min(len(doc.text), to+maxTagged)], []byte(`";s:`))
	if !ok {
		return pass
	}
	n := bytes.IndexByte(rest, '"')
	size, err := strconv.Atoi(string(bytes.TrimSuffix(rest[:max(0, n)], []byte(":"))))
	at := to + len(`";s:`) + n + 1
	if n < 0 || err != nil || size < 1 || at+size > len(doc.text) {
		return pass
	}
	start, _ := doc.word(anchor, false)
	return found(Assignment{Name: string(doc.text[start:to]), Offset: at, Length: size, Values: []string{string(doc.text[at : at+size])}, Form: Binary})
}

// pickled reads the value after a name in a pickle of the oldest protocol, which
// is text: VSECRET_KEY, p1, Vvalue, each on a line; or S'SECRET_KEY'.
func pickled(doc *document, anchor, to int) answer {
	text := doc.text
	from, _ := doc.word(anchor, false)
	quote := byteAt(text, to) == '\''
	switch {
	case quote && byteAt(text, from-1) == '\'' && byteAt(text, from-2) == 'S':
		to++
	case !quote && bytes.IndexByte(text[from:anchor+1], 'V') >= 0 && bytes.IndexByte(text[from:anchor+1], 'V') < 2:
		from += bytes.IndexByte(text[from:anchor+1], 'V') + 1
	default:
		return pass
	}
	memo, end, ok := doc.nextLine(to)
	if byteAt(text, to) != '\n' || !ok || byteAt(text, memo) != 'p' {
		return pass
	}
	at, end, ok := doc.nextLine(end)
	if !ok {
		return pass
	}
	raw := bytes.TrimPrefix(text[at:end], []byte("V"))
	if quote {
		raw = bytes.TrimSuffix(bytes.TrimPrefix(text[at:end], []byte("S'")), []byte("'"))
	}
	if v := string(raw); value.AnyGenerated([]string{v}) {
		at += bytes.Index(text[at:end], raw)
		return found(Assignment{Name: string(bytes.Trim(text[from:to], "'")), Offset: at, Length: len(v), Values: []string{v}, Form: Binary})
	}
	return pass
}

// Bounds of a string whose length is before it, and how far after a name it may
// be, in bytes.
const (
	minTagged  = value.MinRandom
	maxTagged  = 128
	taggedNext = 48      // for one that another generator made
	taggedBack = 2 << 10 // for one that Django made
)

// taggedStrings reads the string after a name in a binary in which strings have
// their length before them: pickles, property lists, BSON, MessagePack. A key
// that Django made may follow later, after other names.
func taggedStrings(text []byte, name span, emit func(*Assignment)) bool {
	from := name.to
	for i := from; i < min(len(text), from+taggedBack); i++ {
		n, at := tagged(text, i)
		if n == 0 {
			continue
		}
		v := string(text[at : at+n])
		_, djangos := value.DjangoShape(v)
		if djangos || i < from+taggedNext && value.IsRandom(v) {
			emit(&Assignment{Name: string(text[name.from:name.to]), Offset: at, Length: n, Values: []string{v}, Form: Binary})
			return true
		}
	}
	return false
}

// tagged reads the string whose length is the byte at i, or the number of four
// bytes that begins there; n is 0 if there is none. What is before the length is
// a mark of the format, and so is what is after the string unless Django made it.
func tagged(text []byte, i int) (n, at int) {
	n, at = int(text[i]), i+1
	mark := byteAt(text, i-1)
	if n < minTagged || n > maxTagged || mark >= ' ' && mark < 0x7f && mark != 'X' && mark != 'U' && mark != 'T' {
		return 0, 0
	}
	if bytes.HasPrefix(text[at:], []byte("\x00\x00\x00")) {
		at += 3
		if byteAt(text, at+n-1) == 0 {
			n-- // BSON counts the zero at the end
		}
	}
	if at+n > len(text) {
		return 0, 0
	}
	for _, c := range text[at : at+n] {
		if !ascii.IsText(c) || ascii.IsBreak(c) || c == '\t' {
			return 0, 0
		}
	}
	return n, at
}
