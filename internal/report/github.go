package report

import (
	"bufio"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// githubLimit is how many annotations of one level GitHub shows of a step.
const githubLimit = 10

// writeGitHub writes workflow commands, which GitHub shows beside the lines of
// a pull request: the worst keys first, as many as GitHub shows, then one line
// for people.
func writeGitHub(w io.Writer, r *scanner.Report, opt Options) error {
	out := bufio.NewWriter(w)
	if !r.Coverage.Complete {
		level := "warning"
		if r.Verdict == scanner.Incomplete {
			level = "error"
		}
		annotation{level: level, title: "djleaks: the scan is incomplete", text: githubSkips(r)}.write(out)
	}
	all := alerts(r, opt)
	slices.SortStableFunc(all, func(a, b alert) int { return int(b.at.Severity) - int(a.at.Severity) })
	written, left := map[string]int{"error": 0, "warning": 0, "notice": 0}, 0
	if !r.Coverage.Complete {
		written["error"], written["warning"] = 1, 1
	}
	for _, a := range all {
		level := githubLevel(a.at.Severity, r.FailOn)
		// One more place is kept for the line about those that are left out.
		if written[level] == githubLimit || level == "notice" && written[level] == githubLimit-1 {
			left++
			continue
		}
		written[level]++
		githubOf(a, level, opt).write(out)
	}
	if left > 0 {
		annotation{level: "notice", title: "djleaks: more keys", text: say.Counted(left, "more place of a key is", "more places of keys are") +
			" in the job summary and the reports"}.write(out)
	}
	for i := range r.Remarks[:min(len(r.Remarks), max(0, githubLimit-1-written["notice"]))] {
		m := &r.Remarks[i]
		at := scanner.Occurrence{Path: m.Path, Line: m.Line, Status: scanner.StatusWorktree}
		annotation{level: "notice", title: "djleaks: a comment without effect", text: sentence(remarkWords(m)), at: &at}.write(out)
	}
	_, hidden := shown(r, opt.All)
	out.WriteString("djleaks: " + verdictWords(r, hidden) + "\n")
	out.WriteString("djleaks: " + coverageWords(r) + "\n")
	return out.Flush()
}

func githubLevel(s, failOn scanner.Severity) string {
	switch {
	case s >= failOn:
		return "error"
	case s > scanner.Note:
		return "warning"
	}
	return "notice"
}

func githubSkips(r *scanner.Report) string {
	lines := []string{coverageWords(r)}
	for _, s := range r.Coverage.Skipped[:min(len(r.Coverage.Skipped), textSkips)] {
		lines = append(lines, skipWords(s))
	}
	return strings.Join(lines, "\n")
}

// annotation is one workflow command. Its strings are clean; at may be nil.
type annotation struct {
	level, title, text string
	at                 *scanner.Occurrence
	length             int
}

func githubOf(a alert, level string, opt Options) annotation {
	lines := []string{a.title() + ". " + sentence(keyStatus(a.key)) + " Fingerprint " + clean(string(a.key.Fingerprint)) + "."}
	lines = append(lines, reasons(a.key)...)
	instead := opt.replacementOf(a.at)
	lines = append(lines, "Instead: "+instead.String())
	if command, note := freshKey(instead, elsewhere); command != "" {
		lines = append(lines, "New key: "+command+"  ("+note+")")
	}
	return annotation{
		level: level, title: "Django secret key (" + a.at.Severity.String() + ")",
		text: strings.Join(lines, "\n"), at: a.at, length: a.key.Length,
	}
}

// write escapes as the runner un-escapes: line ends and the percent sign
// everywhere, colons and commas in properties too.
func (n annotation) write(w *bufio.Writer) {
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	w.WriteString("::" + n.level + " ")
	// A file that is not there any more has no line to be beside.
	if n.at != nil && n.at.Path != "" && n.at.Part == "" && atHead(n.at) {
		line, column := max(n.at.Line, 1), max(n.at.Column, 1)
		w.WriteString("file=" + property.Replace(clean(n.at.Path)) + ",line=" + strconv.Itoa(line) + ",endLine=" + strconv.Itoa(line) +
			",col=" + strconv.Itoa(column) + ",endColumn=" + strconv.Itoa(column+max(n.length, 1)) + ",")
	} else if n.at != nil {
		n.text = "At " + place(n.at) + ". " + n.text
	}
	w.WriteString("title=" + property.Replace(n.title) + "::" + data.Replace(n.text) + "\n")
}
