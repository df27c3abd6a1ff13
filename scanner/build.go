package scanner

import (
	"cmp"
	"slices"
	"strings"
)

// An Item is what the history is asked about: one key, found by one rule. The
// same key in SECRET_KEY and in SECRET_KEY_FALLBACKS is two items.
type Item struct {
	Fingerprint Fingerprint
	Rule        string
	InFallbacks bool
}

func itemOf(f *Finding) Item {
	return Item{f.Secret.Fingerprint(), f.Rule, f.Has(InFallbacks)}
}

// Items numbers the items of findings in blobs and says which blob holds which.
func Items(findings []Finding) (items []Item, matched map[ObjectID][]int32) {
	numbers := map[Item]int32{}
	matched = map[ObjectID][]int32{}
	for i := range findings {
		f := &findings[i]
		if f.Kind != File || f.ID == "" {
			continue
		}
		item := itemOf(f)
		n, ok := numbers[item]
		if !ok {
			n = int32(len(items))
			numbers[item] = n
			items = append(items, item)
		}
		if !slices.Contains(matched[f.ID], n) {
			matched[f.ID] = append(matched[f.ID], n)
		}
	}
	return items, matched
}

// History is what the commits say of the items of an audit.
type History struct {
	Items  []Item
	Places [][]Place // by item
	// Reachable reports whether a commit or tag object is in a ref's history.
	Reachable func(ObjectID) bool
}

// Build makes the list of keys: open ones, and those that the old side of a
// comparison holds already. With a history the places of blobs come from it,
// otherwise from the findings themselves. direct is the status of a finding
// that is placed by itself.
func Build(d Detector, findings []Finding, h *History, direct Status) (open, known []Key) {
	b := builder{detector: d, history: h, direct: direct, keys: map[Fingerprint]*draft{}}
	b.indexHistory()
	for i := range findings {
		b.add(&findings[i])
	}
	for _, k := range b.keys {
		key := b.finish(k)
		if k.known {
			known = append(known, key)
		} else {
			open = append(open, key)
		}
	}
	slices.SortFunc(open, compareKeys)
	slices.SortFunc(known, compareKeys)
	return open, known
}

type builder struct {
	detector Detector
	history  *History
	direct   Status
	places   map[Item][]Place
	keys     map[Fingerprint]*draft
}

// draft is a key that is being put together.
type draft struct {
	secret Secret
	class  Class
	known  bool // a text that is not new holds it
	// spots are its findings, by what they stand in.
	spots   map[spot][]*Finding
	reasons map[string]Severity
}

// spot is one object and rule in which a key was found; path is set only for
// findings that know it.
type spot struct {
	id   ObjectID
	path string
	item Item
}

func (b *builder) indexHistory() {
	b.places = map[Item][]Place{}
	if b.history == nil {
		return
	}
	for i, item := range b.history.Items {
		b.places[item] = b.history.Places[i]
	}
}

func (b *builder) add(f *Finding) {
	fp := f.Secret.Fingerprint()
	k := b.keys[fp]
	if k == nil {
		k = &draft{secret: f.Secret, class: f.Class, spots: map[spot][]*Finding{}, reasons: map[string]Severity{}}
		b.keys[fp] = k
	}
	if classRank(f.Class) < classRank(k.class) {
		k.class = f.Class
	}
	if f.Known {
		k.known = true
		return
	}
	at := spot{f.ID, f.Path, itemOf(f)}
	k.spots[at] = append(k.spots[at], f)
}

func (b *builder) finish(k *draft) Key {
	fp := k.secret.Fingerprint()
	key := Key{Fingerprint: fp, Class: k.class, Masked: k.secret.Mask(k.class), Length: k.secret.Len()}
	byItem := map[Item]map[ObjectID]*Finding{} // item → blob → its finding
	for at, findings := range k.spots {
		first := findings[0]
		switch {
		case first.Kind != File:
			key.Occurrences = append(key.Occurrences, b.message(k, first))
		case b.history != nil && at.id != "":
			if byItem[at.item] == nil {
				byItem[at.item] = map[ObjectID]*Finding{}
			}
			byItem[at.item][at.id] = first
		default:
			for _, f := range findings {
				key.Occurrences = append(key.Occurrences, b.inPlace(k, f))
			}
		}
	}
	for item, blobs := range byItem {
		key.Occurrences = append(key.Occurrences, b.placed(k, item, blobs)...)
	}
	if key.Class.Generated() { // a made-up value in a test was never secret
		k.findLeakedFallback(key.Occurrences)
	}
	for i := range key.Occurrences {
		hideSecret(&key.Occurrences[i], k.secret)
	}
	if len(key.Occurrences) == 0 { // every finding is on the old side
		key.Occurrences = []Occurrence{}
	}
	slices.SortFunc(key.Occurrences, compareOccurrences)
	for i := range key.Occurrences {
		o := &key.Occurrences[i]
		if i == 0 || o.Severity > key.Severity {
			key.Severity, key.Rule = o.Severity, o.Rule
		}
		if i == 0 || statusRank(o.Status) < statusRank(key.Status) {
			key.Status = o.Status
		}
	}
	key.Reasons = k.reasonsFor(key.Severity)
	key.Accepted = k.allowed()
	return key
}

