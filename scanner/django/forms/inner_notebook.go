package forms

import (
	"bytes"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// notebookTexts reads the cells and the outputs of a Jupyter notebook: strings
// and lists of strings under "source", "text", "text/plain" and the like. Each
// is one text; its lines are the list's strings.
func notebookTexts(doc *document, emit func(*Assignment)) []span {
	var done []span
	text, next := doc.text, 0
	cell := formatPython
	var shown printed
	for i := 0; i < len(text); {
		key, at, ok := jsonKey(text, &i)
		if !ok {
			continue
		}
		k := formatByContent
		switch key {
		case "cell_type":
			shown.emit(emit)
			if cell = formatMarkup; bytes.HasPrefix(text[at:], []byte(`"code"`)) {
				cell = formatPython
			}
			continue
		case "source", "input":
			k = cell
		case "text", "text/plain", "text/html", "text/markdown", "traceback":
		default:
			continue
		}
		l := &offsetMap{}
		i = jsonText(l, text, at)
		if doc.anchored(&next, at, i) {
			doc.readPart(l, k, emit)
			done = append(done, span{at, i})
			shown.names(key, l.text)
		} else {
			shown.add(key, l)
		}
	}
	shown.emit(emit)
	return done
}

// printed is what a cell shows: a key, if its code names one.
type printed struct {
	keys  []Assignment
	named bool   // the code names a key
	name  string // SECRET_KEY, if that is what it names
}

// names notes the code of a cell.
func (p *printed) names(field string, code []byte) {
	if field != "source" && field != "input" {
		return
	}
	p.named = true
	if bytes.Contains(code, []byte("SECRET_KEY")) {
		p.name = "SECRET_KEY"
	}
}

// add notes an output that is nothing but a key, with or without its quotes.
func (p *printed) add(field string, l *offsetMap) {
	if field != "text" && field != "text/plain" || len(l.text) > longestKeyFile {
		return
	}
	key := bytes.Trim(trimKeyFile(l.text), `"'`)
	from := bytes.Index(l.text, key)
	if v := string(key); len(key) > 0 && !bytes.ContainsAny(key, " \t\r\n") && value.AnyGenerated([]string{v}) {
		at := l.place(from)
		p.keys = append(p.keys, Assignment{Offset: at, Length: l.end(from+len(key)) - at, Values: []string{v}, Form: Value})
	}
}

// emit emits the keys of a cell at its end, whose fields come in any order.
func (p *printed) emit(emit func(*Assignment)) {
	for i := range p.keys {
		a := &p.keys[i]
		_, shaped := value.DjangoShape(a.Values[0])
		switch {
		case !p.named, p.name == "" && !shaped:
			continue
		case p.name == "":
			a.Traits = scanner.NoName
		}
		a.Name = p.name
		emit(a)
	}
	*p = printed{}
}

// jsonKey reads a key whose quote is at text[*i] and moves on: to its value, if
// it is a key, else after what is there.
func jsonKey(text []byte, i *int) (key string, at int, ok bool) {
	if text[*i] != '"' {
		*i++
		return "", 0, false
	}
	end := closeQuote(text, *i+1, len(text), '"', false)
	if end < 0 {
		*i = len(text)
		return "", 0, false
	}
	from := *i + 1
	*i = end + 1
	at = skipBlank(text, end+1)
	if byteAt(text, at) != ':' {
		return "", 0, false
	}
	*i = skipBlank(text, at+1)
	return string(text[from:end]), *i, true
}

// skipBlank returns the offset after white space and line breaks.
func skipBlank(text []byte, at int) int {
	for at < len(text) && (ascii.IsSpace(text[at]) || ascii.IsBreak(text[at])) {
		at++
	}
	return at
}

// jsonText appends the string or the list of strings at text[at], without
// escapes, and returns the offset after it.
func jsonText(l *offsetMap, text []byte, at int) int {
	if at < len(text) && text[at] == '"' {
		return jsonString(l, text, at)
	}
	if at >= len(text) || text[at] != '[' {
		return at
	}
	for at++; at < len(text); {
		switch c := text[at]; {
		case c == '"':
			at = jsonString(l, text, at)
		case c == ']':
			return at + 1
		case c == ',' || ascii.IsSpace(c) || ascii.IsBreak(c):
			at++
		default:
			return at // no list of strings
		}
	}
	return at
}

// jsonString appends the string whose quote is at text[at] and returns the
// offset after it.
func jsonString(l *offsetMap, text []byte, at int) int {
	end := closeQuote(text, at+1, len(text), '"', false)
	if end < 0 {
		end = len(text)
	}
	for i := at + 1; i < end; {
		n := bytes.IndexByte(text[i:end], '\\')
		if n < 0 {
			n = end - i
		}
		if n > 0 {
			l.add(i, 1, text[i:i+n]...)
			i += n
			continue
		}
		n = 2
		if i+1 < end && text[i+1] == 'u' {
			n = 6
		}
		n = min(n, end-i)
		l.add(i, 0, []byte(unescapeC(string(text[i:i+n])))...)
		i += n
	}
	return min(end+1, len(text))
}
