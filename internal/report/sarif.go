package report

import (
	"io"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// SARIF 2.1.0 as far as we write it. GitHub reads of a result: the rule, the
// message, the first location, primaryLocationLineHash, the related locations
// and the code flows; the rest serves other readers. There is no snippet and
// no author in it.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		Automation  sarifAutomation   `json:"automationDetails"`
		Invocations []sarifInvocation `json:"invocations"`
		Provenance  []sarifVersion    `json:"versionControlProvenance,omitempty"`
		ColumnKind  string            `json:"columnKind"`
		Results     []sarifResult     `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name            string      `json:"name"`
		SemanticVersion string      `json:"semanticVersion,omitempty"`
		Version         string      `json:"version,omitempty"`
		InformationURI  string      `json:"informationUri"`
		Rules           []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID            string        `json:"id"`
		Name          string        `json:"name"`
		Short         sarifText     `json:"shortDescription"`
		Full          sarifText     `json:"fullDescription"`
		Help          sarifText     `json:"help"`
		Configuration sarifLevel    `json:"defaultConfiguration"`
		Properties    sarifRuleBits `json:"properties"`
	}
	sarifText struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown,omitempty"`
	}
	sarifLevel struct {
		Level string `json:"level"`
	}
	sarifRuleBits struct {
		Tags             []string `json:"tags"`
		Precision        string   `json:"precision"`
		SecuritySeverity string   `json:"security-severity"`
	}
	sarifAutomation struct {
		ID string `json:"id"`
	}
	sarifInvocation struct {
		Successful    bool                `json:"executionSuccessful"`
		Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNotification struct {
		Level   string    `json:"level"`
		Message sarifText `json:"message"`
	}
	sarifVersion struct {
		Repository string    `json:"repositoryUri"`
		Revision   string    `json:"revisionId,omitempty"`
		MappedTo   sarifBase `json:"mappedTo"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"`
		Level        string            `json:"level"`
		Message      sarifText         `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		Related      []sarifLocation   `json:"relatedLocations,omitempty"`
		CodeFlows    []sarifCodeFlow   `json:"codeFlows,omitempty"`
		Fingerprints map[string]string `json:"partialFingerprints"`
		Properties   sarifResultBits   `json:"properties"`
	}
	sarifResultBits struct {
		Severity         scanner.Severity `json:"severity"`
		SecuritySeverity string           `json:"security-severity"`
		Class            scanner.Class    `json:"class"`
		Status           scanner.Status   `json:"status"`
		FirstCommit      string           `json:"firstCommit,omitempty"`
		LastCommit       string           `json:"lastCommit,omitempty"`
		Refs             []string         `json:"refs"`
	}
	sarifLocation struct {
		ID       *int          `json:"id,omitempty"`
		Physical sarifPhysical `json:"physicalLocation"`
		Message  *sarifText    `json:"message,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI  string `json:"uri"`
		Base string `json:"uriBaseId"`
	}
	sarifBase struct {
		Base string `json:"uriBaseId"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine"`
		EndColumn   int `json:"endColumn"`
	}
	sarifCodeFlow struct {
		ThreadFlows []sarifThreadFlow `json:"threadFlows"`
	}
	sarifThreadFlow struct {
		Locations []sarifFlowLocation `json:"locations"`
	}
	sarifFlowLocation struct {
		Location sarifLocation `json:"location"`
	}
)

// The limits of GitHub: it shows 1,000 steps of a flow and 100 locations.
const (
	sarifSteps     = 1000
	sarifLocations = 100
)

// sourceRoot is the name that readers of SARIF have for the folder of the work
// tree.
const sourceRoot = "%SRCROOT%"

func writeSARIF(w io.Writer, r *scanner.Report, opt Options) error {
	all := alerts(r, opt)
	rules, index := sarifRules(all, opt.Rules)
	run := sarifRun{
		Tool: sarifTool{sarifDriver{
			Name: "djleaks", Version: r.Tool.Version, InformationURI: "https://github.com/djleaks/djleaks", Rules: rules,
		}},
		Automation:  sarifAutomation{"djleaks/" + string(r.Scope.Kind) + "/"},
		Invocations: []sarifInvocation{sarifCoverage(r)},
		Provenance:  sarifProvenance(r.Scope),
		ColumnKind:  "utf16CodeUnits",
		Results:     []sarifResult{},
	}
	if semantic(r.Tool.Version) {
		run.Tool.Driver.SemanticVersion = r.Tool.Version
	}
	for _, a := range all {
		run.Results = append(run.Results, sarifOf(a, index))
	}
	return encodeJSON(w, sarifLog{
		Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run},
	}, "  ")
}

