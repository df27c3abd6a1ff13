package merge

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/fleet"
	"github.com/djleaks/djleaks/internal/report"
	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
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

// title is the verdict in words.
func title(f *Fleet) string {
	t := &f.Totals
	unread := say.Counted(t.unread(), "repository was", "repositories were") + " not read to the end"
	switch {
	case f.Verdict == scanner.KeysFound && t.unread() > 0:
		return keysWords(t.Failing) + " found, and " + unread
	case f.Verdict == scanner.KeysFound:
		return keysWords(t.Failing) + " found"
	case f.Verdict == scanner.Incomplete:
		return unread
	}
	return "clean"
}

func keysWords(n int) string { return say.Counted(n, "key", "keys") }

// totalsWords say what the list came to.
func totalsWords(f *Fleet) string {
	t := &f.Totals
	text := fmt.Sprintf("Of %s in the list %s read", say.Counted(t.Repositories, "repository", "repositories"), wasWere(t.Read))
	if t.Empty > 0 {
		text += fmt.Sprintf(" (%s of them empty)", say.Thousands(t.Empty))
	}
	for _, part := range []struct {
		n    int
		word string
	}{{t.Incomplete, "read in part"}, {t.Failed, "failed"}, {t.Missing, "missing"}} {
		if part.n > 0 {
			text += fmt.Sprintf(", %s %s", say.Thousands(part.n), part.word)
		}
	}
	return text + fmt.Sprintf(". %s, %s of them at or above %s, %s in more than one repository.",
		say.Counted(t.Keys, "different key", "different keys"), say.Thousands(t.Failing), threshold(f), say.Thousands(t.Shared))
}

// threshold is from where on a key decides the exit code.
func threshold(f *Fleet) string {
	if f.FailOnVerdict != "" {
		return string(f.FailOnVerdict)
	}
	return f.FailOn.String()
}

// mostCauses is how many reasons are named before the list of what was not read.
const mostCauses = 4

// causes say why repositories were not read, the most frequent reason first; ""
// if a look at the list says it.
func causes(f *Fleet) string {
	number := map[string]int{}
	for i := range f.repositories {
		if r := &f.repositories[i]; r.State != fleet.Read {
			number[cause(r)]++
		}
	}
	if f.Totals.unread() <= mostCauses {
		return ""
	}
	all := slices.SortedFunc(maps.Keys(number), func(a, b string) int { return cmp.Or(cmp.Compare(number[b], number[a]), cmp.Compare(a, b)) })
	var parts []string
	for _, reason := range all[:min(len(all), mostCauses)] {
		parts = append(parts, say.Thousands(number[reason])+" × "+reason)
	}
	if n := len(all) - len(parts); n > 0 {
		parts = append(parts, say.Counted(n, "other reason", "other reasons"))
	}
	return "Why: " + strings.Join(parts, "; ") + "."
}

// cause is the first reason for which a repository was not read.
func cause(r *Repository) string {
	switch {
	case r.State == fleet.Missing:
		return unwritten
	case r.Reason == "" && len(r.Unread) > 0:
		return r.Unread[0].Reason
	}
	return r.Reason
}

// unwritten is the reason of a missing repository.
const unwritten = "no worker has written a record of it"

func wasWere(n int) string {
	if n == 1 {
		return "1 was"
	}
	return say.Thousands(n) + " were"
}

// why says of a repository that was not read what is the matter.
func why(r *Repository) string {
	switch {
	case r.State == fleet.Missing:
		return unwritten
	case r.Reason != "":
		return r.Reason
	case len(r.Unread) == 0:
		return ""
	}
	text := r.Unread[0].Reason
	if r.Unread[0].Count > 1 {
		text = say.Thousands(r.Unread[0].Count) + " × " + text
	}
	if n := len(r.Unread) - 1; n > 0 {
		text += " and " + say.Counted(n, "other reason", "other reasons")
	}
	return text
}
