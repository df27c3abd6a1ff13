package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/djleaks/djleaks/internal/policy"
	"github.com/djleaks/djleaks/internal/report"
	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// leakList is the file of --write-leak-list and what it held before.
type leakList struct {
	file string
	old  []scanner.Fingerprint
}

// readLeakList reads the file that a leak list is to be added to, before
// anything is scanned.
func readLeakList(file string) (*leakList, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return &leakList{file: file}, nil
	}
	if err != nil {
		return nil, usageError{"--write-leak-list: " + err.Error(), ""}
	}
	old, err := policy.ParseLeakList(file, text)
	if err != nil {
		return nil, usageError{"--write-leak-list: " + err.Error(), ""}
	}
	return &leakList{file, old}, nil
}

// write adds the keys of a report.
func (l *leakList) write(t *task, rep *scanner.Report) error {
	all := policy.ExtendLeakList(l.old, rep)
	out, err := report.Create(l.file, t.stdout)
	if err != nil {
		return usageError{err.Error(), ""}
	}
	if err := policy.WriteLeakList(out, all); err != nil {
		out.Discard()
		return err
	}
	fmt.Fprintf(t.stderr, "djleaks: %s lists %s, %s of them new; commit it\n", report.Line(l.file), say.Counted(len(all), "leaked key", "leaked keys"), say.Thousands(len(all)-len(l.old)))
	return out.Close()
}
