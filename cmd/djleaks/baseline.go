package main

import (
	"fmt"
	"io"
	"os"

	"github.com/djleaks/djleaks/internal/policy"
	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/internal/scan"
	"github.com/djleaks/djleaks/scanner"
)

// writeBaseline adds the open keys of a report to a baseline.
func (t *task) writeBaseline(rep *scanner.Report) error {
	old, err := scan.ReadBaseline(os.ReadFile, t.options.named.Baseline)
	if err != nil {
		return err
	}
	entries := policy.Extend(old, rep, t.found.RedactAll(t.options.reason))
	if err := t.writeFile(t.options.accept, func(out io.Writer) error { return policy.WriteBaseline(out, entries) }); err != nil {
		return err
	}
	fmt.Fprintf(t.stderr, "djleaks: %s accepts %s; use it with --baseline %[1]s\n", t.line(t.options.accept), say.Counted(len(rep.Keys), "key", "keys"))
	return nil
}
