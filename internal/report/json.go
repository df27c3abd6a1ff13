package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode"
	"unicode/utf8"

	"github.com/djleaks/djleaks/scanner"
)

// writeJSON writes the report as one object, the contract of schema 1.
func writeJSON(w io.Writer, r *scanner.Report, _ Options) error {
	var refs [][]string
	for k := range r.AllKeys() {
		refs = takeRefs(refs, k)
	}
	return encodeWithRefs(w, r, "  ", refs)
}

// takeRefs moves the lists of refs of a key to others.
func takeRefs(refs [][]string, k *scanner.Key) [][]string {
	for i := range k.Occurrences {
		o := &k.Occurrences[i]
		refs, o.Refs = append(refs, o.Refs), nil
	}
	return refs
}

// encodeJSON writes v and a line end. Characters that do not print, and what
// begins a command of a CI runner, are escaped in strings: a JSON report is
// looked at in terminals and in logs too.
func encodeJSON(w io.Writer, v any, indent string) error {
	return encodeWithRefs(w, v, indent, nil)
}

// encodeWithRefs is encodeJSON for what had lists of refs, which are null in v and
// come in the order in which it shows them. In the report of a repository with a ref
// for each pull request they are all but everything, and the encoder takes three
// times as long for them.
func encodeWithRefs(w io.Writer, v any, indent string, refs [][]string) error {
	text, err := marshal(v)
	if err != nil {
		return err
	}
	p := printer{w: w, indent: indent, line: []byte("\n"), refs: refs}
	p.print(text)
	return p.flush()
}

func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("report: json: %w", err)
	}
	return printableJSON(b.Bytes()), nil
}

// printer writes JSON that marshal has made.
type printer struct {
	w      io.Writer
	out    []byte // not written yet
	err    error
	indent string
	line   []byte // a line end and the indentation
	refs   [][]string
}

// flushAt is how many bytes are gathered before they are written.
const flushAt = 64 << 10

func (p *printer) flush() error {
	if p.err == nil {
		_, p.err = p.w.Write(p.out)
	}
	p.out = p.out[:0]
	return p.err
}

// print indents a text in a fifth of the time of json.Indent, which takes blanks and
// mistakes into account, and puts in the lists of refs.
func (p *printer) print(text []byte) {
	for i := 0; i < len(text); i++ {
		if len(p.out) >= flushAt {
			_ = p.flush() // the last one says it
		}
		switch c := text[i]; c {
		case '"':
			end := stringEnd(text, i)
			p.out = append(p.out, text[i:end]...)
			if len(p.refs) > 0 && string(text[i:end]) == `"refs"` && bytes.HasPrefix(text[end:], []byte(":null")) {
				p.colon()
				p.list(p.refs[0])
				p.refs = p.refs[1:]
				end += len(":null")
			}
			i = end - 1
		case '{', '[':
			p.out = append(p.out, c)
			if next := text[i+1]; next == '}' || next == ']' {
				p.out = append(p.out, next)
				i++
				continue
			}
			p.nest()
		case '}', ']':
			p.unnest()
			p.out = append(p.out, c)
		case ',':
			p.out = append(p.out, c)
			p.newline()
		case ':':
			p.colon()
		default:
			p.out = append(p.out, c)
		}
	}
}

func (p *printer) newline() {
	if p.indent != "" {
		p.out = append(p.out, p.line...)
	}
}

func (p *printer) nest() {
	p.line = append(p.line, p.indent...)
	p.newline()
}

func (p *printer) unnest() {
	p.line = p.line[:len(p.line)-len(p.indent)]
	p.newline()
}

func (p *printer) colon() {
	p.out = append(p.out, ':')
	if p.indent != "" {
		p.out = append(p.out, ' ')
	}
}