// findLeakedFallback raises the places where a key that was a SECRET_KEY is
// now a fallback: it was rotated, but it is still accepted.
func (k *draft) findLeakedFallback(occurrences []Occurrence) {
	signed := false
	listed := map[string]bool{} // names under which the key is a fallback
	for at, findings := range k.spots {
		if at.item.InFallbacks {
			for _, f := range findings {
				listed[f.Name] = true
			}
		} else {
			signed = true
		}
	}
	if !signed {
		return
	}
	for i := range occurrences {
		o := &occurrences[i]
		if listed[o.Name] && o.Status != StatusHistory && o.Status != StatusUnreachable {
			o.Rule, o.Severity = RuleLeakedFallback, max(o.Severity, High)
			k.reasons[leakedFallback] = max(k.reasons[leakedFallback], o.Severity)
		}
	}
}

const leakedFallback = "the key leaked as a SECRET_KEY and is listed in SECRET_KEY_FALLBACKS: whatever is forged with it stays valid"

// allowed returns the acceptance of a key all of whose findings a comment
// accepts; one place without such a comment keeps the key open.
func (k *draft) allowed() *Acceptance {
	var allow *Allow
	for _, findings := range k.spots {
		for _, f := range findings {
			if f.Allow == nil {
				return nil
			}
			if allow == nil || f.Allow.Reason < allow.Reason {
				allow = f.Allow
			}
		}
	}
	if allow == nil {
		return nil
	}
	reason := allow.Reason
	if reason == "" {
		reason = allow.By
	}
	return &Acceptance{By: "comment", Reason: reason}
}

func (k *draft) reasonsFor(s Severity) []string {
	out := []string{}
	for reason, severity := range k.reasons {
		if severity == s && reason != "" {
			out = append(out, reason)
		}
	}
	slices.Sort(out)
	return out
}

// judge gives an occurrence its severity; a finding is never dropped here,
// what a table calls silent is a note.
func (b *builder) judge(k *draft, f *Finding, path string) Severity {
	m := f.Match
	severity, reason := b.detector.Severity(&m, path)
	severity = max(severity, Note)
	k.reasons[reason] = max(k.reasons[reason], severity)
	return severity
}

// inPlace is an occurrence whose place the finding itself knows.
func (b *builder) inPlace(k *draft, f *Finding) Occurrence {
	status := b.direct
	if f.Worktree {
		status = StatusWorktree
	}
	o := Occurrence{
		Path: f.Path, Line: f.Line, Column: f.Column, Form: f.Form, Rule: f.Rule, Name: f.Name,
		Severity: b.judge(k, f, f.Path), Introduced: f.Commits, Status: status, Instead: f.Instead,
	}
	if f.ID != "" {
		o.Blob = f.ID.String()
	}
	return withLists(o)
}

// message is an occurrence in the message of a commit or a tag.
func (b *builder) message(k *draft, f *Finding) Occurrence {
	status := b.direct
	if b.history != nil {
		status = StatusHistory
		if b.history.Reachable != nil && !b.history.Reachable(f.ID) {
			status = StatusUnreachable
		}
	}
	return withLists(Occurrence{
		Line: f.Line, Column: f.Column, Commit: f.ID.String(), Form: f.Form, Rule: f.Rule, Name: f.Name,
		Severity: b.judge(k, f, ""), Introduced: f.Commits, Status: status,
	})
}

// placed returns the occurrences of one item in the history: one for each path,
// and one for each blob that no tree names.
func (b *builder) placed(k *draft, item Item, blobs map[ObjectID]*Finding) []Occurrence {
	var out []Occurrence
	named := map[ObjectID]bool{}
	for _, p := range b.places[item] {
		var versions []Version
		for _, id := range p.Blobs {
			if f := blobs[id]; f != nil {
				named[id] = true
				versions = append(versions, Version{id.String(), f.Line, f.Column})
			}
		}
		if len(versions) == 0 {
			continue
		}
		f := blobs[p.Blobs[0]]
		status := StatusUnreachable
		if len(p.Refs) > 0 {
			status = StatusLive
		} else if p.Reachable {
			status = StatusHistory
		}
		out = append(out, withLists(Occurrence{
			Path: p.Path, Line: f.Line, Column: f.Column, Blob: versions[0].Blob,
			Form: f.Form, Rule: f.Rule, Name: f.Name, Severity: b.judge(k, f, p.Path),
			Introduced: p.Introduced, Removed: p.Removed, Refs: p.Refs, Status: status, Versions: versions, Instead: f.Instead,
		}))
	}
	for id, f := range blobs {
		if named[id] {
			continue
		}
		out = append(out, withLists(Occurrence{
			Line: f.Line, Column: f.Column, Blob: id.String(), Form: f.Form, Rule: f.Rule, Name: f.Name,
			Severity: b.judge(k, f, ""), Status: StatusUnreachable,
			Versions: []Version{{id.String(), f.Line, f.Column}},
		}))
	}
	return out
}

// withLists turns absent lists into empty ones, so that JSON never says null.
func withLists(o Occurrence) Occurrence {
	if o.Introduced == nil {
		o.Introduced = []Commit{}
	}
	if o.Removed == nil {
		o.Removed = []Commit{}
	}
	if o.Refs == nil {
		o.Refs = []string{}
	}
	return o
}

// hideSecret masks the key where a file, a ref or an author is named after it.
func hideSecret(o *Occurrence, s Secret) {
	if s.Len() < 8 {
		return
	}
	hide := func(text string) string { return strings.ReplaceAll(text, s.Reveal(), s.String()) }
	o.Path, o.Name = hide(o.Path), hide(o.Name)
	for i := range o.Refs {
		o.Refs[i] = hide(o.Refs[i])
	}
	for _, list := range [][]Commit{o.Introduced, o.Removed} {
		for i := range list {
			list[i].Author = hide(list[i].Author)
		}
	}
}

func classRank(c Class) int {
	return slices.Index([]Class{ClassDjangoInsecure, ClassDjango, ClassRandom, ClassPublic, ClassWeak, ClassPlaceholder}, c)
}

func statusRank(s Status) int {
	return slices.Index([]Status{StatusLive, StatusStaged, StatusWorktree, StatusHistory, StatusUnreachable}, s)
}

// compareKeys puts the worst first: severity, then what is still there.
func compareKeys(a, b Key) int {
	return cmp.Or(
		cmp.Compare(b.Severity, a.Severity), cmp.Compare(statusRank(a.Status), statusRank(b.Status)),
		cmp.Compare(classRank(a.Class), classRank(b.Class)), cmp.Compare(a.Fingerprint, b.Fingerprint))
}

func compareOccurrences(a, b Occurrence) int {
	return cmp.Or(
		cmp.Compare(b.Severity, a.Severity), cmp.Compare(statusRank(a.Status), statusRank(b.Status)),
		cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
		cmp.Compare(a.Blob, b.Blob), cmp.Compare(a.Commit, b.Commit), cmp.Compare(a.Rule, b.Rule))
}

// Close gives a report its verdict and fills absent lists. A report is clean
// only if everything was read and no open key reaches FailOn.
func (r *Report) Close() {
	r.Schema = Schema
	r.Coverage.Complete = len(r.Coverage.Skipped) == 0
	r.Verdict = Clean
	if !r.Coverage.Complete {
		r.Verdict = Incomplete
	}
	for _, k := range r.Keys {
		if k.Severity >= r.FailOn {
			r.Verdict = KeysFound
		}
	}
	for _, list := range []*[]Key{&r.Keys, &r.Accepted, &r.Known} {
		if *list == nil {
			*list = []Key{}
		}
	}
	if r.Coverage.Skipped == nil {
		r.Coverage.Skipped = []Skip{}
	}
}

// SplitAccepted moves the keys that a comment accepts to Accepted.
func (r *Report) SplitAccepted() {
	keys := r.Keys[:0:0]
	for _, k := range r.Keys {
		if k.Accepted != nil {
			r.Accepted = append(r.Accepted, k)
		} else {
			keys = append(keys, k)
		}
	}
	r.Keys = keys
}
