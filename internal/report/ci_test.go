package report

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/djleaks/djleaks/scanner"
)

func decode[T any](t *testing.T, text string) T {
	t.Helper()
	var out T
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func results(t *testing.T, r *scanner.Report, opt Options) []sarifResult {
	t.Helper()
	return decode[sarifLog](t, render(t, "sarif", r, opt)).Runs[0].Results
}

func TestAnAlertKeepsItsIdentityWhenLinesAndCommitsChange(t *testing.T) {
	before := results(t, liveCase(), testOptions())
	r := liveCase()
	o := &r.Keys[0].Occurrences[0]
	o.Line, o.Column, o.Blob = 99, 3, object("later")
	o.Introduced = append(o.Introduced, commit("later", "2024-01-01T00:00:00Z", "Eve"))
	after := results(t, r, testOptions())
	if before[0].Fingerprints["primaryLocationLineHash"] != after[0].Fingerprints["primaryLocationLineHash"] {
		t.Error("a new line opens a new alert")
	}
	o.Path = "other.py"
	moved := results(t, r, testOptions())
	if before[0].Fingerprints["primaryLocationLineHash"] == moved[0].Fingerprints["primaryLocationLineHash"] {
		t.Error("two paths have one alert")
	}
	if before[0].Fingerprints["djangoKey/v1"] != string(r.Keys[0].Fingerprint) {
		t.Error("the key's fingerprint is missing")
	}
}

func TestSARIFHasNoAuthorAndNoSnippet(t *testing.T) {
	for name, r := range cases() {
		out := render(t, "sarif", r, testOptions())
		for _, bad := range []string{"Lovelace", "Hopper", "<b>eve", "snippet", "example.org/x.git\x1b", "user:token"} {
			if strings.Contains(out, bad) {
				t.Errorf("%s.sarif has %q", name, bad)
			}
		}
	}
}

func TestSARIFAnchorsKeysOfTheHistory(t *testing.T) {
	all := results(t, historyCase(), testOptions())
	if len(all) != 1 || all[0].Level != "warning" || all[0].Locations[0].Physical.Artifact.URI != "shop/settings/base.py" {
		t.Errorf("%+v", all)
	}
	if n := len(all[0].CodeFlows[0].ThreadFlows[0].Locations); n != 9 {
		t.Errorf("the timeline has %d steps", n)
	}
}

func TestAlertsAreWhereTheReaderHasTheFile(t *testing.T) {
	r := newReport(scanner.ScopeAudit)
	k := key(1, scanner.ClassDjango, scanner.High, scanner.StatusLive)
	at(&k, "a.py", 1).Refs = []string{"refs/pull/7/head"}
	at(&k, "b.py", 2).Refs = []string{"refs/tags/v1"}
	at(&k, "c.py", 3).Refs = []string{"refs/heads/main", "HEAD"}
	at(&k, "d.py", 4).Refs = []string{"HEAD"}
	r.Keys = []scanner.Key{k}
	paths := func() (out []string) {
		for _, s := range results(t, closed(r), testOptions()) {
			out = append(out, s.Level+" "+s.Locations[0].Physical.Artifact.URI)
		}
		return out
	}
	if got := paths(); !slices.Equal(got, []string{"error c.py", "error d.py"}) {
		t.Error(got)
	}
	r.Keys[0].Occurrences = r.Keys[0].Occurrences[:2]
	if got := paths(); !slices.Equal(got, []string{"warning b.py"}) {
		t.Error(got)
	}
	if out := render(t, "github", r, Options{}); strings.Contains(out, "file=") {
		t.Error(out)
	}
}

func TestSARIFSaysThatAScanIsIncomplete(t *testing.T) {
	run := decode[sarifLog](t, render(t, "sarif", incompleteCase(), testOptions())).Runs[0]
	if inv := run.Invocations[0]; inv.Successful || inv.Notifications[0].Level != "error" || len(inv.Notifications) != 5 {
		t.Errorf("%+v", inv)
	}
}

func TestSARIFTextIsNeitherALinkNorAPlaceholder(t *testing.T) {
	r := liveCase()
	r.Keys[0].Occurrences[0].Name = "[x](http://evil) {0}"
	if got := results(t, r, testOptions())[0].Message.Text; !strings.Contains(got, `\[x\](http:`) || !strings.Contains(got, "{{0}}") {
		t.Error(got)
	}
}

func TestURIsAreRelativeAndEncoded(t *testing.T) {
	for path, want := range map[string]string{
		"a b/c#d?.py": "a%20b/c%23d%3F.py",
		"http:x":      "http%3Ax",
		"ä\n":         "%C3%A4%0A",
		"100%":        "100%25",
	} {
		if got := uri(&scanner.Occurrence{Path: path}); got != want {
			t.Errorf("%q is %q, want %q", path, got, want)
		}
	}
	if got := uri(&scanner.Occurrence{Commit: "ab"}); got != ".git/commits/ab" {
		t.Error(got)
	}
}

func TestEveryCIFormatSaysThatAScanIsIncomplete(t *testing.T) {
	for _, format := range Formats() {
		out := strings.ToLower(render(t, format, incompleteCase(), testOptions()))
		if !strings.Contains(out, "incomplete") {
			t.Errorf("%s does not say it:\n%s", format, out)
		}
	}
}

func TestGitLabTimesHaveNoZone(t *testing.T) {
	opt := testOptions()
	opt.Start = time.Date(2026, 1, 2, 3, 4, 5, 6, time.FixedZone("", 3600))
	opt.End = time.Time{}
	scan := decode[gitlabReport](t, render(t, "gitlab", liveCase(), opt)).Scan
	if scan.Start != "2026-01-02T02:04:05" || scan.End != "1970-01-01T00:00:00" {
		t.Errorf("%s, %s", scan.Start, scan.End)
	}
}

func TestGitLabIdentifiersAreUUIDs(t *testing.T) {
	pattern := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$`)
	for _, v := range decode[gitlabReport](t, render(t, "gitlab", mixedCase(), testOptions())).Vulnerabilities {
		if !pattern.MatchString(v.ID) {
			t.Errorf("%q", v.ID)
		}
	}
}

func TestJUnitHasATestForEachKeyAndOneThatPasses(t *testing.T) {
	var clean, mixed junitSuites
	if err := xml.Unmarshal([]byte(render(t, "junit", cleanCase(), testOptions())), &clean); err != nil {
		t.Fatal(err)
	}
	if clean.Tests != 1 || clean.Failures+clean.Errors != 0 || len(clean.Suites[0].Cases) != 1 {
		t.Errorf("clean: %+v", clean)
	}
	if err := xml.Unmarshal([]byte(render(t, "junit", mixedCase(), testOptions())), &mixed); err != nil {
		t.Fatal(err)
	}
	if mixed.Tests != 4 || mixed.Failures != 2 || mixed.Errors != 0 {
		t.Errorf("mixed: %+v", mixed)
	}
}

func TestGitHubShowsTheWorstKeysAndCountsTheRest(t *testing.T) {
	r := newReport(scanner.ScopeRange)
	for n := range 40 {
		s := []scanner.Severity{scanner.Medium, scanner.Critical, scanner.High, scanner.Low}[n%4]
		k := key(40+n, scanner.ClassDjango, s, scanner.StatusLive)
		at(&k, "settings.py", n+1).Refs = []string{"HEAD"}
		r.Keys = append(r.Keys, k)
	}
	out := render(t, "github", closed(r), Options{})
	if e, w := strings.Count(out, "::error "), strings.Count(out, "::warning "); e != githubLimit || w != githubLimit {
		t.Errorf("%d errors, %d warnings", e, w)
	}
	if first := strings.SplitN(out, "\n", 2)[0]; !strings.Contains(first, "(critical)") {
		t.Errorf("the first one is %s", first)
	}
	if !strings.Contains(out, "20 more places of keys are in the job summary") {
		t.Error(out)
	}
	r.Remarks = slices.Repeat([]scanner.Remark{{Kind: scanner.NearMiss, Path: "a.py", Line: 1, Text: "# djleaks allow"}}, 30)
	if n := strings.Count(render(t, "github", r, Options{}), "::notice "); n != githubLimit {
		t.Errorf("%d notices", n)
	}
}

func TestGitHubGivesNoFileForWhatIsNotThere(t *testing.T) {
	out := render(t, "github", historyCase(), Options{})
	if strings.Contains(out, "file=") || !strings.Contains(out, "At shop/settings/base.py:7:15.") {
		t.Error(out)
	}
}

func TestMarkdownStaysBelowTheLimitOfAJobSummary(t *testing.T) {
	r := newReport(scanner.ScopeAudit)
	for n := range 3000 {
		k := key(100+n, scanner.ClassDjango, scanner.High, scanner.StatusLive)
		for range 5 {
			o := at(&k, strings.Repeat("long/", 60)+"settings.py", 1)
			o.Introduced = []scanner.Commit{commit("a", "2021-03-04T10:00:00Z", "Ada Lovelace")}
		}
		r.Keys = append(r.Keys, k)
	}
	out := render(t, "markdown", closed(r), testOptions())
	if len(out) > 1<<20 || !strings.Contains(out, "more keys are in the JSON report") || !strings.Contains(out, "What was read") {
		t.Errorf("%d bytes", len(out))
	}
}

func TestCodeSpansHoldBackticks(t *testing.T) {
	for s, want := range map[string]string{"a": "`a`", "a`b": "`` a`b ``", "``": "``` `` ```", "": "`  `"} {
		if got := codeSpan(s); got != want {
			t.Errorf("%q is %q, want %q", s, got, want)
		}
	}
}

func TestTheHTMLPageAsksForNothingAndRunsOnlyItsOwnScript(t *testing.T) {
	for name, r := range cases() {
		out := render(t, "html", r, testOptions())
		if n := strings.Count(strings.ToLower(out), "<script"); n != 2 {
			t.Errorf("%s has %d scripts", name, n)
		}
		if bad := regexp.MustCompile(`(?i)<(img|link|iframe|object|embed|base|form)\b|\s(src|href|action|style|on[a-z]+)=|@import|url\(`).
			FindString(links.ReplaceAllString(visible(out), "<a>")); bad != "" {
			t.Errorf("%s has %q", name, bad)
		}
		for _, part := range []string{pageScript, pageStyle} {
			sum := sha256.Sum256([]byte(part))
			hash := strings.ReplaceAll(base64.StdEncoding.EncodeToString(sum[:]), "+", "&#43;")
			if !strings.Contains(out, "'sha256-"+hash+"'") && !strings.Contains(out, "&#39;sha256-"+hash+"&#39;") {
				t.Errorf("%s: the policy does not know a part of the page", name)
			}
			if !strings.Contains(out, ">"+part+"</") {
				t.Errorf("%s: a part of the page is changed", name)
			}
		}
	}
}

// links are those of commits, which lead to known forges only.
var links = regexp.MustCompile(`<a href="https://(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org|gitea\.com)/[\w./~-]+" rel="noopener noreferrer">`)

// visible is the page without the JSON in it, whose strings are data, and
// without the texts between tags.
func visible(page string) string {
	before, rest, _ := strings.Cut(page, embedded)
	_, after, _ := strings.Cut(rest, "</script>")
	return strings.Join(regexp.MustCompile(`<[^>]*>`).FindAllString(before+after, -1), "\n")
}

func TestTheTimelineHasGapsWhereTheKeyWasGone(t *testing.T) {
	line := newTimeline(placeLanes(&historyCase().Keys[0]))
	if n := len(line.Rows[0].Bars); n != 2 {
		t.Errorf("%d bars for a key that came, went and came again", n)
	}
	if n := len(newTimeline(placeLanes(&liveCase().Keys[0])).Rows); n != 2 {
		t.Errorf("%d rows for two places", n)
	}
	for _, r := range cases() {
		for _, row := range rowsOf(r) {
			for _, b := range row.Bars {
				x, err1 := strconv.ParseFloat(b.X, 64)
				width, err2 := strconv.ParseFloat(b.Width, 64)
				if err1 != nil || err2 != nil || x < 0 || width <= 0 || x+width > 100 {
					t.Errorf("a bar from %s %% of %s %% is outside the picture", b.X, b.Width)
				}
			}
		}
	}
}

func TestTheTimelineSaysWhichKindOfRefStillHasTheKey(t *testing.T) {
	k := historyCase().Keys[0]
	k.Occurrences = slices.Clone(k.Occurrences)
	for _, c := range []struct {
		refs  []string
		state string
		weak  bool
	}{
		{[]string{"HEAD", "refs/heads/main"}, "in current code", false},
		{[]string{"refs/pull/7/head"}, "still in pull requests", true},
		{[]string{"refs/tags/v1"}, "still in tags", true},
	} {
		k.Status = scanner.StatusLive
		for i := range k.Occurrences {
			k.Occurrences[i].Refs, k.Occurrences[i].Status = c.refs, scanner.StatusLive
		}
		line := newTimeline(keyLanes([]scanner.Key{k}))
		if row := line.Rows[0]; row.State != c.state || row.Weak != c.weak || line.Weak != c.weak || !strings.HasSuffix(row.Words, c.state) {
			t.Errorf("%v: %+v", c.refs, row)
		}
		if got := placeStatus(&k.Occurrences[0]); got != c.state {
			t.Errorf("%v: the place is %q", c.refs, got)
		}
	}
}

func rowsOf(r *scanner.Report) []timeRow {
	if line := newTimeline(keyLanes(r.Keys)); line != nil {
		return append(line.Rows, line.More...)
	}
	return nil
}

func TestARepositorysAddressLosesItsPassword(t *testing.T) {
	for in, want := range map[string]string{
		"https://user:token@example.org/x.git":  "https://example.org/x.git",
		"https://token@example.org":             "https://example.org",
		"https://a@b@example.org/x@y":           "https://example.org/x@y",
		"ssh://git@example.org/x.git\x1b]0;t\a": "ssh://example.org/x.git\x1b]0;t\a",
		"/home/ada@work/x":                      "/home/ada@work/x",
		"git@example.org:x.git":                 "git@example.org:x.git",
	} {
		if got := withoutLogin(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

func TestTheReportIsNotChangedByBeingShown(t *testing.T) {
	r := hostileCase()
	before := r.Keys[0].Occurrences[0].Introduced[0].Date
	for _, format := range Formats() {
		render(t, format, r, testOptions())
	}
	if !r.Keys[0].Occurrences[0].Introduced[0].Date.Equal(before) || !strings.Contains(r.Scope.Repository, "token") {
		t.Error("Write changed its report")
	}
}
