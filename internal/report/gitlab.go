package report

import (
	"io"
	"time"

	"github.com/djleaks/djleaks/scanner"
)

// gitlabSchema is the lowest version of GitLab's secret detection report that
// all its supported releases read; a release rejects a version that is newer
// than it.
const gitlabSchema = "15.0.7"

// The parts of GitLab's report that we write. raw_source_code_extract is not
// among them.
type (
	gitlabReport struct {
		Version         string                `json:"version"`
		Scan            gitlabScan            `json:"scan"`
		Vulnerabilities []gitlabVulnerability `json:"vulnerabilities"`
	}
	gitlabScan struct {
		Analyzer gitlabTool      `json:"analyzer"`
		Scanner  gitlabTool      `json:"scanner"`
		Type     string          `json:"type"`
		Start    string          `json:"start_time"`
		End      string          `json:"end_time"`
		Status   string          `json:"status"`
		Messages []gitlabMessage `json:"messages,omitempty"`
	}
	gitlabTool struct {
		ID      string       `json:"id"`
		Name    string       `json:"name"`
		URL     string       `json:"url"`
		Version string       `json:"version"`
		Vendor  gitlabVendor `json:"vendor"`
	}
	gitlabVendor struct {
		Name string `json:"name"`
	}
	gitlabMessage struct {
		Level string `json:"level"`
		Value string `json:"value"`
	}
	gitlabVulnerability struct {
		ID          string             `json:"id"`
		Name        string             `json:"name"`
		Description string             `json:"description"`
		Severity    string             `json:"severity"`
		Solution    string             `json:"solution"`
		Identifiers []gitlabIdentifier `json:"identifiers"`
		Location    gitlabLocation     `json:"location"`
		Details     map[string]any     `json:"details"`
	}
	gitlabIdentifier struct {
		Type  string `json:"type"`
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	gitlabLocation struct {
		File   string       `json:"file"`
		Start  int          `json:"start_line"`
		End    int          `json:"end_line"`
		Commit gitlabCommit `json:"commit"`
	}
	gitlabCommit struct {
		SHA    string `json:"sha"`
		Date   string `json:"date,omitempty"`
		Author string `json:"author,omitempty"`
	}
	gitlabText struct {
		Name  string `json:"name"`
		Type  string `json:"type"`
		Value string `json:"value"`
	}
	gitlabList struct {
		Name  string `json:"name"`
		Type  string `json:"type"`
		Items []any  `json:"items"`
	}
)

// gitlabItems bounds the lists of one vulnerability, which a browser shows in
// full.
const gitlabItems = 100

func writeGitLab(w io.Writer, r *scanner.Report, opt Options) error {
	version := r.Tool.Version
	if version == "" {
		version = "0" // the schema demands one
	}
	tool := gitlabTool{"djleaks", "djleaks", "https://github.com/djleaks/djleaks", clean(version), gitlabVendor{"djleaks"}}
	out := gitlabReport{
		Version: gitlabSchema,
		Scan: gitlabScan{
			Analyzer: tool, Scanner: tool, Type: "secret_detection",
			Start: gitlabTime(opt.Start), End: gitlabTime(opt.End), Status: "success",
		},
		Vulnerabilities: []gitlabVulnerability{},
	}
	out.Scan.Messages = append(out.Scan.Messages, gitlabMessage{"info", coverageWords(r)})
	if !r.Coverage.Complete {
		out.Scan.Status = "failure"
		out.Scan.Messages[0].Level = "fatal"
		for _, s := range r.Coverage.Skipped[:min(len(r.Coverage.Skipped), gitlabItems)] {
			if words := skipWords(s); words != "" {
				out.Scan.Messages = append(out.Scan.Messages, gitlabMessage{"warn", words})
			}
		}
	}
	list := notes(r)
	for _, note := range list[:min(len(list), gitlabItems)] {
		out.Scan.Messages = append(out.Scan.Messages, gitlabMessage{"info", note})
	}
	for _, a := range alerts(r, opt) {
		out.Vulnerabilities = append(out.Vulnerabilities, gitlabOf(a, r, opt))
	}
	return encodeJSON(w, out, "  ")
}

// gitlabTime has no zone: the schema's pattern ends with the seconds, and GitLab
// takes it as UTC.
func gitlabTime(t time.Time) string {
	if t.IsZero() {
		t = time.Unix(0, 0)
	}
	return t.UTC().Format("2006-01-02T15:04:05")
}

func gitlabOf(a alert, r *scanner.Report, opt Options) gitlabVulnerability {
	rule := ruleTexts(opt.Rules, ruleOf(a))
	description := a.title() + ". " + sentence(keyStatus(a.key))
	for _, reason := range reasons(a.key) {
		description += " " + sentence(reason)
	}
	line := max(a.at.Line, 1)
	return gitlabVulnerability{
		ID: uuid(a.id()), Name: truncated(sentence(rule.Title), 255), Description: description + " " + rule.Text,
		Severity: gitlabSeverity(a.at.Severity), Solution: truncated(gitlabSolution(rule), 7000),
		Identifiers: []gitlabIdentifier{{"djleaks_rule", "djleaks " + ruleOf(a), ruleOf(a)}},
		Location:    gitlabLocation{where(a.at), line, line, gitlabCommitOf(a, r)},
		Details:     gitlabDetails(a),
	}
}

func gitlabSolution(rule scanner.Rule) string {
	text := rule.Fix
	for _, s := range (Options{}).whatToDo(nil, elsewhere) {
		text += "\n- " + s.Do
		if s.Code != "" {
			text += " " + s.Code
		}
	}
	return text
}

// gitlabCommitOf is the commit that brought the key, or the one that was
// scanned, or the placeholder that the schema's authors use.
func gitlabCommitOf(a alert, r *scanner.Report) gitlabCommit {
	switch {
	case len(a.at.Introduced) > 0:
		c := a.at.Introduced[0]
		return gitlabCommit{SHA: clean(c.Commit), Date: c.Date.UTC().Format(time.RFC3339), Author: authorName(c.Author)}
	case r.Scope.Head != "":
		return gitlabCommit{SHA: clean(r.Scope.Head)}
	}
	return gitlabCommit{SHA: "0000000"}
}

// gitlabDetails are what GitLab's page of a vulnerability lists.
func gitlabDetails(a alert) map[string]any {
	k := a.key
	details := map[string]any{
		"fingerprint": gitlabText{"Fingerprint", "text", clean(string(k.Fingerprint))},
		"key":         gitlabText{"Key", "text", clean(k.Masked)},
		"status":      gitlabText{"Status", "text", keyStatus(k)},
	}
	var places, changes []any
	for i := range k.Occurrences[:min(len(k.Occurrences), gitlabItems)] {
		o := &k.Occurrences[i]
		places = append(places, map[string]any{
			"type": "text", "value": place(o) + ", " + placeStatus(o),
		})
	}
	list := events(k)
	for _, e := range list[:min(len(list), gitlabItems)] {
		changes = append(changes, map[string]any{"type": "text", "value": e.words() + " at " + where(e.at)})
	}
	if len(places) > 0 {
		details["places"] = gitlabList{"Places", "list", places}
	}
	if len(changes) > 0 {
		details["timeline"] = gitlabList{"Timeline", "list", changes}
	}
	if refs := keyRefs(k); len(refs) > 0 {
		details["refs"] = gitlabText{"Still in", "text", refNames(refs, gitlabItems)}
	}
	return details
}

func gitlabSeverity(s scanner.Severity) string {
	switch s {
	case scanner.Critical:
		return "Critical"
	case scanner.High:
		return "High"
	case scanner.Medium:
		return "Medium"
	case scanner.Low:
		return "Low"
	}
	return "Info"
}

// uuid writes 32 hexadecimal digits of a hash as a UUID of version 8, the one
// for identifiers of one's own making (RFC 9562).
func uuid(digits string) string {
	return digits[:8] + "-" + digits[8:12] + "-8" + digits[13:16] + "-a" + digits[17:20] + "-" + digits[20:32]
}
