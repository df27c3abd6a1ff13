// Package report shows a finished scanner.Report: to people, to CI systems and
// to other programs.
//
// Each format is a pure function of the report and the Options. JSON is the
// contract; Read reads it back, so that every other format can be made later
// from a saved report.
//
// A report holds masks of its keys, but a file, a branch or an author can be
// named after one, and a reason can quote it. Write is the gate: every string of
// a report is redacted there, before any format sees it.
//
// Whatever comes from a repository (paths, authors, refs, names) is hostile:
// it passes clean before a terminal or a CI log, and the escapes of its format
// everywhere else.
package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/djleaks/djleaks/scanner"
)

// Options say how to show a report. The zero value is right for a file.
type Options struct {
	Color   bool // text: use ANSI colours
	Width   int  // text: columns of the terminal; 0 means 80
	All     bool // show notes too; JSON, JSON Lines and HTML always have them
	Verbose bool // text: list every place, commit and skipped object
	Quiet   bool // text: nothing for a clean verdict
	Fixable bool // text of a stopped commit: `djleaks fix --write` takes all failing keys out
	Stopped bool // text: Git or a hook manager waits for the verdict, and will not go on

	// Program is how the reader of the text calls the program, if that is not
	// djleaks. What is read elsewhere (HTML, Markdown, …) says uvx djleaks,
	// which works for whoever has not installed it.
	Program string

	// Found are the keys of the scan, which no name may show; may be nil.
	Found *scanner.Redactor
	// Replacement says what to write in the place of a key; may be nil.
	Replacement func(*scanner.Occurrence) scanner.Replacement
	// Rules are the texts that SARIF, GitLab, Markdown and HTML show of a rule.
	Rules []scanner.Rule
	// Start and End are the times of the scan for GitLab, which requires them.
	// A report does not hold them, so that the same scan gives the same bytes.
	Start, End time.Time
}

// writer is a function and not a table, so that starting the program builds
// nothing.
func writer(format string) func(io.Writer, *scanner.Report, Options) error {
	switch format {
	case "text":
		return writeText
	case "json":
		return writeJSON
	case "jsonl":
		return writeJSONL
	case "sarif":
		return writeSARIF
	case "gitlab":
		return writeGitLab
	case "codequality":
		return writeCodeQuality
	case "junit":
		return writeJUnit
	case "github":
		return writeGitHub
	case "markdown":
		return writeMarkdown
	case "html":
		return writeHTML
	}
	return nil
}

// Formats lists the names that Write takes.
func Formats() []string {
	return []string{"text", "json", "jsonl", "sarif", "gitlab", "codequality", "junit", "github", "markdown", "html"}
}

// Write shows r in one of the Formats.
func Write(w io.Writer, format string, r *scanner.Report, opt Options) error {
	write := writer(format)
	if write == nil {
		return fmt.Errorf("report: unknown format %q: it is one of %s", clean(format), strings.Join(Formats(), ", "))
	}
	r = scanner.Redacted(opt.Found, normalized(r))
	switch format {
	case "json", "jsonl", "html": // these keep the order of the report; HTML for the JSON in it
	default:
		sorted(r)
	}
	return write(w, r, opt)
}

// normalized returns a copy of r that every format can show: no list is nil, every
// date has a form in RFC 3339, which hostile commits need not have, and the
// address of the repository has no password.
func normalized(r *scanner.Report) *scanner.Report {
	out := *r
	out.Keys, out.Accepted, out.Known = normalizeKeys(r.Keys), normalizeKeys(r.Accepted), normalizeKeys(r.Known)
	if len(r.NeverCommitted) > 0 {
		out.NeverCommitted = normalizeKeys(r.NeverCommitted)
	}
	out.Scope.Repository, out.Scope.Remote = withoutLogin(r.Scope.Repository), withoutLogin(r.Scope.Remote)
	out.Coverage.Skipped = append([]scanner.Skip{}, r.Coverage.Skipped...)
	return &out
}

// withoutLogin takes user and password out of a URL, whatever else is in it.
func withoutLogin(repository string) string {
	scheme, rest, isURL := strings.Cut(repository, "://")
	if !isURL {
		return repository
	}
	host, _, _ := strings.Cut(rest, "/")
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		return scheme + "://" + host[i+1:] + strings.TrimPrefix(rest, host)
	}
	return repository
}

func normalizeKeys(keys []scanner.Key) []scanner.Key {
	out := append([]scanner.Key{}, keys...)
	for i := range out {
		k := &out[i]
		k.Reasons = append([]string{}, k.Reasons...)
		k.Dossier = normalizeDossier(k.Dossier)
		k.Occurrences = append([]scanner.Occurrence{}, k.Occurrences...)
		for j := range k.Occurrences {
			o := &k.Occurrences[j]
			if o.Refs == nil {
				o.Refs = []string{}
			}
			o.Introduced, o.Removed = normalizeCommits(o.Introduced), normalizeCommits(o.Removed)
		}
	}
	return out
}

// normalizeDossier returns a copy without absent lists.
func normalizeDossier(d *scanner.Dossier) *scanner.Dossier {
	if d == nil {
		return nil
	}
	out := *d
	out.Because = append([]scanner.Reason{}, d.Because...)
	out.BlastRadius = append([]scanner.Effect{}, d.BlastRadius...)
	out.Timeline = append([]scanner.Change{}, d.Timeline...)
	for i := range out.Timeline {
		out.Timeline[i].Date = normalizeDate(out.Timeline[i].Date)
	}
	if d.Exposure != nil {
		e := *d.Exposure
		e.First, e.Last = normalizeDate(e.First), normalizeDate(e.Last)
		out.Exposure = &e
	}
	return &out
}

func normalizeCommits(commits []scanner.Commit) []scanner.Commit {
	out := append([]scanner.Commit{}, commits...)
	for i := range out {
		out[i].Date = normalizeDate(out[i].Date)
	}
	return out
}

// The dates that RFC 3339 can write.
var (
	firstDate = time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)
	lastDate  = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
)

func normalizeDate(t time.Time) time.Time {
	if _, err := t.MarshalJSON(); err == nil {
		return t
	}
	t = t.UTC()
	switch {
	case t.Before(firstDate):
		return firstDate
	case t.After(lastDate):
		return lastDate
	}
	return t
}

// shown returns the open keys that a reader wants to see: all but the notes,
// unless all is set or notes fail. hidden is how many were left out.
func shown(r *scanner.Report, all bool) (out []scanner.Key, hidden int) {
	if all || r.FailOn <= scanner.Note {
		return r.Keys, 0
	}
	for _, k := range r.Keys {
		if k.Severity > scanner.Note {
			out = append(out, k)
		}
	}
	return out, len(r.Keys) - len(out)
}
