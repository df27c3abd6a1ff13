package scan

import (
	"slices"
	"time"

	"github.com/djleaks/djleaks/internal/cache"
	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/internal/trace"
	"github.com/djleaks/djleaks/scanner"
)

// memory is what an audit has learnt of a repository, so that the next one reads
// only what was added since.
type memory struct {
	Packs    []string // that were read, by packfile.Identity
	Loose    []byte   // raw names of the loose objects that were read
	Full     time.Time
	Count    int64 // of objects
	Blobs    int64
	Bytes    int64
	Keys     []seenKey
	Findings []foundBefore
	Remarks  []scanner.RemarkIn
	Sources  []scanner.KeySource  // each place where a setting takes its key from
	Tags     []gitstore.PeeledTag // that refs name
	Hidden   []string             // notes of files whose content is packed or encrypted
	Past     trace.Past
}

// foundBefore is a finding without its key.
type foundBefore struct {
	Key            int // index in memory.Keys
	Kind           scanner.Kind
	ID             scanner.ObjectID
	Line, Column   int
	Offset, Length int
	Class          scanner.Class
	Rule, Name     string
	Form           scanner.Form
	Traits         scanner.Trait
	Allow          *scanner.Allow
	Repeats        int
	Tag            string
	Commits        []scanner.Commit
	Source         *scanner.KeySource // without its place
}

// memoryKind is the kind of the file with the memory.
const memoryKind = "memory"

// saveMemory saves what was learnt, unless something of it cannot be compared with
// what is new later.
func (m *auditCache) saveMemory(h *history, findings []scanner.Finding, remarks []scanner.RemarkIn, count int64, coverage scanner.Coverage) {
	if m == nil || m.folder == nil {
		return
	}
	next := &memory{Full: m.full, Count: count, Blobs: coverage.Blobs, Bytes: coverage.Bytes, Remarks: remarks, Sources: h.read, Tags: h.tags, Hidden: h.hidden}
	var err error
	if m.full.IsZero() || h.unread || h.result.Past == nil || !next.read(h) || !next.add(findings) {
		err = m.folder.Remove(memoryKind)
	} else {
		next.Past = *h.result.Past
		err = m.folder.Save(memoryKind, cache.Encode(next))
	}
	if err != nil {
		m.note("the cache was not saved: %v", err)
	}
}

// read notes which packs and loose objects were read; ok is false if one of the
// packs is gone.
func (n *memory) read(h *history) (ok bool) {
	walk := h.Walk
	if h.growth != nil {
		walk = h.growth.walk
		n.Packs, n.Loose = slices.Clone(h.growth.Packs), slices.Clone(h.growth.loose)
	}
	for _, path := range walk.Packs() {
		id, err := packfile.Identity(path, h.repo.IDSize())
		if err != nil {
			return false
		}
		n.Packs = append(n.Packs, id)
	}
	n.Loose = append(n.Loose, walk.Loose()...)
	return true
}

// add notes the findings; ok is false if one is in a name, or depends on another
// text. Names of refs are read in every audit.
func (n *memory) add(findings []scanner.Finding) (ok bool) {
	keys := map[scanner.Secret]int{}
	n.Findings = make([]foundBefore, 0, len(findings))
	for i := range findings {
		f := &findings[i]
		switch {
		case f.Kind == scanner.RefName:
			continue
		case f.Kind == scanner.FileName || f.Path != "":
			return false
		}
		key, known := keys[f.Secret]
		if !known {
			key = len(n.Keys)
			keys[f.Secret] = key
			n.Keys = append(n.Keys, seenKey{f.Secret.Fingerprint(), f.Class, f.Kind, f.ID, ""})
		}
		var source *scanner.KeySource
		if f.Source != nil {
			same := f.Source.Same()
			source = &same
		}
		n.Findings = append(n.Findings, foundBefore{
			Key: key, Kind: f.Kind, ID: f.ID, Line: f.Line, Column: f.Column, Offset: f.Offset, Length: f.Length, Class: f.Class, Rule: f.Rule,
			Name: f.Name, Form: f.Form, Traits: f.Traits, Allow: f.Allow, Repeats: f.Repeats, Commits: f.Commits, Tag: f.Tag, Source: source,
		})
	}
	return true
}
