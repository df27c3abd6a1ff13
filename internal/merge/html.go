package merge

import (
	_ "embed" // for the page
	"html/template"
	"io"
	"sync"

	"github.com/djleaks/djleaks/internal/fleet"
	"github.com/djleaks/djleaks/internal/report"
	"github.com/djleaks/djleaks/internal/say"
)

//go:embed fleet.tmpl
var pageTemplate string

// pageParts parses the template at its first use.
var pageParts = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("fleet").Funcs(template.FuncMap{"clean": report.Clean}).Parse(pageTemplate))
})

// page is what the template shows. The template cleans what comes from
// repositories.
type page struct {
	Policy, Title, Summary, Causes, Verdict, Version string

	Style            template.CSS
	Complete         bool
	Rules            []RuleSet
	Unread           []pageRepository
	Keys             []Key
	Owners           []Owner
	Counts           []pageCount
	Changes          []Difference
	Turns            []pageTurn
	MoreUnread       string
	MoreKeys         string
	MoreChanges      string
	Since            bool
	HoldersShown     int
	Notes            int
	SeveritiesOfKeys Counts
}

type (
	pageRepository struct{ State, ID, Owner, Why string }
	pageCount      struct{ What, Count string }
	pageTurn       struct{ ID, Was, Is string }
)

// writeHTML writes one file that asks for no other and has no script.
func writeHTML(w io.Writer, f *Fleet) error {
	p := &page{Title: title(f), Summary: totalsWords(f), Causes: causeWords(f), Verdict: string(f.Verdict), Version: f.Tool.Version, Complete: f.Complete(), HoldersShown: mostHolders}
	p.Style, p.Policy = report.PageStyle()
	if len(f.Rules) > 1 {
		p.Rules = f.Rules
	}
	for _, r := range f.byState() {
		if r.State == fleet.Read || len(p.Unread) == mostRows {
			break
		}
		p.Unread = append(p.Unread, pageRepository{string(r.State), r.ID, r.Owner, unreadWords(r)})
	}
	p.MoreUnread = left(f.Totals.unread() - len(p.Unread))
	keys, most := worthShowing(f)
	for _, g := range keys {
		p.Keys = append(p.Keys, f.key(g))
	}
	p.MoreKeys, p.Notes = left(most), len(f.keys)-len(keys)-most
	for _, g := range f.keys {
		p.SeveritiesOfKeys.add(g.severity)
	}
	p.Owners = f.owners()
	if f.since != nil {
		p.since(f.since)
	}
	return pageParts().Execute(w, p)
}

func (p *page) since(s *Since) {
	p.Since = true
	for _, c := range Changes() {
		if s.Counts[c] > 0 {
			p.Counts = append(p.Counts, pageCount{changeWords(c), say.Thousands(s.Counts[c])})
		}
	}
	p.Changes = s.Changes[:min(len(s.Changes), mostRows)]
	p.MoreChanges = left(len(s.Changes) - mostRows)
	for _, t := range s.Repositories[:min(len(s.Repositories), mostRows)] {
		p.Turns = append(p.Turns, pageTurn{t.ID, stateBefore(t), stateNow(t)})
	}
}

// left says how many rows are left out, "" if none are.
func left(n int) string {
	if n <= 0 {
		return ""
	}
	return say.Counted(n, "more is", "more are") + " in the JSON report."
}
