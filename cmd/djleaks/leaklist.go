package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"github.com/djleaks/djleaks/internal/policy"
	"github.com/djleaks/djleaks/internal/report"
	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// lists are the fingerprints that an audit is compared with, and those that it
// adds to. They are read before anything is scanned, so that a mistake in them
// costs nothing.
type lists struct {
	leaks string // the file of --write-leak-list; "" for none
	old   []scanner.Fingerprint
	known []knownList
}

// knownList is what another repository holds.
type knownList struct {
	file         string
	fingerprints []scanner.Fingerprint
}

func readLists(leaks string, known []string) (*lists, error) {
	l := &lists{leaks: leaks}
	if leaks != "" {
		text, err := os.ReadFile(leaks)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, usageError{"--write-leak-list: " + err.Error(), "name a file that can be read, or a new one"}
		}
		if err == nil {
			if l.old, err = policy.ParseLeakList(leaks, text); err != nil {
				return nil, usageError{"--write-leak-list: " + err.Error(), "name a new file, or one that --write-leak-list wrote"}
			}
		}
	}
	for _, file := range known {
		fingerprints, err := readKnown(file)
		if err != nil {
			return nil, usageError{"--known: " + err.Error(), "djleaks audit --write-leak-list FILE in the other repository writes one"}
		}
		l.known = append(l.known, knownList{file, fingerprints})
	}
	return l, nil
}

// readKnown reads a leak list, or the keys of a saved report.
func readKnown(file string) ([]scanner.Fingerprint, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if trimmed := bytes.TrimSpace(text); len(trimmed) == 0 || trimmed[0] != '{' {
		return policy.ParseLeakList(file, text)
	}
	r, err := report.Read(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var out []scanner.Fingerprint
	for _, keys := range [][]scanner.Key{r.Keys, r.Accepted} {
		for i := range keys {
			out = append(out, keys[i].Fingerprint)
		}
	}
	return out, nil
}

// apply compares a report with the known lists, and adds its keys to the leak
// list.
func (l *lists) apply(t *task, rep *scanner.Report) error {
	for _, known := range l.known {
		for _, keys := range [][]scanner.Key{rep.Keys, rep.Accepted} {
			for i := range keys {
				if k := &keys[i]; slices.Contains(known.fingerprints, k.Fingerprint) {
					k.AlsoIn = append(k.AlsoIn, known.file)
					k.Reasons = append(k.Reasons, "the same key is in "+known.file+": rotate both together")
				}
			}
		}
	}
	if l.leaks == "" {
		return nil
	}
	all := policy.ExtendLeakList(l.old, rep)
	if err := t.writeFile(l.leaks, func(out io.Writer) error { return policy.WriteLeakList(out, all) }); err != nil {
		return err
	}
	fmt.Fprintf(t.stderr, "djleaks: %s lists %s, %s of them new; commit it\n", t.line(l.leaks), say.Counted(len(all), "leaked key", "leaked keys"), say.Thousands(len(all)-len(l.old)))
	return nil
}
