package report

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed" // for the parts of the page
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"strings"
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
	pagePlaces = 100
	pageEvents = 200
	pageKeys   = 20 // keys of a list that are not folded away
	pageRun    = 12 // lines of a command that are not folded away
	pageNames  = 12 // refs of a kind that are named before the rest is folded away
	pageMost   = 2000

	pageAllNames = 200 // refs of a kind, or ranges of them, at all
)

type (
	pageView struct {
		Policy, Title, Subject, Verdict, Answer, Rest, Summary, Coverage, Tool string

		Complete     bool
		First        *pageFirst
		Facts        []pageFact
		Plays        []pagePlay
		Radius       *pageRadius
		Overview     *timeline
		Filters      []pageFilter
		Lists        []pageList
		Rules        []scanner.Rule
		Skips, Notes []string
		Style        template.CSS
		Script, JSON template.JS
	}
	// pageFirst is the key that the answer is about.
	pageFirst struct {
		Masked, Class, Live, Exposure string
		IsLive                        bool
	}
	pageFact struct {
		Name, Text string
		Code       bool
	}
	pagePlay struct {
		Title string
		Boxes []pageBox
	}
	pageBox struct {
		When  string
		Start int // number of its first step
		Steps []pageStep
	}
	pageStep struct {
		At, Do, Run, Lines string
		Long               bool
	}
	pageRadius struct {
		Django, Window string
		Groups         []pageEffects
		Evidence       []pageEvidence
	}
	pageEffects struct {
		Title, Class string
		Effects      []pageEffect
	}
	pageEffect struct {
		Feature, At, Reason, Attack, Rotation, Help string
		Possible                                    bool
	}
	pageEvidence struct {
		Title string
		Rows  []pageRow
	}
	pageRow    struct{ Feature, At, Reason string }
	pageFilter struct {
		ID, Title, Count string
		All              bool
	}
	pageList struct {
		Title, MoreTitle string
		Keys, More       []pageKey
	}
	pageKey struct {
		Open, IsLive bool

		Group, Level, Masked, Class, Status, Decision, At, Fingerprint, Rule string

		Length         int
		Words, Reasons []string
		Refs           []pageRefs
		Timeline       *timeline
		Places         []pageOccurrence
		Events         []pageEvent
		Left           []string
	}
	pageRefs       struct{ Short, More string }
	pageOccurrence struct{ Place, Name, Status, Replacement string }
	pageEvent      struct{ Date, What, Commit, Link, Author string }
)

func writeHTML(w io.Writer, r *scanner.Report, opt Options) error {
	inside := normalized(r)
	fold(inside)
	text, err := json.Marshal(inside) // with <, > and & escaped
	if err != nil {
		return fmt.Errorf("report: html: %w", err)
	}
	sorted(r)
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
		Verdict: clean(string(r.Verdict)), Complete: r.Coverage.Complete,
		Summary: sentence(verdictWords(r, 0)), Coverage: sentence(coverageWords(r)),
		Tool: "Made by djleaks " + clean(r.Tool.Version) + ".", Facts: pageFacts(r),
	}
	name, date := reportName(r), reportDate(r, opt)
	view.Subject = strings.TrimSpace("Django secret keys in " + name + " " + date)
	first, rest := answer(r)
	if first == "" {
		first = verdictTitle(r)
	}
	view.Answer, view.Rest = sentence(first), sentence(listed(rest))
	if len(rest) == 0 {
		view.Rest = ""
	}
	view.Title = strings.TrimSpace(name+" "+date) + ": " + first
	view.First = pageFirstOf(r)
	worth, _ := shown(r, opt.All)
	if lanes := keyLanes(worth); len(lanes) > 1 {
		view.Overview = newTimeline(lanes)
	}
	view.Plays, view.Radius = pagePlays(r, opt), pageRadiusOf(r)
	pageLists(view, r, opt)
	view.Rules = rulesOf(r, opt)
	for _, s := range r.Coverage.Skipped {
		view.Skips = append(view.Skips, skipWords(s))
	}
	view.Notes = append(view.Notes, notes(r)...)
	return view
}

