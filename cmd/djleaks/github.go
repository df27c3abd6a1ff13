package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/djleaks/djleaks/internal/report"
	"github.com/djleaks/djleaks/scanner"
)

// forGitHub writes what GitHub shows of a job beside its log: annotations, a
// summary, and the outputs of the step.
func (t *task) forGitHub(found *scanner.Report, formatChosen bool) error {
	if !formatChosen {
		if err := t.writeTo("", "github", found); err != nil {
			return err
		}
	}
	outputs := fmt.Sprintf("verdict=%s\nkeys=%d\n", found.Verdict, len(found.Failing()))
	return errors.Join(t.appendTo("GITHUB_OUTPUT", outputs), t.summary(found))
}

// maxSummary is what GitHub takes for the summary of one step, in bytes; it
// fails the upload of a longer one.
const maxSummary = 1 << 20

func (t *task) summary(found *scanner.Report) error {
	const variable = "GITHUB_STEP_SUMMARY"
	var text strings.Builder
	if err := report.Write(&text, "markdown", found, t.renderOptions(t.getenv(variable))); err != nil {
		return err
	}
	if text.Len() > maxSummary {
		t.note("the report is too long for the summary of a step on GitHub, so there is none: djleaks ci --report markdown=FILE writes it")
		return nil
	}
	return t.appendTo(variable, text.String())
}

// appendTo adds to the file that a variable names, if it is set: other steps
// may have written to it.
func (t *task) appendTo(variable, text string) error {
	path := t.getenv(variable)
	if path == "" {
		return nil
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return usageError{variable + ": " + err.Error(), "unset " + variable + " outside of GitHub Actions"}
	}
	_, err = file.WriteString(text)
	return errors.Join(err, file.Close())
}
