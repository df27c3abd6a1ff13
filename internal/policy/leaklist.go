package policy

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/scanner"
)

// leakListHeader is the first line of a leak list. python/djleaks/django reads
// such lists too.
const leakListHeader = "# djleaks leak list 1"

// ParseLeakList reads a leak list: after its header one fingerprint on each
// line, and comments. Everything else is an *Error.
func ParseLeakList(name string, text []byte) ([]scanner.Fingerprint, error) {
	lines := strings.Split(strings.TrimPrefix(string(text), "\ufeff"), "\n")
	if strings.TrimSpace(lines[0]) != leakListHeader {
		return nil, &Error{File: name, Line: 1, Problem: "this is not a leak list of djleaks", Hint: "its first line is " + leakListHeader + "; to write a new one, name another file"}
	}
	var out []scanner.Fingerprint
	for n, line := range lines {
		word, _, _ := strings.Cut(line, "#")
		if word = strings.TrimSpace(word); word == "" {
			continue
		}
		if problem, _ := checkFingerprint(word); problem != "" {
			return nil, &Error{File: name, Line: n + 1, Problem: "this is not a fingerprint of 16 hexadecimal digits", Hint: "of a merge conflict keep the lines of both sides"}
		}
		out = append(out, scanner.Fingerprint(word))
	}
	return out, nil
}

// ExtendLeakList adds to a leak list the generated keys of a report, accepted or
// not. A fingerprint of a key that a person made up could be guessed, and such a
// list is made public. Nothing is ever taken out of one: what has leaked stays
// so when the history is rewritten.
func ExtendLeakList(old []scanner.Fingerprint, r *scanner.Report) []scanner.Fingerprint {
	out := slices.Clone(old)
	for _, keys := range [][]scanner.Key{r.Keys, r.Accepted} {
		for i := range keys {
			if keys[i].Class.Generated() {
				out = append(out, keys[i].Fingerprint)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// WriteLeakList writes fingerprints in order, one on each line, so that lists of
// two branches merge.
func WriteLeakList(w io.Writer, fingerprints []scanner.Fingerprint) error {
	var b bytes.Buffer
	b.WriteString(leakListHeader + "\n")
	b.WriteString("# Fingerprints of keys that can be read in the history of this repository. They tell nothing\n")
	b.WriteString("# of the keys; commit this file. Written by: djleaks audit --write-leak-list\n")
	for _, f := range fingerprints {
		b.WriteString(string(f) + "\n")
	}
	_, err := w.Write(b.Bytes())
	return err
}
