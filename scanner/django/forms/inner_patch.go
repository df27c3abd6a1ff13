package forms

import (
	"bytes"
	"strings"
)

// patchTexts reads the files of a patch as they were before and after it: a
// statement over several lines is whole only there.
func patchTexts(doc *document, emit func(*Assignment)) []span {
	p := patch{doc: doc, emit: emit, format: formatByContent}
	for from, more := 0, len(doc.text) > 0; more; {
		to := nextBreak(doc.text, from, len(doc.text))
		p.line(from, to)
		from = to
		if from < len(doc.text) && doc.text[from] == '\r' {
			from++
		}
		if from < len(doc.text) && doc.text[from] == '\n' {
			from++
		}
		more = from > to && from < len(doc.text)
	}
	p.flush()
	return p.done
}

// patch gathers the hunks of one file.
type patch struct {
	doc    *document
	emit   func(*Assignment)
	format format
	before offsetMap
	after  offsetMap
	start  int // of the first hunk
	end    int // after the last line
	column int // columns of signs: one, or two of a merge's patch; 0 outside of a hunk
	next   int // see document.anchored
	done   []span
}

func (p *patch) line(from, to int) {
	line := p.doc.text[from:to]
	switch {
	case bytes.HasPrefix(line, []byte("@@")):
		n := len(line) - len(bytes.TrimLeft(line, "@"))
		if p.column == 0 && p.start == 0 {
			p.start = from
		}
		p.column = n - 1
		p.both(to, []byte("\n"))
		p.end = to
		return
	case p.column == 0, p.startsFile(line):
		p.header(line)
		return
	case len(line) > 0 && line[0] != '+' && line[0] != '-' && line[0] != ' ' && line[0] != '\\' && line[0] != '\t':
		p.header(line)
		return
	}
	p.end = to
	signs := line[:min(p.column, len(line))]
	at := from + len(signs)
	switch {
	case len(signs) > 0 && signs[0] == '\\':
	case bytes.IndexByte(signs, '+') >= 0:
		p.after.add(at, 1, p.doc.text[at:to]...)
		p.after.add(to, 1, '\n')
	case bytes.IndexByte(signs, '-') >= 0:
		p.before.add(at, 1, p.doc.text[at:to]...)
		p.before.add(to, 1, '\n')
	default:
		p.both(at, p.doc.text[at:to])
		p.both(to, []byte("\n"))
	}
}

func (p *patch) both(at int, b []byte) {
	p.before.add(at, 1, b...)
	p.after.add(at, 1, b...)
}

// startsFile recognises the lines between two files that look like those of a hunk.
func (p *patch) startsFile(line []byte) bool {
	return bytes.HasPrefix(line, []byte("diff --git ")) || bytes.HasPrefix(line, []byte("--- a/")) || bytes.HasPrefix(line, []byte("--- /dev/null")) ||
		bytes.HasPrefix(line, []byte("Index: ")) || bytes.HasPrefix(line, []byte("-- ")) && len(line) < 12
}

// header ends the hunks before it and keeps the name of the next file.
func (p *patch) header(line []byte) {
	if p.column > 0 {
		p.flush()
	}
	if name, ok := bytes.CutPrefix(line, []byte("+++ ")); ok {
		if n := bytes.IndexByte(name, '\t'); n >= 0 {
			name = name[:n]
		}
		if string(name) != "/dev/null" {
			p.format = formatOfName(string(name))
		}
	} else if name, ok := bytes.CutPrefix(line, []byte("--- ")); ok {
		if n := bytes.IndexByte(name, '\t'); n >= 0 {
			name = name[:n]
		}
		p.format = formatOfName(string(name))
	}
}

// flush reads both sides of the file.
func (p *patch) flush() {
	if p.end > p.start && p.doc.anchored(&p.next, p.start, p.end) {
		p.doc.readPart(&p.before, p.format, p.emit)
		p.doc.readPart(&p.after, p.format, p.emit)
		p.done = append(p.done, span{p.start, p.end})
	}
	*p = patch{doc: p.doc, emit: p.emit, format: formatByContent, next: p.next, done: p.done}
}

// formatOfName tells the format of a file that a text names.
func formatOfName(path string) format {
	path = strings.TrimSpace(path)
	name := strings.ToLower(path[strings.LastIndexByte(path, '/')+1:])
	if strings.HasPrefix(name, "dockerfile") || strings.HasSuffix(name, ".dockerfile") {
		return formatDocker
	}
	if strings.HasPrefix(name, ".env") || strings.HasSuffix(name, ".env") {
		return formatDotenv
	}
	switch name[strings.LastIndexByte(name, '.')+1:] {
	case "py", "pyi", "py3":
		return formatPython
	case "yml", "yaml":
		return formatYAML
	case "json":
		return formatJSON
	case "sh", "bash", "zsh":
		return formatDotenv
	case "ini", "cfg", "toml", "service":
		return formatINI
	}
	return formatByContent
}
