package fleet

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Entry is one repository of a list.
type Entry struct {
	ID    string `json:"id"`    // its name, the same on every machine: github.com/example/site
	Path  string `json:"path"`  // where it is on this machine
	Bytes int64  `json:"bytes"` // size of its packs, roughly: the cost of its audit
	Owner string `json:"owner,omitempty"`
	Cost  int64  `json:"cost,omitempty"` // of its last audit, in milliseconds of a processor; 0 if it is not known
}

// List is all repositories of a fleet, by id.
type List []Entry

// ListError is a mistake in a list. It is a mistake of the user, not of a
// repository: a shorter run is never the answer to it.
type ListError struct {
	Line    int // from 1; 0 if no line is to blame
	Problem string
	Advice  string
}

func (e *ListError) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("line %d: %s", e.Line, e.Problem)
	}
	return e.Problem
}

// Hint says what to write instead.
func (e *ListError) Hint() string { return e.Advice }

// columns are the names of a list's columns in their order, where the first
// line does not name them; it has to name costColumn.
var columns = []string{"id", "path", "bytes", "owner"}

const costColumn = "cost"

// ParseList reads a list: JSON Lines, or lines of values with tabs between them
// whose first one may name the columns. Fields that it does not know are passed
// over. checkID says what is wrong with an id, "" if nothing is. Errors are of
// type *ListError.
func ParseList(text []byte, checkID func(string) string) (List, error) {
	parse, err := lineReader(&text)
	if err != nil {
		return nil, err
	}
	var list List
	lines := map[string]int{}
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if strings.TrimSpace(line) == "" {
			continue
		}
		e, isHead, err := parse(line)
		if err != nil {
			return nil, &ListError{n, err.Error(), `one repository on each line: {"id": "github.com/example/site", "path": "/srv/git/site.git", "bytes": 52428800}`}
		}
		if isHead {
			continue
		}
		if problem := checkID(e.ID); problem != "" {
			return nil, &ListError{n, fmt.Sprintf("id %q: %s", e.ID, problem), "an id is a name such as github.com/example/site"}
		}
		if first := lines[e.ID]; first > 0 {
			return nil, &ListError{n, fmt.Sprintf("id %q is in line %d already", e.ID, first), "list each repository once"}
		}
		lines[e.ID] = n
		list = append(list, e)
	}
	if len(list) == 0 {
		return nil, &ListError{0, "the list is empty", "a run over nothing would say that all is well"}
	}
	slices.SortFunc(list, func(a, b Entry) int { return cmp.Compare(a.ID, b.ID) })
	return list, nil
}

// lineReader tells what a list is written in, and takes the byte order mark off.
func lineReader(text *[]byte) (func(string) (Entry, bool, error), error) {
	if bytes.HasPrefix(*text, []byte("\xff\xfe")) || bytes.HasPrefix(*text, []byte("\xfe\xff")) {
		return nil, &ListError{0, "it is written in UTF-16", "save it as UTF-8; in PowerShell: Out-File -Encoding utf8"}
	}
	*text = bytes.TrimPrefix(*text, []byte("\ufeff"))
	start := bytes.TrimSpace(*text)
	first, _, _ := bytes.Cut(start, []byte("\n"))
	switch {
	case len(start) == 0:
	case start[0] == '{':
		return jsonLine, nil
	case start[0] == '[':
		return nil, &ListError{0, "it is one JSON array, not one object on each line", "jq -c '.[]' makes lines of it"}
	case !bytes.Contains(first, []byte("\t")):
		return nil, &ListError{0, "its first line is neither JSON nor values with tabs between them", "columns id, path and bytes, with a tab between two, or a JSON object on each line"}
	}
	return tabbed(), nil
}

