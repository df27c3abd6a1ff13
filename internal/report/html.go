package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // for the parts of the page
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"sync"

	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// The parts of the HTML page. It is one file that asks for no other, works
// without its script, and carries the JSON report, which Read finds again.
var (
	//go:embed page.tmpl
	pageTemplate string
	//go:embed page.css
	pageStyle string
	//go:embed page.js
	pageScript string
)

// pageParts parses the template at its first use.
var pageParts = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Parse(pageTemplate))
})

// How much of one key the page shows; the JSON inside has it all.
const (
	pagePlaces = 200
	pageEvents = 400
	pageOpen   = 3 // keys that are unfolded
)

type (
	pageView struct {
		Policy, Title, Verdict, Summary, Coverage, Tool string
		Complete                                        bool
		Facts                                           []pageFact
		Overview                                        *timeline
		Keys                                            []pageKey
		Steps                                           []step
		Others                                          []pageOthers
		Skips, Notes                                    []string
		Style                                           template.CSS
		Script, JSON                                    template.JS
	}
	pageFact struct {
		Name, Text string
		Code       bool
	}
	pageKey struct {
		Open, Advised                                             bool // Advised: a place has a line to write instead
		Level, Masked, Class, Status, At, Fingerprint, Rule, Refs string
		Length                                                    int
		Reasons                                                   []string
		RuleText                                                  string
		Timeline                                                  *timeline
		Places                                                    []pagePlace
		Events                                                    []pageEvent
		More                                                      []string
	}
	pagePlace  struct{ Place, Name, Status, Instead string }
	pageEvent  struct{ Date, What, Commit, Author, Where string }
	pageOthers struct {
		Title   string
		Reasons bool
		Rows    []pageOther
	}
	pageOther struct{ Masked, Fingerprint, Place, Reason string }
)

func writeHTML(w io.Writer, r *scanner.Report, opt Options) error {
	text, err := json.Marshal(r) // with <, > and & escaped
	if err != nil {
		return fmt.Errorf("report: html: %w", err)
	}
	arrange(r)
	view := pageOf(r, opt)
	view.JSON = template.JS(printableJSON(text))
	view.Style, view.Script = template.CSS(pageStyle), template.JS(pageScript)
	view.Policy = "default-src 'none'; base-uri 'none'; form-action 'none'; style-src '" + digest(pageStyle) +
		"'; script-src '" + digest(pageScript) + "'"
	var b bytes.Buffer
	if err := pageParts().Execute(&b, view); err != nil {
		return fmt.Errorf("report: html: %w", err)
	}
	_, err = w.Write(b.Bytes())
	return err
}

// digest names a part of the page for its policy.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// pageOf turns the report into what the page shows: clean strings.
func pageOf(r *scanner.Report, opt Options) *pageView {
	view := &pageView{
		Title: verdictTitle(r), Verdict: clean(string(r.Verdict)), Complete: r.Coverage.Complete,
		Summary: sentence(verdictWords(r, 0)), Coverage: sentence(coverageWords(r)),
		Tool: "Made by djleaks " + clean(r.Tool.Version) + ".", Facts: pageFacts(r),
	}
	worth, _ := shown(r, opt.All)
	if lanes := keyLanes(worth); len(lanes) > 1 {
		view.Overview = newTimeline(lanes)
	}
	for i := range r.Keys {
		view.Keys = append(view.Keys, pageKeyOf(&r.Keys[i], i < pageOpen, opt))
	}
	if failing := r.Failing(); len(failing) > 0 {
		view.Steps = opt.whatToDo(failing, elsewhere)
	}
	for _, o := range []pageOthers{
		{"Accepted keys", true, pageRows(r.Accepted)},
		{"Keys that were known before", false, pageRows(r.Known)},
		{"Keys that were never committed; gone after git gc --prune=now", false, pageRows(r.NeverCommitted)},
	} {
		if len(o.Rows) > 0 {
			view.Others = append(view.Others, o)
		}
	}
	for _, s := range r.Coverage.Skipped {
		view.Skips = append(view.Skips, skipWords(s))
	}
	view.Notes = append(view.Notes, notes(r)...)
	return view
}

func pageFacts(r *scanner.Report) []pageFact {
	var out []pageFact
	for _, f := range []pageFact{
		{"Scan", clean(string(r.Scope.Kind)), false},
		{"Repository", clean(r.Scope.Repository), true},
		{"Range", clean(r.Scope.Range), true},
		{"Base", short(r.Scope.Base), true},
		{"HEAD", short(r.Scope.Head), true},
		{"Fails on", r.FailOn.String() + " and above", false},
	} {
		if f.Text != "" {
			out = append(out, f)
		}
	}
	return out
}

func pageKeyOf(k *scanner.Key, open bool, opt Options) pageKey {
	v := pageKey{
		Open: open, Level: k.Severity.String(), Masked: clean(k.Masked), Class: classWords(k.Class), Status: keyStatus(k),
		Fingerprint: clean(string(k.Fingerprint)), Length: k.Length, Rule: clean(k.Rule), Refs: refNames(keyRefs(k), pagePlaces),
		Timeline: newTimeline(placeLanes(k)),
	}
	v.Reasons = append(v.Reasons, reasons(k)...)
	for _, rule := range opt.Rules {
		if rule.ID == k.Rule {
			v.RuleText = rule.Text
		}
	}
	for i := range k.Occurrences[:min(len(k.Occurrences), pagePlaces)] {
		o := &k.Occurrences[i]
		if i == 0 {
			v.At = place(o)
		}
		p := pagePlace{Place: place(o), Name: clean(o.Name), Status: statusWords(o.Status)}
		if current(o.Status) {
			p.Instead, v.Advised = opt.insteadOf(o).String(), true
		}
		v.Places = append(v.Places, p)
	}
	if n := len(k.Occurrences) - pagePlaces; n > 0 {
		v.More = append(v.More, say.Counted(n, "more place", "more places")+" in the JSON report.")
	}
	if n := len(k.Occurrences) - 1; n > 0 {
		v.At += " and " + say.Counted(n, "more place", "more places")
	}
	list := events(k)
	for _, e := range list[:min(len(list), pageEvents)] {
		date := day(e.commit.Date)
		if e.commit.AtOrBefore {
			date = "≤ " + date
		}
		v.Events = append(v.Events, pageEvent{date, e.verb, short(e.commit.Commit), person(e.commit.Author), where(e.at)})
	}
	if n := len(list) - pageEvents; n > 0 {
		v.More = append(v.More, say.Counted(n, "more change", "more changes")+" in the JSON report.")
	}
	return v
}

func pageRows(keys []scanner.Key) []pageOther {
	var out []pageOther
	for i := range keys {
		k := &keys[i]
		row := pageOther{Masked: clean(k.Masked), Fingerprint: clean(string(k.Fingerprint))}
		if len(k.Occurrences) > 0 {
			row.Place = place(&k.Occurrences[0])
		}
		if k.Accepted != nil {
			row.Reason = acceptedWords(k.Accepted)
		}
		out = append(out, row)
	}
	return out
}
