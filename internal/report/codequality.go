package report

import (
	"cmp"
	"fmt"
	"io"

	"github.com/djleaks/djleaks/scanner"
)

// Code Quality is the report that GitLab shows in merge requests on every plan.
type (
	qualityIssue struct {
		Description string          `json:"description"`
		CheckName   string          `json:"check_name"`
		Fingerprint string          `json:"fingerprint"`
		Severity    string          `json:"severity"`
		Location    qualityLocation `json:"location"`
	}
	qualityLocation struct {
		Path  string       `json:"path"`
		Lines qualityLines `json:"lines"`
	}
	qualityLines struct {
		Begin int `json:"begin"`
	}
)

// qualityRemarks is how many comments that accept nothing are listed.
const qualityRemarks = 100

func writeCodeQuality(w io.Writer, r *scanner.Report, opt Options) error {
	issues := []qualityIssue{}
	if !r.Coverage.Complete {
		// The format has no place to say it; an empty list would read as clean.
		at := "."
		if len(r.Coverage.Skipped) > 0 && r.Coverage.Skipped[0].Path != "" {
			at = clean(r.Coverage.Skipped[0].Path)
		}
		issues = append(issues, qualityIssue{
			Description: coverageWords(r), CheckName: "incomplete", Fingerprint: "djleaks-incomplete",
			Severity: "major", Location: qualityLocation{at, qualityLines{1}},
		})
	}
	for _, a := range alerts(r, opt) {
		issues = append(issues, qualityIssue{
			Description: a.title() + ": " + keyStatus(a.key), CheckName: ruleOf(a), Fingerprint: a.id(),
			Severity: qualitySeverity(a.at.Severity), Location: qualityLocation{where(a.at), qualityLines{max(a.at.Line, 1)}},
		})
	}
	for i := range r.Remarks[:min(len(r.Remarks), qualityRemarks)] {
		m := &r.Remarks[i]
		at := cmp.Or(clean(m.Path), "stdin")
		issues = append(issues, qualityIssue{
			Description: remarkWords(m), CheckName: string(m.Kind), Fingerprint: fmt.Sprintf("djleaks-%s:%s:%d", m.Kind, at, m.Line),
			Severity: "info", Location: qualityLocation{at, qualityLines{max(m.Line, 1)}},
		})
	}
	return encodeJSON(w, issues, "  ")
}

func qualitySeverity(s scanner.Severity) string {
	switch s {
	case scanner.Critical:
		return "blocker"
	case scanner.High:
		return "critical"
	case scanner.Medium:
		return "major"
	case scanner.Low:
		return "minor"
	}
	return "info"
}
