package merge

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/djleaks/djleaks/internal/fleet"
	"github.com/djleaks/djleaks/scanner"
)

// Change says what became of one key in one repository since an older report.
type Change string

// The changes, from the one that a reader has to see first.
const (
	New        Change = "new"           // the repository was read before, and did not have it
	Reopened   Change = "reopened"      // it was accepted, and is not any more
	FirstRead  Change = "first-read"    // the repository had not been read before
	NewByRules Change = "new-by-rules"  // the same refs, other rules or settings: it was there, and was not found
	Unknown    Change = "unknown"       // not found, but the repository was not read, or has become empty
	Unlisted   Change = "unlisted"      // the repository is not in the list any more
	Gone       Change = "gone"          // the repository was read, and does not have it any more
	GoneByRule Change = "gone-by-rules" // the same refs, other rules or settings
	Accepted   Change = "accepted"      // it is accepted now
	Still      Change = "still"         // as before
)

// Changes returns all changes, from the one that a reader has to see first.
func Changes() []Change {
	return []Change{New, Reopened, FirstRead, NewByRules, Unknown, Unlisted, Gone, GoneByRule, Accepted, Still}
}

// Since says what has changed.
type Since struct {
	Counts       map[Change]int `json:"counts"`
	Changes      []Difference   `json:"changes"`      // all but still
	Repositories []Turn         `json:"repositories"` // whose state or content has turned
}

// Difference is one key in one repository that is not as before.
type Difference struct {
	Change      Change              `json:"change"`
	Fingerprint scanner.Fingerprint `json:"fingerprint"`
	Severity    scanner.Severity    `json:"severity"`
	Masked      string              `json:"masked"`
	ID          string              `json:"id"`
	Owner       string              `json:"owner,omitempty"`
	Reason      string              `json:"reason,omitempty"`
}

// Turn is a repository whose state is another one than before.
type Turn struct {
	ID    string      `json:"id"`
	Owner string      `json:"owner,omitempty"`
	Was   fleet.State `json:"was,omitempty"`   // empty if it was not in the list
	State fleet.State `json:"state,omitempty"` // empty if it is not in the list
	// Emptied is set if it had commits and has none.
	Emptied bool `json:"emptied,omitempty"`
}

// Old is an earlier merged report, as far as a comparison needs it.
type Old struct {
	repositories map[string]*Repository
	keys         map[pair]oldKey
}

type pair struct {
	fingerprint scanner.Fingerprint
	id          string
}

type oldKey struct {
	severity scanner.Severity
	masked   string
}

// ReadOld reads a merged JSON, one repository and one key at a time.
func ReadOld(in io.Reader) (*Old, error) {
	old := &Old{repositories: map[string]*Repository{}, keys: map[pair]oldKey{}}
	var head struct {
		Schema int
		Kind   string
	}
	d := json.NewDecoder(in)
	err := object(d, func(name string) error {
		switch name {
		case "schema":
			return d.Decode(&head.Schema)
		case "kind":
			return d.Decode(&head.Kind)
		case "repositories":
			return each(d, func() error {
				r := &Repository{}
				if err := d.Decode(r); err != nil {
					return err
				}
				old.repositories[r.ID] = r
				return nil
			})
		case "keys":
			return each(d, func() error { return old.key(d) })
		}
		var rest json.RawMessage
		return d.Decode(&rest)
	})
	switch {
	case head.Schema > Schema:
		return nil, fmt.Errorf("schema %d: written by a newer version of djleaks; update djleaks to read it", head.Schema)
	case head.Kind != Kind || head.Schema < 1:
		return nil, errors.New("not what djleaks merge --format json wrote")
	case err != nil:
		return nil, errors.New("not JSON, or cut off")
	}
	return old, nil
}

func (o *Old) key(d *json.Decoder) error {
	var k Key
	if err := d.Decode(&k); err != nil {
		return err
	}
	for _, h := range k.In {
		r := o.repositories[h.ID]
		if r == nil {
			return fmt.Errorf("a key of a repository that is not listed")
		}
		o.keys[pair{k.Fingerprint, r.ID}] = oldKey{h.Severity, k.Masked}
	}
	return nil
}

