package merge

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/djleaks/djleaks/internal/fleet"
	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// Options say what fails.
type Options struct {
	Version string           // of the program
	FailOn  scanner.Severity // lowest severity that fails
	Verdict scanner.Decision // fail on this decision instead; "" for the severity
	MaxAge  time.Duration    // how long ago a repository may have been looked at; 0 for ever
	Now     time.Time        // what MaxAge counts from
}

// RefusedError is why stores cannot be merged at all.
type RefusedError struct{ Problem, Advice string }

func (e *RefusedError) Error() string { return e.Problem }

// Hint says what to do.
func (e *RefusedError) Hint() string { return e.Advice }

// held is a key in one repository.
type held struct {
	repository int32 // index into gathering.repositories
	change     Change
	fleet.Key
}

// gathering is what Gather collects.
type gathering struct {
	opt          Options
	repositories []Repository // in the order of the list
	costs        []int64      // of their audits, in milliseconds
	held         []held
	lists        map[string]int // digests of lists, with the number of repositories
	same         map[string]string
}

// Gather reads the records of all repositories of a list from the stores. Of
// several records of one repository the newest counts. A record that cannot be
// read is a failed one; one that shows a key, and records of different lists, are
// refused: *RefusedError.
func Gather(list fleet.List, stores []*fleet.Store, since *Old, opt Options) (*Fleet, error) {
	g := &gathering{opt: opt, lists: map[string]int{}, same: map[string]string{}}
	for i, e := range list {
		result, reason, err := newest(stores, e.ID)
		if err != nil {
			return nil, err
		}
		g.add(int32(i), e, result, reason)
	}
	if err := g.oneList(list.Digest()); err != nil {
		return nil, err
	}
	f := &Fleet{
		Schema: Schema, Kind: Kind, Tool: Tool{"djleaks", opt.Version}, FailOn: opt.FailOn, FailOnVerdict: opt.Verdict,
		List: list.Digest(),
	}
	if since != nil {
		f.since = g.compare(since)
	}
	f.keys = g.group()
	f.repositories = g.repositories
	f.priced = slices.Clone(list)
	for i, cost := range g.costs {
		if cost > 0 {
			f.priced[i].Cost = cost
		}
	}
	f.count()
	return f, nil
}

// newest is the record of a repository that was looked at last. Of none, reason
// says why there is none, "" if there simply is none.
func newest(stores []*fleet.Store, id string) (best *fleet.Result, reason string, err error) {
	for _, s := range stores {
		r, err := s.Result(id)
		switch {
		case errors.Is(err, fleet.ErrShowsKey):
			return nil, "", &RefusedError{err.Error(), "remove the file, and audit the repository again: djleaks fleet audit"}
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			reason = max(reason, "its record cannot be used: "+problemOf(err))
		case best == nil || later(r, best):
			best = r
		}
	}
	return best, reason, nil
}

// problemOf is what is wrong with a state file, without where that is.
func problemOf(err error) string {
	if i := strings.LastIndex(err.Error(), fleet.StateFile+": "); i >= 0 {
		return err.Error()[i+len(fleet.StateFile)+2:]
	}
	return fleet.Reason(err)
}

// later orders records of one repository: by time, and then in any order that is
// always the same.
func later(a, b *fleet.Result) bool {
	if c := cmp.Or(a.Looked().Compare(b.Looked()), a.Finished.Compare(b.Finished)); c != 0 {
		return c > 0
	}
	one, _ := json.Marshal(a)
	two, _ := json.Marshal(b)
	return bytes.Compare(one, two) > 0
}

