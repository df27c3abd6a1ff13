package policy

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/scanner"
)

// ParseBaseline reads a baseline: JSON Lines, one accepted key each. Empty
// lines are allowed, everything else that is not an entry is an *Error.
func ParseBaseline(name string, text []byte) ([]Entry, error) {
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		return nil, &Error{File: name, Line: 1, Problem: "this is UTF-16", Hint: "save it as UTF-8"}
	}
	var out []Entry
	s := strings.TrimPrefix(string(text), "\ufeff")
	for n, line := range strings.Split(s, "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		e, problem, hint := parseLine(line)
		if problem != "" {
			return nil, &Error{File: name, Line: n + 1, Problem: problem, Hint: hint}
		}
		out = append(out, e)
	}
	return out, nil
}

func parseLine(line string) (e Entry, problem, hint string) {
	for _, marker := range []string{"<<<<<<<", "=======", ">>>>>>>", "|||||||"} {
		if strings.HasPrefix(line, marker) {
			return e, "a merge conflict is not resolved", "keep the lines of both sides"
		}
	}
	var fields map[string]any
	if json.Unmarshal([]byte(line), &fields) != nil {
		return e, "this line is not a JSON object", `write it as {"fingerprint": "…", "reason": "…"}`
	}
	raw := rawEntry{}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		text, isText := fields[name].(string)
		if !raw.set(name, text) {
			return e, "unknown field" + quoted(name), nearest(name, entryWords())
		}
		if !isText {
			return e, name + " is not a string", ""
		}
	}
	e, _, problem, hint = raw.entry()
	return e, problem, hint
}

// WriteBaseline writes entries in the one order that a baseline has, without
// duplicates. It holds no times and no line numbers: two branches that accept
// different keys merge without a conflict.
func WriteBaseline(w io.Writer, entries []Entry) error {
	entries = slices.Clone(entries)
	slices.SortStableFunc(entries, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.Fingerprint, b.Fingerprint), cmp.Compare(a.Path, b.Path))
	})
	entries = slices.CompactFunc(entries, func(a, b Entry) bool {
		return a.Fingerprint == b.Fingerprint && a.Path == b.Path
	})
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	for i := range entries {
		if err := encoder.Encode(entries[i].raw()); err != nil {
			return err
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// Extend returns a baseline that accepts every open key of a report for this
// reason. Entries that are there stay as they are, with their own reasons.
func Extend(old []Entry, r *scanner.Report, reason string) []Entry {
	out := slices.Clone(old)
	for i := range r.Keys {
		out = append(out, Entry{Fingerprint: r.Keys[i].Fingerprint, Reason: reason})
	}
	return out
}