// object calls do at the value of each member of a JSON object.
func object(d *json.Decoder, do func(name string) error) error {
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errors.Join(err, errors.New("not an object"))
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		if err := do(name.(string)); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

// each calls do at each value of a JSON list.
func each(d *json.Decoder, do func() error) error {
	if t, err := d.Token(); err != nil || t != json.Delim('[') {
		return errors.Join(err, errors.New("not a list"))
	}
	for d.More() {
		if err := do(); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

// compare says what has changed since an older report, and marks what is held.
func (g *gathering) compare(old *Old) *Since {
	s := &Since{Counts: map[Change]int{}, Changes: []Difference{}, Repositories: []Turn{}}
	for _, c := range Changes() {
		s.Counts[c] = 0
	}
	now := make(map[pair]bool, len(g.held))
	index := make(map[string]*Repository, len(g.repositories))
	for i := range g.repositories {
		index[g.repositories[i].ID] = &g.repositories[i]
	}
	for i := range g.held {
		h := &g.held[i]
		r := &g.repositories[h.repository]
		p := pair{h.Fingerprint, r.ID}
		now[p] = true
		_, had := old.keys[p]
		h.change = appeared(r, old.repositories[r.ID], h, had)
		s.add(Difference{h.change, h.Fingerprint, h.Severity, h.Masked, r.ID, r.Owner, ""})
	}
	for p, k := range old.keys {
		if !now[p] {
			r := index[p.id]
			change, reason := vanished(r, old.repositories[p.id], p.fingerprint)
			d := Difference{change, p.fingerprint, k.severity, k.masked, p.id, old.repositories[p.id].Owner, reason}
			if r != nil {
				d.Owner = r.Owner
			}
			s.add(d)
		}
	}
	slices.SortFunc(s.Changes, func(a, b Difference) int {
		return cmp.Or(cmp.Compare(slices.Index(Changes(), a.Change), slices.Index(Changes(), b.Change)), cmp.Compare(b.Severity, a.Severity),
			cmp.Compare(a.Fingerprint, b.Fingerprint), cmp.Compare(a.ID, b.ID))
	})
	s.turns(g.repositories, index, old)
	return s
}

func (s *Since) add(d Difference) {
	s.Counts[d.Change]++
	if d.Change != Still {
		s.Changes = append(s.Changes, d)
	}
}

// wasRead reports whether a state says something of the keys.
func wasRead(s fleet.State) bool { return s == fleet.Read || s == fleet.Incomplete }

// onlyRules reports whether two records of a repository are of the same refs, and
// of different rules.
func onlyRules(now, was *Repository) bool {
	return now.Refs == was.Refs && now.Refs != "" && (now.Rules != was.Rules || now.Settings != was.Settings)
}

// appeared is the change of a key that a repository holds.
func appeared(now, was *Repository, h *held, had bool) Change {
	switch {
	case had:
		return Still
	case was == nil || !wasRead(was.State):
		return FirstRead
	case slices.Contains(was.Accepted, h.Fingerprint):
		return Reopened
	case onlyRules(now, was) && h.Status != scanner.StatusUnreachable: // objects can come without a ref
		return NewByRules
	}
	return New
}

// vanished is the change of a key that a repository held. It is gone only if the
// repository was read, and there was something to read.
func vanished(now, was *Repository, f scanner.Fingerprint) (Change, string) {
	switch {
	case now == nil:
		return Unlisted, "the repository is not in the list any more"
	case now.State != fleet.Read:
		return Unknown, "the repository is " + string(now.State)
	case now.Commits == 0 && was.Commits > 0:
		return Unknown, "the repository has become empty"
	case slices.Contains(now.Accepted, f):
		return Accepted, ""
	case onlyRules(now, was):
		return GoneByRule, ""
	}
	return Gone, ""
}

// turns lists the repositories that have come, gone, become empty, or whose state
// is another one.
func (s *Since) turns(repositories []Repository, index map[string]*Repository, old *Old) {
	for i := range repositories {
		r := &repositories[i]
		was := old.repositories[r.ID]
		t := Turn{ID: r.ID, Owner: r.Owner, State: r.State}
		if was != nil {
			t.Was = was.State
			t.Emptied = r.State == fleet.Read && r.Commits == 0 && was.Commits > 0
		}
		if t.Was != t.State || t.Emptied {
			s.Repositories = append(s.Repositories, t)
		}
	}
	for id, was := range old.repositories {
		if index[id] == nil {
			s.Repositories = append(s.Repositories, Turn{ID: id, Owner: was.Owner, Was: was.State})
		}
	}
	slices.SortFunc(s.Repositories, func(a, b Turn) int { return cmp.Compare(a.ID, b.ID) })
}