// add takes what is kept of a record.
func (g *gathering) add(i int32, e fleet.Entry, result *fleet.Result, reason string) {
	r := Repository{ID: e.ID, Owner: e.Owner, State: fleet.Missing}
	cost := int64(0)
	switch {
	case result != nil:
		cost = result.Cost
		g.lists[result.List]++
		record := &result.Record
		r.State, r.Reason, r.Unread, r.Accepted = record.State, record.Reason, record.Unread, record.Accepted
		r.Settings, r.Refs, r.Head, r.Commits = g.one(record.Settings), record.Refs, record.Head, record.Commits
		if record.State != fleet.Failed {
			r.Rules = g.one(record.Tool.Version + " " + record.Tool.Rules)
		}
		if why := g.opt.stale(result.Looked()); why != "" && record.State != fleet.Failed {
			r.State, r.Unread = fleet.Incomplete, append([]fleet.Unread{{Reason: why, Count: 1}}, r.Unread...)
		}
		for _, k := range record.Keys {
			r.Keys.add(k.Severity)
			k.Class, k.Status, k.Verdict = scanner.Class(g.one(string(k.Class))), scanner.Status(g.one(string(k.Status))), scanner.Decision(g.one(string(k.Verdict)))
			k.Masked, k.Rule, k.Since, k.Path = g.one(k.Masked), g.one(k.Rule), g.one(k.Since), g.one(k.Path)
			k.Pushed, k.Live = shared(k.Pushed), shared(k.Live)
			g.held = append(g.held, held{repository: i, Key: k})
		}
	case reason != "":
		r.State, r.Reason = fleet.Failed, reason
	}
	g.repositories, g.costs = append(g.repositories, r), append(g.costs, cost)
}

// clockSkew is by how much the clocks of workers may differ.
const clockSkew = time.Hour

// stale says why a record of that time no longer counts, "" if it does.
func (o Options) stale(looked time.Time) string {
	day := looked.UTC().Format(time.DateOnly)
	switch age := o.Now.Sub(looked); {
	case o.MaxAge == 0:
		return ""
	case age > o.MaxAge:
		return "not looked at since " + day
	case age < -clockSkew:
		return "looked at on " + day + ", which is in the future: a worker's clock is wrong"
	}
	return ""
}

// one returns the first of all equal strings, so that one copy is kept.
func (g *gathering) one(s string) string {
	if first, ok := g.same[s]; ok {
		return first
	}
	g.same[s] = s
	return s
}

var (
	yes = true
	no  = false
)

func shared(b *bool) *bool {
	switch {
	case b == nil:
		return nil
	case *b:
		return &yes
	}
	return &no
}

// oneList refuses records of several lists: a list that changes while it is
// worked on has repositories that are in nobody's share, and an older record of
// one would pass for today's.
func (g *gathering) oneList(digest string) error {
	if len(g.lists) < 2 {
		return nil
	}
	other := 0
	for d, n := range g.lists {
		if d != digest {
			other += n
		}
	}
	return &RefusedError{
		fmt.Sprintf("the list has changed between the shares: %s last audited as a part of another list than --list", say.Counted(other, "repository was", "repositories were")),
		"run djleaks fleet audit with this list for all shares; what has not changed is not read again",
	}
}

// keyGroup is one key, with where it is: a range of the sorted held.
type keyGroup struct {
	fingerprint scanner.Fingerprint
	severity    scanner.Severity
	since       string
	failing     bool
	in          []held
}

// group sorts what is held: keys by severity, by the number of repositories that
// hold them, by age; in each key the worst repository first.
func (g *gathering) group() []keyGroup {
	slices.SortFunc(g.held, func(a, b held) int {
		return cmp.Or(cmp.Compare(a.Fingerprint, b.Fingerprint), cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.repository, b.repository))
	})
	var groups []keyGroup
	for from := 0; from < len(g.held); {
		to := from + 1
		for to < len(g.held) && g.held[to].Fingerprint == g.held[from].Fingerprint {
			to++
		}
		groups = append(groups, g.groupOf(g.held[from:to]))
		from = to
	}
	slices.SortFunc(groups, func(a, b keyGroup) int {
		return cmp.Or(cmp.Compare(b.severity, a.severity), cmp.Compare(len(b.in), len(a.in)), cmp.Compare(undated(a.since), undated(b.since)), cmp.Compare(a.fingerprint, b.fingerprint))
	})
	return groups
}

// undated puts a key without a day after all others.
func undated(day string) string {
	if day == "" {
		return "~"
	}
	return day
}

func (g *gathering) groupOf(in []held) keyGroup {
	k := keyGroup{fingerprint: in[0].Fingerprint, severity: in[0].Severity, in: in}
	for i := range in {
		h := &in[i]
		if h.Since != "" && undated(h.Since) < undated(k.since) {
			k.since = h.Since
		}
		if g.opt.Verdict != "" {
			k.failing = k.failing || h.Verdict.AsUrgent(g.opt.Verdict)
		} else {
			k.failing = k.failing || h.Severity >= g.opt.FailOn
		}
	}
	return k
}

