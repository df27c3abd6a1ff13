package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode"
	"unicode/utf8"

	"github.com/djleaks/djleaks/scanner"
)

// writeJSON writes the report as one object, the contract of schema 1.
func writeJSON(w io.Writer, r *scanner.Report, _ Options) error {
	return encodeJSON(w, r, "  ")
}

// encodeJSON writes v and a line end. Characters that do not print, and what
// begins a command of a CI runner, are escaped in strings: a JSON report is
// looked at in terminals and in logs too.
func encodeJSON(w io.Writer, v any, indent string) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("report: json: %w", err)
	}
	text := printableJSON(b.Bytes())
	if indent != "" {
		text = indented(text, indent)
	}
	_, err := w.Write(text)
	return err
}

// indented does what json.Indent does with a text that the encoder wrote, which
// has no blanks and no mistakes, in a fifth of the time: half of what it costs to
// show a report with 100,000 names of refs.
func indented(text []byte, indent string) []byte {
	out := make([]byte, 0, 2*len(text))
	line := []byte("\n") // and the indentation
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '"':
			end := stringEnd(text, i)
			out = append(out, text[i:end]...)
			i = end - 1
		case '{', '[':
			out = append(out, c)
			if next := text[i+1]; next == '}' || next == ']' {
				out = append(out, next)
				i++
				continue
			}
			line = append(line, indent...)
			out = append(out, line...)
		case '}', ']':
			line = line[:len(line)-len(indent)]
			out = append(append(out, line...), c)
		case ',':
			out = append(append(out, c), line...)
		case ':':
			out = append(out, ": "...)
		default:
			out = append(out, c)
		}
	}
	return out
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
			if err := encodeJSON(w, keyRecord{list.name, k}, ""); err != nil {
				return err
			}
		}
	}
	return encodeJSON(w, runRecord{
		"run", r.Schema, r.Tool, r.Scope, r.Verdict, r.FailOn, r.FailOnVerdict, r.Coverage,
		len(r.Keys), len(r.Accepted), len(r.Known), len(r.NeverCommitted), r.Project, r.Playbook, r.Remarks,
	}, "")
}
