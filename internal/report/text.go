package report

import (
	"cmp"
	"fmt"
	"io"
	"strconv"

	"github.com/fatih/color"

	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// How many of a kind the text shows before it only counts; Verbose shows all.
const (
	textPlaces  = 8
	textCommits = 3
	textRefs    = 6
	textNames   = 3 // of the refs of one kind, where there are more of them
	textSkips   = 5
	textOthers  = 5 // accepted and known keys
	textNotes   = 20
)

// writeText is for people. A commit that is being made gets a few lines, all
// other scans a block for each key, what to do, and what was read.
func writeText(w io.Writer, r *scanner.Report, opt Options) error {
	if opt.Quiet && r.Verdict == scanner.Clean {
		return nil
	}
	t := &text{page: newPage(w, opt.Width), palette: newPalette(opt.Color), report: r, opt: opt}
	if unpublished(r) {
		t.staged()
	} else {
		t.audit()
	}
	return t.Flush()
}

type text struct {
	*page
	palette
	report *scanner.Report
	opt    Options
}

func (t *text) audit() {
	keys, hidden := shown(t.report, t.opt.All)
	t.answer()
	for i := range keys {
		t.key(&keys[i])
	}
	t.others("accepted", t.report.Accepted)
	t.others("known before", t.report.Known)
	t.others("never committed; gone after git gc --prune=now", t.report.NeverCommitted)
	t.radius()
	if failing := t.report.Failing(); len(t.report.Playbook) > 0 {
		t.playbook()
	} else if len(failing) > 0 {
		t.whatToDo(failing)
	}
	t.coverage()
	t.verdict(hidden)
}

func (t *text) key(k *scanner.Key) {
	t.line(t.severity(k.Severity).Sprint(k.Severity.String()), "  ", t.bold.Sprint(clean(k.Masked)), "  ", keyTitle(k))
	t.line("  fingerprint ", clean(string(k.Fingerprint)), ", ", classWords(k.Class))
	t.dossier(k)
	for _, reason := range reasons(k) {
		t.paragraph("  ", "  ", reason, t.dim.Sprint)
	}
	if k.Dossier == nil { // which says it too
		for _, same := range relatedWords(k) {
			t.paragraph("  ", "  ", same, fmt.Sprint)
		}
	}
	places := t.limit(len(k.Occurrences), textPlaces)
	for i := range k.Occurrences[:places] {
		t.place(&k.Occurrences[i])
	}
	t.more(len(k.Occurrences)-places, "  ", "place", "places")
	if t.report.FailOn != scanner.Silent && k.Severity >= t.report.FailOn { // the answer of key match fails on nothing
		accept := "  if it may stay: djleaks accept " + clean(string(k.Fingerprint)) + ` --reason "…"`
		if t.report.Scope.AcceptFrom != "" {
			accept += acceptBefore
		}
		t.line(t.dim.Sprint(accept))
	}
	t.line()
}

func (t *text) place(o *scanner.Occurrence) {
	what := ""
	if o.Name != "" {
		what = "  " + clean(o.Name)
	}
	if n := len(o.Versions); n > 1 {
		what += ", " + say.Counted(n, "version", "versions")
	}
	t.line("  ", t.bold.Sprint(place(o)), what)
	t.commits("introduced", o.Introduced)
	t.commits("removed   ", o.Removed)
	const indent = "    still in   "
	switch {
	case len(o.Refs) > 0:
		t.paragraph(indent, "               ", t.refs(o.Refs), fmt.Sprint)
	case o.Status == scanner.StatusUnreachable:
		t.line("    in no branch or tag, but still an object of the repository")
	}
	if t.opt.Verbose {
		for _, v := range o.Versions {
			t.line("    version    ", short(v.Blob), ":", strconv.Itoa(v.Line), ":", strconv.Itoa(v.Column))
		}
	}
}

// refs lists a few refs by name, and many by kind.
func (t *text) refs(refs []string) string {
	if len(refs) <= textRefs {
		return refNames(refs, 0)
	}
	return groupedNames(refs, t.limit(len(refs), textNames))
}

func (t *text) commits(label string, commits []scanner.Commit) {
	n := t.limit(len(commits), textCommits)
	for _, c := range commits[:n] {
		before := ""
		if c.AtOrBefore {
			before = "at or before "
		}
		t.line("    ", label, " ", before, day(c.Date), " in ", short(c.Commit), " by ", authorName(c.Author))
	}
	t.more(len(commits)-n, "               ", "commit", "commits")
}

// others lists keys that do not fail, one line each: a key is never invisible.
func (t *text) others(label string, keys []scanner.Key) {
	if len(keys) == 0 {
		return
	}
	t.line(t.bold.Sprint(label))
	n := t.limit(len(keys), textOthers)
	for i := range keys[:n] {
		k := &keys[i]
		line := "  " + clean(k.Masked) + "  " + clean(string(k.Fingerprint))
		if len(k.Occurrences) > 0 {
			line += "  " + place(&k.Occurrences[0])
		}
		t.line(line)
		if k.Accepted != nil {
			t.paragraph("    ", "    ", acceptedWords(k.Accepted), t.dim.Sprint)
		}
	}
	t.more(len(keys)-n, "  ", "key", "keys")
	t.line()
}

// called is a command as the reader of this text can type it.
func (t *text) called(line string) string {
	if t.opt.Program == "" {
		return line
	}
	return say.Called(line, t.opt.Program)
}

func (t *text) whatToDo(keys []scanner.Key) {
	t.line(t.bold.Sprint("what to do"))
	for i, s := range t.opt.whatToDo(keys, cmp.Or(t.opt.Program, "djleaks")) {
		number := strconv.Itoa(i+1) + ". "
		t.paragraph("  "+number, "     ", s.Do, fmt.Sprint)
		if s.Code != "" {
			t.line("       ", s.Code)
		}
	}
	t.line()
}

func (t *text) coverage() {
	paint := t.dim
	if !t.report.Coverage.Complete {
		paint = t.warn
	}
	t.paragraph("", "  ", coverageWords(t.report), paint.Sprint)
	skipped := t.report.Coverage.Skipped
	n := t.limit(len(skipped), textSkips)
	for _, s := range skipped[:n] {
		t.paragraph("  ", "    ", skipWords(s), fmt.Sprint)
	}
	t.more(len(skipped)-n, "  ", "entry", "entries")
	t.notes()
}

func (t *text) notes() {
	list := notes(t.report)
	n := t.limit(len(list), textNotes)
	for _, note := range list[:n] {
		t.paragraph("  ", "    ", "note: "+note, t.dim.Sprint)
	}
	t.more(len(list)-n, "  ", "note", "notes")
}

func (t *text) verdict(hidden int) {
	t.paragraph("", "  ", verdictWords(t.report, hidden), t.verdictPaint().Sprint)
}

func (t *text) verdictPaint() *color.Color {
	switch t.report.Verdict {
	case scanner.KeysFound:
		return t.bad
	case scanner.Incomplete:
		return t.warn
	}
	return t.good
}

// limit is how many of n things to show.
func (t *text) limit(n, most int) int {
	if t.opt.Verbose {
		return n
	}
	return min(n, most)
}

func (t *text) more(n int, indent, one, many string) {
	if n > 0 {
		t.line(indent, t.dim.Sprint("and "+say.Counted(n, "more "+one, "more "+many)+t.listAll()))
	}
}

// listAll says what to call for all that was cut off. Who is stopped by a hook
// has not called djleaks, and has no command line to add a word to.
func (t *text) listAll() string {
	switch {
	case t.report.Scope.Kind == scanner.ScopeStaged:
		return " (djleaks staged --verbose lists all)"
	case unpublished(t.report):
		return ""
	}
	return " (--verbose lists all)"
}

// skipWords names what was not read, and why.
func skipWords(s scanner.Skip) string {
	var what string
	switch {
	case s.Path != "" && s.ID != "":
		what = clean(s.Path) + " (" + short(s.ID) + ")"
	case s.Path != "":
		what = clean(s.Path)
	case s.ID != "":
		what = clean(s.ID)
	}
	if s.Count > 1 {
		what = joined(what, say.Thousands(s.Count)+" times")
	}
	return joined(what, clean(s.Reason))
}

func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + ": " + b
}
