package merge

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/djleaks/djleaks/internal/report"
)

// Formats lists the names that Write takes.
func Formats() []string { return []string{"json", "html", "csv", "jsonl", "markdown"} }

// Write shows a merged report in one of the Formats. JSON, JSON Lines and CSV
// are written as they are made, and hold everything.
func Write(w io.Writer, format string, f *Fleet) error {
	var write func(io.Writer, *Fleet) error
	switch format {
	case "json":
		write = writeJSON
	case "jsonl":
		write = writeJSONL
	case "csv":
		write = writeCSV
	case "html":
		write = writeHTML
	case "markdown":
		write = writeMarkdown
	default:
		return fmt.Errorf("merge: unknown format %q: it is one of %s", report.Clean(format), strings.Join(Formats(), ", "))
	}
	b := bufio.NewWriterSize(w, 1<<16)
	if err := write(b, f); err != nil {
		return err
	}
	return b.Flush()
}

// writeJSON writes the head, then each list one element a line: repositories
// before keys, as ReadOld wants them.
func writeJSON(w io.Writer, f *Fleet) error {
	var head bytes.Buffer
	if err := report.JSON(&head, f, "  "); err != nil {
		return err
	}
	if _, err := w.Write(bytes.TrimSuffix(head.Bytes(), []byte("\n}\n"))); err != nil {
		return err
	}
	j := &jsonList{w: w}
	j.begin("repositories")
	for _, r := range f.byState() {
		j.element(r)
	}
	j.end()
	j.begin("keys")
	for i := range f.keys {
		j.element(f.key(&f.keys[i]))
	}
	j.end()
	j.begin("owners")
	for _, o := range f.owners() {
		j.element(o)
	}
	j.end()
	if f.since != nil {
		j.print(`,` + "\n" + `  "since": `)
		j.value(f.since)
	}
	j.print("\n}\n")
	return j.err
}

// jsonList writes lists of a JSON object, one element on each line. Its first
// error ends it.
type jsonList struct {
	w     io.Writer
	first bool
	err   error
}

func (j *jsonList) print(text string) {
	if j.err == nil {
		_, j.err = io.WriteString(j.w, text)
	}
}

func (j *jsonList) value(v any) {
	var b bytes.Buffer
	if j.err == nil {
		j.err = report.JSON(&b, v, "")
	}
	j.print(strings.TrimSuffix(b.String(), "\n"))
}

func (j *jsonList) begin(name string) {
	j.print(",\n  \"" + name + "\": [")
	j.first = true
}

func (j *jsonList) element(v any) {
	if !j.first {
		j.print(",")
	}
	j.first = false
	j.print("\n    ")
	j.value(v)
}

func (j *jsonList) end() {
	if !j.first {
		j.print("\n  ")
	}
	j.print("]")
}

// writeJSONL writes a line for each repository, key, owner and change, and one
// for the fleet, which says that the file is whole.
func writeJSONL(w io.Writer, f *Fleet) error {
	line := func(kind string, v any) error {
		text, err := json.Marshal(v)
		if err != nil {
			return err
		}
		var fields json.RawMessage = fmt.Appendf(nil, `{"type":%q,%s`, kind, text[1:])
		return report.JSON(w, fields, "")
	}
	for _, r := range f.byState() {
		if err := line("repository", r); err != nil {
			return err
		}
	}
	for i := range f.keys {
		if err := line("key", f.key(&f.keys[i])); err != nil {
			return err
		}
	}
	for _, o := range f.owners() {
		if err := line("owner", o); err != nil {
			return err
		}
	}
	if f.since != nil {
		for _, d := range f.since.Changes {
			if err := line("change", d); err != nil {
				return err
			}
		}
	}
	return line(Kind, f)
}
