package forms

import (
	"bytes"
	"html"
	"slices"
	"sync"

	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
)

// markupTexts reads the code in a document as the language that it says it is:
// fenced blocks of Markdown, code blocks of reStructuredText. Of HTML it reads
// the text as a browser would show it, so that a table of settings and code
// with every word coloured are lines again.
func markupTexts(doc *document, emit func(*Assignment)) []span {
	head := bytes.TrimLeft(bytes.TrimPrefix(doc.text, []byte("\xef\xbb\xbf")), " \t\r\n")
	if len(head) > 1 && head[0] == '<' && (head[1] == '!' || head[1] == '?' || head[1]|32 >= 'a' && head[1]|32 <= 'z') && !bytes.Contains(doc.text, []byte("\n```")) {
		return htmlText(doc, emit)
	}
	return codeBlocks(doc, emit)
}

// codeBlocks reads fenced blocks and the blocks of reStructuredText's
// directives.
func codeBlocks(doc *document, emit func(*Assignment)) []span {
	var done []span
	next := 0
	text := doc.text
	last := int(doc.anchors[len(doc.anchors)-1])
	plain := bytes.IndexByte(text[:last], '\r') < 0 // LF alone ends lines
	for from := 0; from <= last; {
		blank := indentOf(text[from:])
		if c := byteAt(text, from+blank); plain && c != '`' && c != '~' && c != '.' {
			n := bytes.IndexByte(text[from:], '\n')
			if n < 0 {
				break
			}
			from += n + 1
			continue
		}
		to := nextBreak(text, from, len(text))
		line := text[from:to]
		start := endOfBreak(text, to)
		var end, after int
		k, ok := fence(line[blank:])
		if ok {
			end, after = fenceEnd(text, start, line[blank], blank)
		} else if k, ok = directive(line[blank:]); ok {
			end = indentedEnd(text, start, blank)
			after = end
		}
		if !ok {
			from = start
			continue
		}
		if doc.anchored(&next, start, end) {
			doc.readPart(dedent(text, start, end), k, emit)
			done = append(done, span{start, end})
		}
		from = max(after, start)
	}
	return done
}

// endOfBreak returns the offset after the line break at to.
func endOfBreak(text []byte, to int) int {
	if to < len(text) && text[to] == '\r' {
		to++
		if to < len(text) && text[to] == '\n' {
			to++
		}
		return to
	}
	return min(to+1, len(text))
}

// fence recognises the line that opens a fenced block, and its language.
func fence(line []byte) (k format, ok bool) {
	for _, mark := range [...]string{"```", "~~~"} {
		if info, found := bytes.CutPrefix(line, []byte(mark)); found {
			return formatOfLanguage(bytes.TrimLeft(info, mark[:1]+" \t{.")), true
		}
	}
	return 0, false
}

// formatOfLanguage recognises the names of languages in documents.
func formatOfLanguage(info []byte) format {
	n := 0
	for n < len(info) && (ascii.IsWord(info[n]) || info[n] == '-') {
		n++
	}
	switch string(bytes.ToLower(info[:n])) {
	case "python", "py", "python3", "python2", "pycon", "py3":
		return formatPython
	case "bash", "sh", "shell", "console", "zsh", "dotenv", "env", "shell-session", "sh-session", "fish", "properties":
		return formatDotenv
	case "yaml", "yml":
		return formatYAML
	case "dockerfile", "docker":
		return formatDocker
	case "json", "jsonc", "json5":
		return formatJSON
	case "ini", "toml", "cfg", "conf", "systemd", "nginx", "apache":
		return formatINI
	case "diff", "patch":
		return formatPatch
	case "html", "xml":
		return formatMarkup
	}
	return formatByContent
}

// fenceEnd finds where a fenced block ends and what follows begins. A block
// that is not closed goes to the end of the text.
func fenceEnd(text []byte, from int, mark byte, blank int) (end, after int) {
	for from < len(text) {
		to := nextBreak(text, from, len(text))
		line := text[from:to]
		n := indentOf(line)
		if n <= blank+3 && len(line) >= n+3 && line[n] == mark && line[n+1] == mark && line[n+2] == mark {
			return from, endOfBreak(text, to)
		}
		from = endOfBreak(text, to)
	}
	return len(text), len(text)
}

// directive recognises reStructuredText's code blocks.
func directive(line []byte) (k format, ok bool) {
	for _, name := range [...]string{".. code-block::", ".. code::", ".. sourcecode::", ".. parsed-literal::"} {
		if info, found := bytes.CutPrefix(line, []byte(name)); found {
			return formatOfLanguage(bytes.TrimLeft(info, " \t")), true
		}
	}
	return 0, false
}

// indentedEnd finds the end of the block that is further to the right than
// blank.
func indentedEnd(text []byte, from, blank int) int {
	for from < len(text) {
		to := nextBreak(text, from, len(text))
		line := text[from:to]
		if indentOf(line) <= blank && len(bytes.TrimSpace(line)) > 0 {
			return from
		}
		from = endOfBreak(text, to)
	}
	return len(text)
}

// dedent takes as many blanks from each line as the block's first line has,
// Markdown's mark of a quotation, and the prompts of a Python shell.
func dedent(text []byte, from, end int) *offsetMap {
	l := &offsetMap{}
	cut := -1
	for from < end {
		to := nextBreak(text, from, end)
		next := min(endOfBreak(text, to), end)
		n := indentOf(text[from:to])
		if cut < 0 && n < to-from {
			cut = n
		}
		at := from + min(n, max(cut, 0))
		for _, prompt := range [...]string{">>> ", "... "} {
			if bytes.HasPrefix(text[at:to], []byte(prompt)) {
				at += len(prompt)
			}
		}
		l.add(at, 1, text[at:next]...)
		from = next
	}
	return l
}

// Bounds of what is read of a page before its first anchor and after its last
// one, in bytes: more than any form looks at.
const (
	htmlBack  = 16 << 10
	htmlAhead = 32 << 10
)

// htmlStart is the last tag that begins htmlBack bytes or more before an
// anchor, or the start of the page.
func htmlStart(text []byte, anchor int) int {
	return max(0, bytes.LastIndexByte(text[:max(0, anchor-htmlBack)], '<'))
}

// pages keeps the memory of a page's text for the next page: a history has many
// versions of one.
var pages = sync.Pool{New: func() any { return new(offsetMap) }}

// keepPage is the size in bytes above which the memory of a page is not kept.
const keepPage = 1 << 20

// release gives a page back; nobody may use it after that.
func (l *offsetMap) release() {
	if cap(l.text) <= keepPage && cap(l.runs) <= keepPage/32 {
		l.text, l.runs = l.text[:0], l.runs[:0]
		pages.Put(l)
	}
}

// htmlText reads the text of HTML or XML. Anchors within tags are left to the
// other forms: <env name="SECRET_KEY" value="x"/>.
func htmlText(doc *document, emit func(*Assignment)) []span {
	var done []span // only runs with an anchor: nobody asks about the others
	var low [16]byte
	next := 0
	text := doc.text[:min(len(doc.text), int(doc.anchors[len(doc.anchors)-1])+htmlAhead)]
	start := htmlStart(text, int(doc.anchors[0]))
	l := pages.Get().(*offsetMap)
	defer l.release()
	l.text = slices.Grow(l.text, len(text)-start)
	and := start - 1 // the next & once it is looked for
	for i := start; i < len(text); {
		if and < i {
			and = indexFrom(text, i, '&')
		}
		if n := indexFrom(text[:and], i, '<') - i; n > 0 {
			l.add(i, 1, text[i:i+n]...)
			if doc.anchored(&next, i, i+n) {
				done = append(done, span{i, i + n})
			}
			i += n
			continue
		}
		if text[i] == '&' {
			n := entity(text[i:])
			l.add(i, 0, []byte(html.UnescapeString(string(text[i:i+n])))...)
			i += n
			continue
		}
		n := tagEnd(text[i:])
		if n == 0 {
			l.add(i, 1, '<')
			i++
			continue
		}
		tag := text[i : i+n]
		if i += n; tag[1] != '/' && tag[1]|32 != 'b' {
			continue // it opens something, and is not br
		}
		switch string(tagName(&low, tag)) {
		case "/td", "/th", "/dt", "/key":
			if i = skipBlanks(text, i); i+1 < len(text) && text[i] == '<' && text[i+1] != '/' { // another cell of the row
				l.add(i, 0, []byte(": ")...)
			}
		case "br", "/p", "/div", "/tr", "/li", "/pre", "/dd", "/h1", "/h2", "/h3", "/h4", "/string":
			l.add(i, 0, '\n')
		}
	}
	doc.readPart(l, formatOther, emit)
	return done
}

// indexFrom returns the offset of the first c in text[from:], or the text's end.
func indexFrom(text []byte, from int, c byte) int {
	if n := bytes.IndexByte(text[from:], c); n >= 0 {
		return from + n
	}
	return len(text)
}

// skipBlanks returns the offset of what is not a blank or a line break.
func skipBlanks(text []byte, i int) int {
	for i < len(text) && (ascii.IsSpace(text[i]) || ascii.IsBreak(text[i])) {
		i++
	}
	return i
}

// entity returns the length of the character reference that s begins with, or
// 1.
func entity(s []byte) int {
	for i := 1; i < len(s) && i < 12; i++ {
		if s[i] == ';' {
			return i + 1
		}
		if !ascii.IsWord(s[i]) && s[i] != '#' {
			break
		}
	}
	return 1
}

// tagEnd returns the length of the tag that s begins with, or 0. A comment's
// marks are tags; its text is text.
func tagEnd(s []byte) int {
	if bytes.HasPrefix(s, []byte("<!--")) {
		return 4
	}
	if len(s) < 2 || s[1] != '/' && s[1] != '!' && s[1] != '?' && (s[1]|32 < 'a' || s[1]|32 > 'z') {
		return 0
	}
	n := bytes.IndexByte(s[:min(len(s), lineAhead)], '>')
	return n + 1
}

// tagName writes the name of a tag in lower case into low; empty if it is longer
// than any that matters.
func tagName(low *[16]byte, tag []byte) []byte {
	n := 1
	for n < len(tag) && (ascii.IsWord(tag[n]) || tag[n] == '/' && n == 1) {
		n++
	}
	if n -= 1; n > len(low) {
		return nil
	}
	for i, c := range tag[1 : n+1] {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		low[i] = c
	}
	return low[:n]
}