// semantic reports whether a version is one in the sense of semver.org, which
// the field semanticVersion demands.
func semantic(version string) bool {
	core, _, _ := strings.Cut(version, "-")
	core, _, _ = strings.Cut(core, "+")
	parts := strings.Split(core, ".")
	for _, part := range parts {
		if part == "" || strings.Trim(part, "0123456789") != "" {
			return false
		}
	}
	return len(parts) == 3
}

// sarifRules are the rules of the options and those of the results, and their
// places in the list.
func sarifRules(all []alert, known []scanner.Rule) ([]sarifRule, map[string]int) {
	rules, index := []sarifRule{}, map[string]int{}
	add := func(rule scanner.Rule) {
		if _, ok := index[rule.ID]; !ok {
			index[rule.ID] = len(rules)
			rules = append(rules, sarifRuleOf(rule))
		}
	}
	for _, rule := range known {
		add(rule)
	}
	for _, a := range all {
		add(ruleTexts(known, ruleOf(a)))
	}
	return rules, index
}

// ruleOf is the rule of an alert; the fields that hold it must not be empty.
func ruleOf(a alert) string {
	if a.at.Rule != "" {
		return clean(a.at.Rule)
	}
	return "django-secret-key"
}

func sarifRuleOf(rule scanner.Rule) sarifRule {
	for _, text := range []*string{&rule.Title, &rule.Text, &rule.Fix} {
		if *text == "" { // GitHub refuses empty texts
			*text = rule.ID
		}
	}
	text, markdown := rule.Fix, "**What to do.** "+rule.Fix+"\n\n"
	for _, s := range (Options{}).whatToDo(nil, elsewhere) {
		text += "\n- " + s.Do
		markdown += "1. " + s.Do
		if s.Code != "" {
			text += " " + s.Code
			markdown += " " + codeSpan(s.Code)
		}
		markdown += "\n"
	}
	return sarifRule{
		ID: rule.ID, Name: truncated(pascal(rule.ID), 255),
		Short: sarifText{Text: truncated(rule.Title, 1024)}, Full: sarifText{Text: truncated(rule.Text, 1024)},
		Help:          sarifText{Text: text, Markdown: rule.Text + "\n\n" + markdown},
		Configuration: sarifLevel{sarifLevelOf(rule.Severity)},
		Properties: sarifRuleBits{
			Tags: []string{"security", "secret", "django"}, Precision: precision(rule.Severity),
			SecuritySeverity: securitySeverity(rule.Severity),
		},
	}
}

// pascal writes an id as SARIF likes names: DjangoSecretKey.
func pascal(id string) string {
	var b strings.Builder
	for _, word := range strings.FieldsFunc(id, func(r rune) bool { return r == '-' || r == '_' || r == '.' }) {
		b.WriteString(say.Capitalized(word))
	}
	return b.String()
}

func precision(s scanner.Severity) string {
	if s >= scanner.High {
		return "very-high"
	}
	return "high"
}

// securitySeverity is a number as GitHub sorts it: over 9.0 is critical, from
// 7.0 high, from 4.0 medium.
func securitySeverity(s scanner.Severity) string {
	switch s {
	case scanner.Critical:
		return "9.1"
	case scanner.High:
		return "8.0"
	case scanner.Medium:
		return "5.5"
	case scanner.Low:
		return "3.0"
	}
	return "1.0"
}

func sarifLevelOf(s scanner.Severity) string {
	switch {
	case s >= scanner.High:
		return "error"
	case s == scanner.Medium:
		return "warning"
	}
	return "note"
}

// sarifCoverage says what was not read, and what else a reader should know.
func sarifCoverage(r *scanner.Report) sarifInvocation {
	out := sarifInvocation{Successful: r.Coverage.Complete}
	tell := func(level, text string) {
		out.Notifications = append(out.Notifications, sarifNotification{level, sarifText{Text: text}})
	}
	if r.Coverage.Complete {
		tell("note", sarifEscape(coverageWords(r)))
	} else {
		tell("error", sarifEscape(coverageWords(r)))
	}
	for _, s := range r.Coverage.Skipped[:min(len(r.Coverage.Skipped), sarifLocations)] {
		tell("error", sarifEscape(skipWords(s)))
	}
	for _, note := range notes(r) {
		tell("note", sarifEscape(note))
	}
	return out
}