// list writes a list of refs.
func (p *printer) list(refs []string) {
	if len(refs) == 0 {
		p.out = append(p.out, "[]"...)
		return
	}
	p.out = append(p.out, '[')
	p.nest()
	for i, ref := range refs {
		if i > 0 {
			p.out = append(p.out, ',')
			p.newline()
		}
		if len(p.out) >= flushAt {
			_ = p.flush()
		}
		p.text(ref)
	}
	p.unnest()
	p.out = append(p.out, ']')
}

// text writes a string.
func (p *printer) text(s string) {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f || c == '"' || c == '\\' || c == '#' {
			quoted, err := marshal(s)
			p.out, p.err = append(p.out, bytes.TrimSuffix(quoted, []byte("\n"))...), errors.Join(p.err, err)
			return
		}
	}
	p.out = append(append(append(p.out, '"'), s...), '"')
}

// stringEnd is where the string that begins at a quote ends.
func stringEnd(text []byte, quote int) int {
	for i := quote + 1; ; i++ {
		i += bytes.IndexByte(text[i:], '"')
		escapes := 0
		for text[i-1-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return i + 1
		}
	}
}

// printableJSON escapes what does not print and the second sign of "##". JSON
// has both in strings only. A line never begins with a string's text, so that
// "::" can stay. A byte that is not UTF-8 is the same escape each time it is
// written.
func printableJSON(text []byte) []byte {
	var out []byte
	done := 0
	for i := 0; i < len(text); {
		command := text[i] == '#' && text[i-1] == '#'
		if text[i] < utf8.RuneSelf && text[i] != 0x7f && !command {
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		if command || r == utf8.RuneError || !unicode.IsPrint(r) && !unicode.Is(unicode.Zs, r) {
			out = append(out, text[done:i]...)
			if r >= 0x10000 {
				r -= 0x10000
				out = fmt.Appendf(out, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
			} else {
				out = fmt.Appendf(out, `\u%04x`, r)
			}
			done = i + size
		}
		i += size
	}
	if done == 0 {
		return text
	}
	return append(out, text[done:]...)
}

// The lines of JSON Lines. The run record is the last line and says that the
// file is whole.
type (
	keyRecord struct {
		Type string `json:"type"` // key, accepted, known, never-committed
		scanner.Key
	}
	runRecord struct {
		Type          string           `json:"type"` // run
		Schema        int              `json:"schema"`
		Tool          scanner.Tool     `json:"tool"`
		Scope         scanner.Scope    `json:"scope"`
		Verdict       scanner.Verdict  `json:"verdict"`
		FailOn        scanner.Severity `json:"fail_on"`
		FailOnVerdict scanner.Decision `json:"fail_on_verdict,omitempty"`
		Coverage      scanner.Coverage `json:"coverage"`
		Keys          int              `json:"keys"`
		Accepted      int              `json:"accepted"`
		Known         int              `json:"known"`
		Never         int              `json:"never_committed,omitempty"`
		Project       *scanner.Project `json:"project,omitempty"`
		Playbook      []scanner.Play   `json:"playbook,omitempty"`
		Remarks       []scanner.Remark `json:"remarks,omitempty"`
	}
)

// writeJSONL writes a line for each key and one for the run.
func writeJSONL(w io.Writer, r *scanner.Report, _ Options) error {
	for _, list := range []struct {
		name string
		keys []scanner.Key
	}{{"key", r.Keys}, {"accepted", r.Accepted}, {"known", r.Known}, {"never-committed", r.NeverCommitted}} {
		for _, k := range list.keys {
			refs := takeRefs(nil, &k)
			if err := encodeWithRefs(w, keyRecord{list.name, k}, "", refs); err != nil {
				return err
			}
		}
	}
	return encodeJSON(w, runRecord{
		"run", r.Schema, r.Tool, r.Scope, r.Verdict, r.FailOn, r.FailOnVerdict, r.Coverage,
		len(r.Keys), len(r.Accepted), len(r.Known), len(r.NeverCommitted), r.Project, r.Playbook, r.Remarks,
	}, "")
}