// count fills the totals and the verdict, and sorts the repositories.
func (f *Fleet) count() {
	t := &f.Totals
	t.Repositories, t.Keys = len(f.repositories), len(f.keys)
	rules := map[RuleSet]int{}
	for i := range f.repositories {
		r := &f.repositories[i]
		switch r.State {
		case fleet.Read:
			t.Read++
			if r.Commits == 0 {
				t.Empty++
			}
		case fleet.Incomplete:
			t.Incomplete++
		case fleet.Failed:
			t.Failed++
		case fleet.Missing:
			t.Missing++
		}
		if r.Rules != "" {
			rules[RuleSet{Rules: r.Rules, Settings: r.Settings}]++
		}
	}
	for i := range f.keys {
		if f.keys[i].failing {
			t.Failing++
		}
		if len(f.keys[i].in) > 1 {
			t.Shared++
		}
	}
	f.Rules = []RuleSet{}
	for r, n := range rules {
		r.Repositories = n
		f.Rules = append(f.Rules, r)
	}
	slices.SortFunc(f.Rules, func(a, b RuleSet) int {
		return cmp.Or(cmp.Compare(b.Repositories, a.Repositories), cmp.Compare(a.Rules, b.Rules), cmp.Compare(a.Settings, b.Settings))
	})
	f.Verdict = scanner.Clean
	if t.unread() > 0 {
		f.Verdict = scanner.Incomplete
	}
	if t.Failing > 0 {
		f.Verdict = scanner.KeysFound
	}
}

// Complete reports whether every repository of the list was read to the end.
func (f *Fleet) Complete() bool { return f.Totals.unread() == 0 }

// byState are the repositories, what was not read first.
func (f *Fleet) byState() []*Repository {
	out := make([]*Repository, len(f.repositories))
	for i := range f.repositories {
		out[i] = &f.repositories[i]
	}
	slices.SortStableFunc(out, func(a, b *Repository) int { return cmp.Compare(a.State.Rank(), b.State.Rank()) })
	return out
}

// key is a group as it is shown.
func (f *Fleet) key(g *keyGroup) Key {
	worst := &g.in[0]
	k := Key{
		Fingerprint: g.fingerprint, Class: worst.Class, Severity: g.severity, Status: worst.Status, Verdict: worst.Verdict,
		Masked: worst.Masked, Length: worst.Length, Since: g.since, HeldBy: len(g.in),
	}
	for i := range g.in {
		h := &g.in[i]
		r := &f.repositories[h.repository]
		if h.Status.Rank() < k.Status.Rank() {
			k.Status = h.Status
		}
		if h.Verdict.AsUrgent(k.Verdict) || k.Verdict == "" {
			k.Verdict = h.Verdict
		}
		k.In = append(k.In, Holder{
			ID: r.ID, Owner: r.Owner, Change: h.change, Held: h.Held,
		})
	}
	return k
}

// owners are the owners of the list, those with the worst keys first.
func (f *Fleet) owners() []Owner {
	at := map[string]int{}
	var out []Owner
	of := func(name string) *Owner {
		i, ok := at[name]
		if !ok {
			i = len(out)
			at[name] = i
			out = append(out, Owner{Owner: name})
		}
		return &out[i]
	}
	for i := range f.repositories {
		r := &f.repositories[i]
		if r.Owner == "" {
			continue
		}
		o := of(r.Owner)
		o.Repositories++
		if r.State != fleet.Read {
			o.Unread++
		}
	}
	for i := range f.keys {
		seen := map[string]bool{}
		for j := range f.keys[i].in {
			h := &f.keys[i].in[j] // the worst first
			owner := f.repositories[h.repository].Owner
			if owner == "" {
				continue
			}
			if !seen[owner] {
				seen[owner] = true
				of(owner).Keys.add(h.Severity)
			}
			if h.change == New {
				of(owner).New++
			}
		}
	}
	if f.since != nil {
		for _, d := range f.since.Changes {
			if d.Change == Gone && d.Owner != "" {
				of(d.Owner).Gone++
			}
		}
	}
	slices.SortFunc(out, func(a, b Owner) int {
		return cmp.Or(cmp.Compare(b.Keys.Critical, a.Keys.Critical), cmp.Compare(b.Keys.High, a.Keys.High), cmp.Compare(b.Keys.Medium, a.Keys.Medium),
			cmp.Compare(b.Unread, a.Unread), cmp.Compare(a.Owner, b.Owner))
	})
	return out
}