// reportName is the last part of the repository's name, or what was scanned.
func reportName(r *scanner.Report) string {
	name := cmp.Or(r.Scope.ID, r.Scope.Remote, r.Scope.Repository)
	name = strings.TrimSuffix(strings.TrimRight(strings.ReplaceAll(name, `\`, "/"), "/"), "/.git")
	name = strings.TrimSuffix(name[strings.LastIndexByte(name, '/')+1:], ".git")
	if name == "" {
		return clean(string(r.Scope.Kind))
	}
	return clean(name)
}

// reportDate is the day of the scan: what the exposures end with, or else the
// time that the caller gives.
func reportDate(r *scanner.Report, opt Options) string {
	for i := range r.Keys {
		if k := &r.Keys[i]; k.Dossier != nil && k.Exposure != nil && k.Exposure.LastSource == "now" {
			return day(k.Exposure.Last)
		}
	}
	if opt.End.IsZero() {
		return ""
	}
	return day(opt.End)
}

func pageFirstOf(r *scanner.Report) *pageFirst {
	for _, d := range scanner.Decisions() {
		if keys := byDecision(r, d); len(keys) > 0 {
			k := keys[0]
			return &pageFirst{clean(k.Masked), classWords(k.Class), liveWords(k), exposureWords(k), k.Live != nil && *k.Live}
		}
	}
	return nil
}

func pagePlays(r *scanner.Report, opt Options) (out []pagePlay) {
	for i := range r.Playbook {
		p := &r.Playbook[i]
		play := pagePlay{Title: "What to do: " + decisionWords(p.Decision) + " (" + say.Counted(len(p.Keys), "key", "keys") + ")"}
		number := 1
		for _, b := range boxesOf(p) {
			words := whenWords(b.When)
			box := pageBox{When: say.Capitalized(words), Start: number}
			for j := range b.Steps {
				box.Steps = append(box.Steps, pageStepOf(b.Steps[j].Do, b.Steps[j].Run, pathAndLine(b.Steps[j].Path, b.Steps[j].Line)))
				number++
			}
			play.Boxes = append(play.Boxes, box)
		}
		out = append(out, play)
	}
	if failing := r.Failing(); len(out) == 0 && len(failing) > 0 {
		box := pageBox{When: "In this order", Start: 1}
		for _, s := range opt.whatToDo(failing, elsewhere) {
			box.Steps = append(box.Steps, pageStepOf(s.Do, s.Code, ""))
		}
		out = append(out, pagePlay{Title: "What to do", Boxes: []pageBox{box}})
	}
	return out
}

func pageStepOf(do, run, at string) pageStep {
	lines := runLines(run)
	return pageStep{
		At: at, Do: clean(do), Run: strings.Join(lines, "\n"), Long: len(lines) > pageRun,
		Lines: say.Counted(len(lines), "line", "lines"),
	}
}

func pageRadiusOf(r *scanner.Report) *pageRadius {
	p := r.Project
	if p == nil {
		return nil
	}
	out := &pageRadius{Django: djangoWords(p)}
	effects := radius(r)
	if len(effects) > 0 {
		out.Window = windowWords(&p.Window)
	}
	for _, e := range effects {
		if n := len(out.Groups); n == 0 || out.Groups[n-1].Class != string(e.Effect) {
			words := effectWords(e.Effect)
			out.Groups = append(out.Groups, pageEffects{Title: say.Capitalized(words), Class: clean(string(e.Effect))})
		}
		g := &out.Groups[len(out.Groups)-1]
		g.Effects = append(g.Effects, pageEffect{
			clean(e.Feature), pathAndLine(e.Path, e.Line), clean(e.Reason), clean(e.Attack), clean(e.Rotation), helpWords(e.Fallbacks), !e.Certain,
		})
	}
	for _, x := range []struct {
		title string
		list  []scanner.Evidence
	}{{"Not affected", p.NotAffected}, {"Not seen", p.NotSeen}} {
		rows := []pageRow{}
		for _, e := range x.list {
			rows = append(rows, pageRow{clean(e.Feature), pathAndLine(e.Path, e.Line), clean(e.Reason)})
		}
		if len(rows) > 0 {
			out.Evidence = append(out.Evidence, pageEvidence{x.title + " (" + say.Thousands(len(rows)) + ")", rows})
		}
	}
	return out
}

func pageFacts(r *scanner.Report) []pageFact {
	fails := r.FailOn.String() + " and above"
	if r.FailOnVerdict != "" {
		fails = clean(string(r.FailOnVerdict)) + " and what is more urgent"
	}
	var out []pageFact
	for _, f := range []pageFact{
		{"Scan", clean(string(r.Scope.Kind)), false},
		{"Repository", clean(cmp.Or(r.Scope.ID, r.Scope.Repository)), true},
		{"Range", clean(r.Scope.Range), true},
		{"Base", short(r.Scope.Base), true},
		{"HEAD", short(r.Scope.Head), true},
		{"Fails on", fails, false},
	} {
		if f.Text != "" {
			out = append(out, f)
		}
	}
	return out
}

// rulesOf are the rules of the keys on the page, each once.
func rulesOf(r *scanner.Report, opt Options) (out []scanner.Rule) {
	used := map[string]bool{}
	for _, k := range r.Keys {
		used[k.Rule] = true
	}
	for _, rule := range opt.Rules {
		if used[rule.ID] {
			out = append(out, rule)
		}
	}
	return out
}

// pageGroup is the filter that a key belongs to.
func pageGroup(k *scanner.Key) string {
	switch rank := keyRank(k); {
	case k.Accepted != nil:
		return "accepted"
	case rank < rankReview:
		return "now"
	case rank == rankReview:
		return "review"
	case rank == rankHistory:
		return "history"
	}
	return "never"
}

// pageLists makes the lists of keys, by what is to be done, and the filters.
func pageLists(view *pageView, r *scanner.Report, opt Options) {
	counts := map[string]int{}
	all, left := 0, pageMost
	add := func(title string, keys []*scanner.Key, open bool) {
		list := pageList{Title: title + " (" + say.Thousands(len(keys)) + ")"}
		for _, k := range keys {
			counts[pageGroup(k)]++
			all++
			if left--; left < 0 {
				continue
			}
			page := pageKeyOf(k, r, opt, open && len(list.Keys) == 0)
			if len(list.Keys) < pageKeys {
				list.Keys = append(list.Keys, page)
			} else {
				list.More = append(list.More, page)
			}
		}
		list.MoreTitle = say.Counted(len(list.More), "more key", "more keys")
		if len(keys) > 0 {
			view.Lists = append(view.Lists, list)
		}
	}
	titles := map[scanner.Decision]string{"": "Nothing to decide"}
	if !hasDossiers(r) {
		titles[""] = "Open"
	}
	for _, d := range append(scanner.Decisions(), "") {
		title, ok := titles[d]
		if !ok {
			title = say.Capitalized(decisionWords(d))
		}
		add(title, byDecision(r, d), len(view.Lists) == 0)
	}
	add("Accepted", pointers(r.Accepted), false)
	add("Known before", pointers(r.Known), false)
	add("Never committed; gone after git gc --prune=now", pointers(r.NeverCommitted), false)
	view.Filters = []pageFilter{{"all", "all", say.Thousands(all), true}}
	for _, f := range []pageFilter{{ID: "now", Title: "there now"}, {ID: "review", Title: "in pull requests"}, {ID: "history", Title: "in history"}, {ID: "never", Title: "in no history"}, {ID: "accepted", Title: "accepted"}} {
		if n := counts[f.ID]; n > 0 && n < all {
			f.Count = say.Thousands(n)
			view.Filters = append(view.Filters, f)
		}
	}
}

func pointers(keys []scanner.Key) []*scanner.Key {
	out := make([]*scanner.Key, len(keys))
	for i := range keys {
		out[i] = &keys[i]
	}
	return out
}

func pageKeyOf(k *scanner.Key, r *scanner.Report, opt Options, open bool) pageKey {
	v := pageKey{
		Open: open, IsLive: k.Dossier != nil && k.Live != nil && *k.Live, Group: pageGroup(k),
		Level: k.Severity.String(), Masked: clean(k.Masked), Class: classWords(k.Class), Status: keyStatus(k), Decision: decisionWords(decision(k)),
		Fingerprint: clean(string(k.Fingerprint)), Length: k.Length, Rule: clean(k.Rule), Timeline: newTimeline(placeLanes(k)),
	}
	if k.Dossier == nil {
		v.Decision = keyStatus(k)
	} else {
		v.Words = append([]string{liveWords(k), exposureWords(k)}, lineageWords(k)...)
	}
	if k.Accepted != nil {
		v.Words = append(v.Words, sentence(acceptedWords(k.Accepted)))
	}
	v.Reasons = append(v.Reasons, reasons(k)...)
	groups := groupRefs(keyRefs(k))
	for i := range groups {
		refs := pageRefs{Short: groups[i].words(pageNames)}
		if full := groups[i].words(pageAllNames); full != refs.Short {
			refs.More = full
		}
		v.Refs = append(v.Refs, refs)
	}
	pagePlacesOf(&v, k, opt)
	pageEventsOf(&v, k, r)
	return v
}

func pagePlacesOf(v *pageKey, k *scanner.Key, opt Options) {
	for i := range k.Occurrences[:min(len(k.Occurrences), pagePlaces)] {
		o := &k.Occurrences[i]
		if i == 0 {
			v.At = place(o)
		}
		p := pageOccurrence{Place: place(o), Name: clean(o.Name), Status: placeStatus(o)}
		if current(o.Status) {
			p.Replacement = opt.replacementOf(o).String()
		}
		v.Places = append(v.Places, p)
	}
	if n := len(k.Occurrences) - pagePlaces; n > 0 {
		v.Left = append(v.Left, say.Counted(n, "more place", "more places")+" in the JSON report.")
	}
	if n := len(k.Occurrences) - 1; n > 0 {
		v.At += " and " + say.Counted(n, "more place", "more places")
	}
}

func pageEventsOf(v *pageKey, k *scanner.Key, r *scanner.Report) {
	add := func(c scanner.Commit, what string) {
		date := day(c.Date)
		if c.AtOrBefore {
			date = "≤ " + date
		}
		v.Events = append(v.Events, pageEvent{date, what, short(c.Commit), commitLink(remote(r), c.Commit), authorName(c.Author)})
	}
	n := 0
	if k.Dossier != nil {
		n = len(k.Timeline)
		for i := range k.Timeline[:min(n, pageEvents)] {
			add(k.Timeline[i].Commit, changeWords(&k.Timeline[i]))
		}
		n += k.MoreChanges
	} else {
		list := events(k)
		n = len(list)
		for _, e := range list[:min(n, pageEvents)] {
			add(e.commit, e.verb+" at "+where(e.at))
		}
	}
	if n > len(v.Events) {
		v.Left = append(v.Left, say.Counted(n-len(v.Events), "more change", "more changes")+" in the JSON report.")
	}
}