// sarifProvenance names the repository if it has a URL.
func sarifProvenance(s scanner.Scope) []sarifVersion {
	u, err := url.Parse(s.Repository)
	if err != nil || u.Host == "" || u.Scheme == "" {
		return nil
	}
	u.RawQuery, u.Fragment = "", ""
	return []sarifVersion{{u.String(), s.Head, sarifBase{sourceRoot}}}
}

func sarifOf(a alert, index map[string]int) sarifResult {
	k := a.key
	message := a.title() + ". " + sentence(keyStatus(k)) + " Fingerprint " + clean(string(k.Fingerprint)) + "."
	for _, reason := range reasons(k) {
		message += " " + sentence(reason)
	}
	result := sarifResult{
		RuleID: ruleOf(a), RuleIndex: index[ruleOf(a)], Level: sarifLevelOf(a.at.Severity),
		Message:   sarifText{Text: sarifEscape(message)},
		Locations: []sarifLocation{sarifLocationOf(a.at, k.Length)},
		Fingerprints: map[string]string{
			"primaryLocationLineHash": a.id()[:16] + ":1",
			"djangoKey/v1":            string(k.Fingerprint),
		},
		Properties: sarifResultBits{
			Severity: a.at.Severity, SecuritySeverity: securitySeverity(a.at.Severity),
			Class: k.Class, Status: a.at.Status, Refs: a.at.Refs[:min(len(a.at.Refs), sarifLocations)],
		},
	}
	if !atHead(a.at) && result.Level == "error" {
		result.Level = "warning"
	}
	result.Related = sarifRelated(a)
	sarifTimeline(&result, k)
	return result
}

// sarifRelated are the other places of the key.
func sarifRelated(a alert) []sarifLocation {
	var out []sarifLocation
	for i := range a.key.Occurrences {
		o := &a.key.Occurrences[i]
		if o == a.at || len(out) == sarifLocations {
			continue
		}
		id := len(out) + 1
		l := sarifLocationOf(o, a.key.Length)
		l.ID, l.Message = &id, &sarifText{Text: sarifEscape(sentence(placeStatus(o)))}
		out = append(out, l)
	}
	return out
}

// sarifTimeline adds the life of a key as a flow.
func sarifTimeline(result *sarifResult, k *scanner.Key) {
	list := events(k)
	if len(list) == 0 {
		return
	}
	result.Properties.FirstCommit = list[0].commit.Commit
	result.Properties.LastCommit = list[len(list)-1].commit.Commit
	var flow sarifThreadFlow
	for _, e := range list[:min(len(list), sarifSteps)] {
		l := sarifLocationOf(e.at, k.Length)
		l.Message = &sarifText{Text: sarifEscape(sentence(e.words()))}
		flow.Locations = append(flow.Locations, sarifFlowLocation{l})
	}
	result.CodeFlows = []sarifCodeFlow{{[]sarifThreadFlow{flow}}}
}

// sarifLocationOf is where a key is. The end is that of the key as Django sees
// it, which is longer or shorter than what is written where it has escapes.
func sarifLocationOf(o *scanner.Occurrence, length int) sarifLocation {
	line, column := max(o.Line, 1), max(o.Column, 1)
	return sarifLocation{Physical: sarifPhysical{
		Artifact: sarifArtifact{uri(o), sourceRoot},
		Region:   sarifRegion{line, column, line, column + max(length, 1)},
	}}
}

// uri is the path of an occurrence, relative to the root of the repository. A
// message and an object without a path have a place below .git, because GitHub
// refuses results without a file.
func uri(o *scanner.Occurrence) string {
	p := o.Path
	switch {
	case p != "":
	case o.Commit != "":
		p = ".git/commits/" + o.Commit
	case o.Blob != "":
		p = ".git/objects/" + o.Blob
	default:
		p = "stdin"
	}
	segments := strings.Split(p, "/")
	for i, s := range segments {
		segments[i] = url.PathEscape(s)
	}
	// A colon in the first segment would read as a scheme.
	return strings.ReplaceAll(strings.Join(segments, "/"), ":", "%3A")
}

// sarifEscape keeps text from being read as a link or a placeholder.
func sarifEscape(s string) string {
	return strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`, "{", "{{", "}", "}}").Replace(s)
}

// sentence begins with a capital and ends with a full stop.
func sentence(s string) string {
	if s == "" || strings.HasSuffix(s, ".") {
		return say.Capitalized(s)
	}
	return say.Capitalized(s) + "."
}

// truncated shortens s to at most n bytes of whole characters.
func truncated(s string, n int) string {
	if len(s) <= n {
		return s
	}
	n -= len("…")
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}