// jsonLine reads a line of JSON.
func jsonLine(line string) (e Entry, isHead bool, err error) {
	var raw struct {
		ID    *string     `json:"id"`
		Path  *string     `json:"path"`
		Bytes json.Number `json:"bytes"`
		Owner string      `json:"owner"`
		Cost  json.Number `json:"cost"`
	}
	if !utf8.ValidString(line) {
		return e, false, errors.New("it is not UTF-8") // what is not would be replaced
	}
	d := json.NewDecoder(strings.NewReader(line))
	d.UseNumber()
	if err := d.Decode(&raw); err != nil {
		return e, false, notAnEntry(err)
	}
	if _, err := d.Token(); err != io.EOF {
		return e, false, errors.New("something follows the JSON object")
	}
	if raw.ID == nil || raw.Path == nil {
		return e, false, errors.New("id or path is missing")
	}
	return entry(*raw.ID, *raw.Path, raw.Bytes.String(), raw.Owner, raw.Cost.String())
}

// notAnEntry says what is wrong with a line of JSON.
func notAnEntry(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("not a JSON object: %w", syntax)
	case errors.As(err, &kind) && kind.Field != "":
		return fmt.Errorf("%s is a JSON %s", kind.Field, kind.Value)
	}
	return errors.New("not a whole JSON object with id, path, bytes and owner")
}

// tabbed returns a reader of lines with tabs. The first line may name the
// columns.
func tabbed() func(string) (Entry, bool, error) {
	at := map[string]int{costColumn: -1}
	for i, name := range columns {
		at[name] = i
	}
	first := true
	return func(line string) (Entry, bool, error) {
		fields := strings.Split(line, "\t")
		wasFirst := first
		first = false
		if wasFirst && slices.Contains(fields, "id") && slices.Contains(fields, "path") {
			for name := range at {
				at[name] = slices.Index(fields, name)
			}
			if at["bytes"] < 0 {
				return Entry{}, false, errors.New("there is no column bytes")
			}
			return Entry{}, true, nil
		}
		field := func(name string) string {
			if i := at[name]; i >= 0 && i < len(fields) {
				return fields[i]
			}
			return ""
		}
		return entry(field("id"), field("path"), field("bytes"), field("owner"), field(costColumn))
	}
}

// Limits of what a list says, so that no sum of it overflows.
const (
	maxBytes = 1 << 45 // 32 TiB
	maxCost  = 1 << 35 // a year, in milliseconds
)

func entry(id, path, size, owner, spent string) (Entry, bool, error) {
	n, err := strconv.ParseInt(size, 10, 64)
	cost, costErr := int64(0), error(nil)
	if spent != "" {
		cost, costErr = strconv.ParseInt(spent, 10, 64)
	}
	switch {
	case path == "":
		return Entry{}, false, errors.New("path is missing")
	case strings.ContainsFunc(path, unicode.IsControl):
		return Entry{}, false, fmt.Errorf("path %q: it has a line end or another control character", path)
	case size == "":
		return Entry{}, false, errors.New("bytes is missing: the size of the repository's packs; 0 if it is not known")
	case err != nil || n < 0 || n > maxBytes:
		return Entry{}, false, fmt.Errorf("bytes: %q is not a number of bytes", size)
	case costErr != nil || cost < 0 || cost > maxCost:
		return Entry{}, false, fmt.Errorf("cost: %q is not a number of milliseconds", spent)
	}
	return Entry{id, path, n, owner, cost}, false, nil
}

// Write writes a list as JSON Lines.
func (l List) Write(w io.Writer) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	for _, e := range l {
		if err := out.Encode(e); err != nil {
			return err
		}
	}
	return nil
}

// Digest names what the shares of a list depend on: its ids, sizes and costs.
// Where a repository is may differ from worker to worker.
func (l List) Digest() string {
	h := sha256.New()
	for _, e := range l {
		fmt.Fprintf(h, "%s\n%d", e.ID, e.Bytes)
		if e.Cost > 0 {
			fmt.Fprintf(h, " %d", e.Cost)
		}
		fmt.Fprintln(h)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
