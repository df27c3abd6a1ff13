package report

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"

	"github.com/djleaks/djleaks/scanner"
)

func TestIndentedIsWhatTheLibraryWrites(t *testing.T) {
	for _, v := range []any{
		nil, 1, "", "a", `"`, `\`, `\"`, `a\\"{`, []int{}, map[string]int{}, []any{1, []any{}, map[string]any{"a": []string{"x,y:z", "}"}, "b": map[string]any{}}},
		[]any{[]any{[]any{"deep"}}}, map[string]any{`\"`: `\\`, "e": 1.5e300, "n": nil, "t": true, "é\n": "\u2028<&>"},
	} {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var want bytes.Buffer
		if err := json.Indent(&want, text, "", "  "); err != nil {
			t.Fatal(err)
		}
		var got bytes.Buffer
		p := printer{w: &got, indent: "  ", line: []byte("\n")}
		p.print(text)
		if err := p.flush(); err != nil || got.String() != want.String() {
			t.Errorf("%s:\n%s\nwant\n%s", text, got.String(), want.String())
		}
	}
}

// TestRefsAreWrittenAsTheLibraryDoes has a name of every kind in every list of keys.
func TestRefsAreWrittenAsTheLibraryDoes(t *testing.T) {
	names := []string{"refs/heads/main", `refs/"`, `\`, "a#b", "a##b", "refs/é", "\u2028", "\x7f", "bad \xff", "<&>", `"refs":null`, "", "::error::"}
	for range 5000 {
		names = append(names, "refs/pull/1/head") // more than is written at once
	}
	r := &scanner.Report{Playbook: []scanner.Play{}}
	for n, keys := range []*[]scanner.Key{&r.Keys, &r.Accepted, &r.Known, &r.NeverCommitted} {
		for _, list := range [][]string{names, names[:n+1], {}, nil} {
			*keys = append(*keys, scanner.Key{Reasons: []string{`"refs":null`}, Occurrences: []scanner.Occurrence{{Refs: list}}})
		}
	}
	r = normalized(r)
	text, err := marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var want, got, lines bytes.Buffer
	if err := json.Indent(&want, text, "", "  "); err != nil {
		t.Fatal(err)
	}
	if err := writeJSONL(&lines, normalized(r), Options{}); err != nil {
		t.Fatal(err)
	}
	line, err := marshal(keyRecord{"key", r.Keys[0]})
	if err != nil || !bytes.HasPrefix(lines.Bytes(), line) {
		t.Errorf("%v: the line of the first key is another one", err)
	}
	if err := writeJSON(&got, r, Options{}); err != nil || got.String() != want.String() {
		t.Errorf("%v, %d bytes instead of %d", err, got.Len(), want.Len())
	}
	if err := writeJSON(full{}, normalized(r), Options{}); err == nil {
		t.Error("nobody says that the report was not written")
	}
}

// full is where nothing can be written.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }
