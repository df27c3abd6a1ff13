package scanner

import (
	"cmp"
	"slices"
	"strings"
)

// Build makes the list of keys with the places that are new, and the list of
// those that the old side of a comparison holds, with their places there. A key
// can be in both: which of them it belongs to is decided when policies have
// judged the places. With a history the places of blobs come from it, otherwise
// from the findings themselves. status is that of a finding that is placed by
// itself.
func Build(d Detector, findings []Finding, h *History, status Status) (keys, old []Key) {
	fresh := builder{detector: d, history: h, status: status, keys: map[Fingerprint]*keyBuilder{}}
	before := builder{detector: d, status: StatusLive, keys: map[Fingerprint]*keyBuilder{}}
	for i := range findings {
		if findings[i].Known {
			before.add(&findings[i])
		} else {
			fresh.add(&findings[i])
		}
	}
	keys, old = fresh.finished(), before.finished()
	relate(fresh.written(keys), before.written(old))
	return keys, old
}

type builder struct {
	detector Detector
	history  *History
	status   Status
	places   map[Item][]Presence
	keys     map[Fingerprint]*keyBuilder
}

// keyBuilder is a key that is being put together.
type keyBuilder struct {
	secret Secret
	class  Class
	// sites are its findings, by where they are.
	sites   map[site][]*Finding
	reasons map[string]Severity
}

// site is one object and rule in which a key was found; path is set only for
// findings that know it.
type site struct {
	id   ObjectID
	path string
	tag  string
	kind Kind
	item Item
}

// finished returns all keys in order.
func (b *builder) finished() []Key {
	b.indexHistory()
	var all []Key
	for _, k := range b.keys {
		all = append(all, b.finish(k))
	}
	slices.SortFunc(all, CompareKeys)
	return all
}

func (b *builder) indexHistory() {
	b.places = map[Item][]Presence{}
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
		k = &keyBuilder{secret: f.Secret, class: f.Class, sites: map[site][]*Finding{}, reasons: map[string]Severity{}}
		b.keys[fp] = k
	}
	if f.Class.Rank() < k.class.Rank() {
		k.class = f.Class
	}
	at := site{f.ID, f.Path, f.Tag, f.Kind, itemOf(f)}
	k.sites[at] = append(k.sites[at], f)
}

func (b *builder) finish(k *keyBuilder) Key {
	fp := k.secret.Fingerprint()
	key := Key{Fingerprint: fp, Class: k.class, Masked: k.secret.Mask(k.class), Length: k.secret.Len()}
	byItem := map[itemPart]map[ObjectID]*Finding{} // item → blob → its finding
	for at, findings := range k.sites {
		first := findings[0]
		switch {
		case first.Kind != File && first.Kind != FileName:
			key.Occurrences = append(key.Occurrences, b.message(k, first))
		case b.history != nil && at.id != "":
			of := itemPart{at.item, at.kind}
			if byItem[of] == nil {
				byItem[of] = map[ObjectID]*Finding{}
			}
			byItem[of][at.id] = merged(findings)
		default:
			for _, f := range findings {
				key.Occurrences = append(key.Occurrences, b.fromFinding(k, f))
			}
		}
	}
	for of, blobs := range byItem {
		key.Occurrences = append(key.Occurrences, b.fromHistory(k, of.Item, blobs)...)
	}
	if key.Class.Generated() { // a made-up value in a test was never secret
		k.findLeakedFallback(key.Occurrences)
	}
	slices.SortFunc(key.Occurrences, compareOccurrences)
	key.Summarize()
	key.Reasons = k.reasonsFor(key.Severity)
	return key
}

// itemPart is an item in the contents of blobs, or in their names.
type itemPart struct {
	Item
	kind Kind
}

// merged is the first of the findings of one item in one blob, which counts the
// others.
func merged(findings []*Finding) *Finding {
	m := *findings[0]
	m.Repeats = len(findings) - 1
	for _, f := range findings {
		m.Repeats += f.Repeats
	}
	return &m
}

// findLeakedFallback raises the places where a key that was a SECRET_KEY is
// now a fallback: it was rotated, but it is still accepted.
func (k *keyBuilder) findLeakedFallback(occurrences []Occurrence) {
	signed := false
	listed := map[string]bool{} // names under which the key is a fallback
	for at, findings := range k.sites {
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

// commented is the acceptance of a place by the comment in the version that
// decides, which is the first: the one at HEAD, else at another tip, else the
// last one. It stretches to versions without a comment, because nobody can add
// one to a commit.
func commented(versions ...*Finding) *Acceptance {
	allow := versions[0].Allow
	if allow == nil {
		return nil
	}
	accepted := &Acceptance{By: ByComment, Reason: cmp.Or(allow.Reason, allow.By)}
	for _, f := range versions[1:] {
		if f.Allow == nil {
			accepted.Stretches = append(accepted.Stretches, f.ID.String())
		}
	}
	return accepted
}

func (k *keyBuilder) reasonsFor(s Severity) []string {
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
func (b *builder) judge(k *keyBuilder, f *Finding, path string) Severity {
	m := f.Match
	severity, reason := b.detector.Severity(&m, path)
	severity = max(severity, Note)
	k.reasons[reason] = max(k.reasons[reason], severity)
	return severity
}

// fromFinding is an occurrence whose place is in the finding itself.
func (b *builder) fromFinding(k *keyBuilder, f *Finding) Occurrence {
	status := b.status
	if f.Worktree {
		status = StatusWorktree
	}
	o := Occurrence{
		Part: partOf(f), Path: f.Path, Line: f.Line, Column: f.Column, Repeats: f.Repeats, Form: f.Form, Rule: f.Rule, Name: f.Name,
		Severity: b.judge(k, f, f.Path), Introduced: f.Commits, Status: status, Replacement: f.Replacement,
		Accepted: commented(f),
	}
	if f.ID != "" {
		o.Blob = f.ID.String()
	}
	return withLists(o)
}

// message is an occurrence in the message of a commit or a tag.
func (b *builder) message(k *keyBuilder, f *Finding) Occurrence {
	status := b.status
	if b.history != nil {
		status = StatusHistory
		if b.history.Reachable != nil && !b.history.Reachable(f.ID) {
			status = StatusUnreachable
		}
	}
	var marks uint32
	if b.history != nil && b.history.Marks != nil {
		marks = b.history.Marks(f.ID)
	}
	return withLists(Occurrence{
		Pushed: marks&MarkRemote != 0, Reflog: status == StatusUnreachable && marks&MarkReflog != 0,
		Part: partOf(f), Line: f.Line, Column: f.Column, Repeats: f.Repeats, Commit: f.ID.String(), Tag: f.Tag, Form: f.Form, Rule: f.Rule, Name: f.Name,
		Severity: b.judge(k, f, ""), Introduced: f.Commits, Status: status, Accepted: commented(f),
	})
}

// partOf says in which part of an object a finding is; "" for a content or a
// message.
func partOf(f *Finding) Part {
	switch f.Kind {
	case ObjectHeaders:
		return PartHeaders
	case FileName:
		return PartName
	case RefName:
		return PartRef
	}
	return ""
}

// fromHistory returns the occurrences of one item in the history: one for each path,
// and one for each blob that no tree names.
func (b *builder) fromHistory(k *keyBuilder, item Item, blobs map[ObjectID]*Finding) []Occurrence {
	var out []Occurrence
	named := map[ObjectID]bool{}
	for _, p := range b.places[item] {
		var versions []Version
		var findings []*Finding
		for _, id := range p.Blobs {
			if f := blobs[id]; f != nil && (f.Kind != FileName || strings.Contains(p.Path, f.Secret.Reveal())) {
				named[id] = true
				versions = append(versions, Version{id.String(), f.Line, f.Column})
				findings = append(findings, f)
			}
		}
		if len(versions) == 0 {
			continue
		}
		f := findings[0]
		status := StatusUnreachable
		if len(p.Refs) > 0 {
			status = StatusLive
		} else if p.Reachable {
			status = StatusHistory
		}
		out = append(out, withLists(Occurrence{
			Pushed: p.Marks&MarkRemote != 0, Reflog: status == StatusUnreachable && p.Marks&MarkReflog != 0,
			Part: partOf(f), Path: p.Path, Line: f.Line, Column: f.Column, Repeats: f.Repeats, Blob: versions[0].Blob,
			Form: f.Form, Rule: f.Rule, Name: f.Name, Severity: b.judge(k, f, p.Path),
			Introduced: p.Introduced, Removed: p.Removed, Refs: p.Refs, Status: status, Versions: versions, Replacement: f.Replacement, Accepted: commented(findings...),
		}))
	}
	for id, f := range blobs {
		if named[id] {
			continue
		}
		out = append(out, withLists(Occurrence{
			Line: f.Line, Column: f.Column, Repeats: f.Repeats, Blob: id.String(), Form: f.Form, Rule: f.Rule, Name: f.Name,
			Severity: b.judge(k, f, ""), Status: StatusUnreachable,
			Versions: []Version{{id.String(), f.Line, f.Column}}, Accepted: commented(f),
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
