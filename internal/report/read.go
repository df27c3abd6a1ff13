package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/djleaks/djleaks/scanner"
)

// ErrNewerSchema is returned by Read for a report that a later version of the
// program wrote.
var ErrNewerSchema = errors.New("written by a newer version of djleaks; update djleaks to read it")

// embedded begins the report inside an HTML page.
const embedded = `<script type="application/json" id="djleaks-report">`

// Read reads a saved report: JSON, JSON Lines, or the HTML page, which carries
// its JSON. What was cut off, what is not a report, and a schema that is not known
// are errors.
func Read(in io.Reader) (*scanner.Report, error) {
	text, err := io.ReadAll(in)
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	r, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	return r, nil
}

func parse(text []byte) (_ *scanner.Report, err error) {
	text = bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\ufeff")))
	switch {
	case len(text) == 0:
		return nil, errors.New("the file is empty")
	case text[0] == '<':
		if text, err = unwrapHTML(text); err != nil {
			return nil, err
		}
		return readJSON(text, unfold)
	case isJSONL(text):
		return readJSONL(text)
	}
	return readJSON(text, func(*scanner.Report) error { return nil })
}

func unwrapHTML(text []byte) ([]byte, error) {
	_, rest, found := bytes.Cut(text, []byte(embedded))
	text, _, closed := bytes.Cut(rest, []byte("</script>"))
	if !found || !closed {
		return nil, errors.New("an HTML page without a djleaks report in it")
	}
	return text, nil
}

// readJSON reads a report; finish undoes what its writer did to it.
func readJSON(text []byte, finish func(*scanner.Report) error) (*scanner.Report, error) {
	// The schema comes first: what a later one holds may not fit our types.
	var head struct {
		Schema  *int             `json:"schema"`
		Verdict *json.RawMessage `json:"verdict"`
		Kind    string           `json:"kind"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, jsonError(err)
	}
	if head.Kind != "" {
		return nil, errors.New("a report of many repositories; djleaks merge --format writes it in other formats")
	}
	if head.Schema == nil || head.Verdict == nil {
		return nil, errors.New("not a report of djleaks: it has no schema and verdict")
	}
	if err := checkSchema(*head.Schema); err != nil {
		return nil, err
	}
	var r scanner.Report
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, jsonError(err)
	}
	if err := finish(&r); err != nil {
		return nil, err
	}
	return checked(&r)
}

func checkSchema(schema int) error {
	switch {
	case schema > scanner.Schema:
		return fmt.Errorf("schema %d: %w", schema, ErrNewerSchema)
	case schema < 1:
		return fmt.Errorf("schema %d: no such schema", schema)
	}
	return nil
}

// checked refuses what no scan can say and fills absent lists.
func checked(r *scanner.Report) (*scanner.Report, error) {
	switch r.Verdict {
	case scanner.Clean, scanner.KeysFound, scanner.Incomplete:
	default:
		return nil, fmt.Errorf("unknown verdict %q: it is clean, keys-found or incomplete", clean(string(r.Verdict)))
	}
	if r.Verdict == scanner.Clean && !r.Coverage.Complete {
		return nil, errors.New("it says clean of a scan that is not complete")
	}
	out := normalized(r)
	fillSeverities(out)
	return out, nil
}

// fillSeverities gives a meaning to what a report leaves out, so that it can be
// written again: it fails on high, as by default, and a key without a severity
// is a note.
func fillSeverities(r *scanner.Report) {
	if r.FailOn == scanner.Silent {
		r.FailOn = scanner.High
	}
	for k := range r.AllKeys() {
		k.Severity = max(k.Severity, scanner.Note)
		for i := range k.Occurrences {
			o := &k.Occurrences[i]
			o.Severity = max(o.Severity, scanner.Note)
		}
	}
}

// isJSONL reports whether the first line is one of our records.
func isJSONL(text []byte) bool {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	var record struct {
		Type string `json:"type"`
	}
	return json.Unmarshal(line, &record) == nil && record.Type != ""
}

func readJSONL(text []byte) (*scanner.Report, error) {
	var r scanner.Report
	var run *runRecord
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, len(text)+1)
	for n := 1; lines.Scan(); n++ {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		if run != nil {
			return nil, fmt.Errorf("line %d: it holds more than one run", n)
		}
		var err error
		if run, err = readRecord(&r, line); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	if run == nil {
		return nil, errors.New("the last line is missing: the file was cut off")
	}
	if run.Keys != len(r.Keys) || run.Accepted != len(r.Accepted) || run.Known != len(r.Known) || run.Never != len(r.NeverCommitted) {
		return nil, errors.New("lines are missing")
	}
	r.Schema, r.Tool, r.Scope = run.Schema, run.Tool, run.Scope
	r.Verdict, r.FailOn, r.FailOnVerdict, r.Coverage = run.Verdict, run.FailOn, run.FailOnVerdict, run.Coverage
	r.Project, r.Playbook, r.Remarks = run.Project, run.Playbook, run.Remarks
	return checked(&r)
}

// readRecord adds one line to r, or returns it if it is the last one.
func readRecord(r *scanner.Report, line []byte) (*runRecord, error) {
	var head struct {
		Type   string `json:"type"`
		Schema int    `json:"schema"`
	}
	if err := json.Unmarshal(line, &head); err != nil {
		return nil, jsonError(err)
	}
	if head.Type == "run" {
		if err := checkSchema(head.Schema); err != nil {
			return nil, err
		}
		run := new(runRecord)
		if err := json.Unmarshal(line, run); err != nil {
			return nil, jsonError(err)
		}
		return run, nil
	}
	list := map[string]*[]scanner.Key{"key": &r.Keys, "accepted": &r.Accepted, "known": &r.Known, "never-committed": &r.NeverCommitted}[head.Type]
	if list == nil {
		return nil, nil // a later version may have other records
	}
	var record keyRecord
	if err := json.Unmarshal(line, &record); err != nil {
		return nil, jsonError(err)
	}
	*list = append(*list, record.Key)
	return nil, nil
}

// jsonError says where JSON is wrong. The library's messages name types of Go
// and may quote the text.
func jsonError(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("not JSON from byte %d on, or cut off", syntax.Offset)
	case errors.As(err, &kind):
		return fmt.Errorf("%s: a %s is not allowed here", clean(kind.Field), clean(kind.Value))
	}
	return fmt.Errorf("%s", clean(err.Error()))
}
