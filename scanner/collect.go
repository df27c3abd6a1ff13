package scanner

import (
	"cmp"
	"context"
	"maps"
	"path"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
)

// Finding is one match in one text.
type Finding struct {
	Match
	Kind        Kind
	ID          ObjectID // the blob, commit or tag; empty outside Git
	Path        string   // empty if only the object is known
	Tag         string   // that the text is of
	Line        int      // from 1
	Column      int      // from 1, in bytes
	Replacement string   // the line of code to write in its place; may be empty
	Known       bool     // found on the old side of a comparison
	Worktree    bool
	Commits     []Commit
}

// Collector runs a detector over the texts of sources and keeps what it finds.
// It is safe for concurrent use.
type Collector struct {
	detector     Detector
	replacements bool
	anchors      *AnchorSet
	found        atomic.Bool
	mu           sync.Mutex
	findings     []Finding
	values       map[Secret]bool
	skips        Coverage // texts of which not every match is kept
	remarks      []RemarkIn
	learn        bool
	sources      map[KeySource][]readingPlace // without their places
	replaced     map[ObjectID]int             // number of findings when a text was taken in again
	unread       map[string]bool              // "FILE is compressed with gzip"
}

// readingPlace is where settings read a source.
type readingPlace struct {
	id   ObjectID
	line int
}

// RemarkIn is a remark and the text that it is about.
type RemarkIn struct {
	Remark
	ID       ObjectID // the blob; empty outside Git
	Worktree bool
}

// NewCollector returns an empty collector.
func NewCollector(d Detector) *Collector {
	return &Collector{detector: d, anchors: d.Anchors(), values: map[Secret]bool{}}
}

// SuggestReplacements makes the collector ask for the line to write in the place of
// each key. It is for what somebody is about to commit, not for a history.
func (c *Collector) SuggestReplacements() { c.replacements = true }

// Run takes in all texts of a source. The coverage is that of the source, and
// names the texts of which not every match is kept.
func (c *Collector) Run(ctx context.Context, src Source) (Coverage, error) {
	coverage, err := src.Chunks(ctx, func(chunk *Chunk) error {
		c.Add(chunk)
		return ctx.Err()
	})
	coverage.Add(c.Skipped())
	coverage.Complete = len(coverage.Skipped) == 0
	coverage.Notes = append(coverage.Notes, c.Unread()...)
	return coverage, err
}

// Skipped names the texts of which not every match is kept.
func (c *Collector) Skipped() Coverage {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.skips
}

// What a collector keeps of all texts: a finding takes some 250 bytes, a key of
// a report more than a thousand.
const (
	maxFindings = 1 << 19
	maxValues   = 1 << 16
)

// maxReplacements is how many matches of a text get a line to write in their place, as
// the text has it. Further ones get what their form tells.
const maxReplacements = 16

// Add takes in one text, and reports whether anything was found in it.
func (c *Collector) Add(chunk *Chunk) (found bool) { return c.take(chunk, false) }

func (c *Collector) take(chunk *Chunk, replace bool) (found bool) {
	matches := c.search(chunk)
	if len(matches) == 0 {
		return false
	}
	if !chunk.Known {
		c.found.Store(true)
	}
	whole := len(matches) < MaxMatches
	matches = Fold(matches)
	c.mu.Lock()
	defer c.mu.Unlock()
	before := len(c.findings)
	if all := c.keep(chunk, matches); !all || !whole {
		c.skip(chunk, "more matches than are kept")
	}
	if replace && len(c.findings) > before {
		if c.replaced == nil {
			c.replaced = map[ObjectID]int{}
		}
		c.replaced[chunk.ID] = before
	}
	return true
}

// Restore takes in what another Collector with the same detector has found, and the
// places that it has learnt from.
func (c *Collector) Restore(findings []Finding, remarks []RemarkIn, sources []KeySource) {
	for _, s := range sources {
		c.keepSources(s.ID, []KeySource{s})
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range findings {
		c.values[f.Secret] = true
	}
	c.findings = append(c.findings, findings...)
	c.remarks = append(c.remarks, remarks...)
	c.found.Store(c.found.Load() || len(findings) > 0)
}

// search finds the matches of a text, and keeps the remarks about it.
func (c *Collector) search(chunk *Chunk) []Match {
	anchors := chunk.Anchors
	if !chunk.Searched {
		anchors = c.anchors.Append(nil, chunk.Text, 0, len(chunk.Text))
	}
	named := c.named(chunk)
	if len(anchors) == 0 && len(named) == 0 && !c.anchors.Takes(chunk.Text) {
		if chunk.Kind == File && !chunk.Known {
			for _, file := range chunk.names() {
				c.LookUnread(file, chunk.Text)
			}
		}
		return nil
	}
	matches, cut := c.detector.Search(chunk.Text, anchors)
	if cut > 0 && !chunk.Known {
		c.mu.Lock()
		c.skip(chunk, "a value may be too far from its name to be read")
		c.mu.Unlock()
	}
	matches = joined(named, matches)
	for i := range matches {
		c.detector.Claim(&matches[i])
	}
	if chunk.Kind == File && !chunk.Known {
		if c.learn && len(anchors) > 0 {
			c.keepSources(chunk.ID, c.detector.Sources(chunk.Text, anchors))
		}
		c.remark(chunk, c.detector.Remarks(chunk.Text, anchors, matches))
	}
	return matches
}

// LookUnread notes a file whose name says that it holds settings or secrets and whose
// content is hidden, and reports whether this is one.
func (c *Collector) LookUnread(file string, text []byte) bool {
	if !c.detector.MayBeUnread(file) {
		return false
	}
	how := c.detector.Unread(file, text)
	if how == "" {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.unread == nil {
		c.unread = map[string]bool{}
	}
	if len(c.unread) < maxUnread {
		c.unread[file+" is "+how] = true
	}
	return true
}

// Bounds of what is said of files whose content is hidden.
const (
	maxUnread      = 1 << 10 // that are kept
	maxUnreadNotes = 5       // that are named
)

// Unread names the files that by their names hold settings or secrets, and whose
// content is hidden.
func (c *Collector) Unread() (notes []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, what := range slices.Sorted(maps.Keys(c.unread)) {
		if len(notes) == maxUnreadNotes {
			return append(notes, "the content of "+strconv.Itoa(len(c.unread)-maxUnreadNotes)+" more such files was not read")
		}
		notes = append(notes, what+": its content was not read")
	}
	return notes
}

// maxNamedText bounds how much of one text is read for its names, in bytes: a
// text may have any number of them.
const maxNamedText = 64 << 20

// named finds the keys that a name of a file tells. Of several names one that the
// settings read says most.
func (c *Collector) named(chunk *Chunk) (found []Match) {
	if chunk.Kind != File {
		return nil
	}
	asked := map[string]bool{}
	for _, name := range chunk.names() {
		base := path.Base(name)
		if asked[base] || !c.detector.TakesFile(base) {
			continue
		}
		if asked[base] = true; len(asked)*(len(chunk.Text)+1) > maxNamedText && len(asked) > 1 {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.skip(chunk, "a file of more names than it is searched for")
			return found
		}
		matches := c.detector.FindFile(base, chunk.Text)
		if len(matches) > 0 && (len(found) == 0 || matches[0].Source != nil && found[0].Source == nil) {
			found = matches
		}
	}
	return found
}

// keep keeps the matches of a text at each of its paths, as far as there is
// room, and reports whether there was room for all.
func (c *Collector) keep(chunk *Chunk, matches []Match) (all bool) {
	all = true
	at := cursor{line: 1, column: 1}
	var replacement func(*Match) string
	if c.replacements && !chunk.Known {
		replacement = c.detector.ReplacementLines(chunk.Text)
	}
	for i, m := range matches {
		if !c.room(m.Secret) {
			all = false
			continue
		}
		at.moveTo(chunk.Text, m.Offset)
		f := Finding{
			Match: m, Kind: chunk.Kind, ID: chunk.ID, Path: chunk.Path, Tag: chunk.Tag,
			Line: chunk.LinesBefore + at.line, Column: at.column,
			Known: chunk.Known, Worktree: chunk.Worktree, Commits: chunk.Commits,
		}
		if replacement != nil && i < maxReplacements {
			f.Replacement = replacement(&m)
		}
		c.findings = append(c.findings, f)
		for _, f.Path = range chunk.Also {
			if !c.room(m.Secret) {
				all = false
				break
			}
			c.findings = append(c.findings, f)
		}
	}
	return all
}

// cursor moves through a text from match to match: counted from the start each
// time, many matches in a large text would take the square of its size.
type cursor struct{ line, column, offset int }

// moveTo moves on to an offset that is not before the cursor.
func (c *cursor) moveTo(text []byte, offset int) {
	line, column := Position(text[c.offset:], offset-c.offset)
	if line == 1 {
		column += c.column - 1
	}
	c.line, c.column, c.offset = c.line+line-1, column, offset
}

// joined are the matches of two lists by offset. Of two that overlap the one of
// the first list counts, which says more.
func joined(first, second []Match) []Match {
	if len(first) == 0 {
		return second
	}
	for _, m := range second {
		if !slices.ContainsFunc(first, func(f Match) bool { return m.Offset < f.Offset+f.Length && f.Offset < m.Offset+m.Length }) {
			first = append(first, m)
		}
	}
	slices.SortStableFunc(first, func(a, b Match) int { return cmp.Compare(a.Offset, b.Offset) })
	return first
}

// maxRemarks bounds the remarks that a collector keeps.
const maxRemarks = 1 << 14

// remark keeps the remarks about a text.
func (c *Collector) remark(chunk *Chunk, remarks []Remark) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range remarks {
		if len(c.remarks) >= maxRemarks {
			return
		}
		r.Path, r.Line = chunk.Path, r.Line+chunk.LinesBefore
		c.remarks = append(c.remarks, RemarkIn{r, chunk.ID, chunk.Worktree})
	}
}

// Remarks returns the comments that accept nothing, of texts that are not Known,
// in an order that does not depend on which text was read first.
func (c *Collector) Remarks() []RemarkIn {
	c.mu.Lock()
	defer c.mu.Unlock()
	slices.SortFunc(c.remarks, func(a, b RemarkIn) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Kind, b.Kind), compareBool(a.Worktree, b.Worktree))
	})
	return slices.Clone(slices.Compact(c.remarks))
}

// room reports whether a further match of this value can be kept.
func (c *Collector) room(value Secret) bool {
	if len(c.findings) >= maxFindings || len(c.values) >= maxValues && !c.values[value] {
		return false
	}
	c.values[value] = true
	return true
}

// skip names a text of which something was not read or is not kept.
func (c *Collector) skip(chunk *Chunk, reason string) {
	s := Skip{Path: chunk.Path, Reason: reason}
	if chunk.ID != "" {
		s.ID = chunk.ID.String()
	}
	c.skips.Skip(s)
}

// Found reports whether a text that is not Known gave a finding, so that a
// source can leave out the old side when nobody needs it.
func (c *Collector) Found() bool { return c.found.Load() }

// Findings returns what was found in an order that does not depend on which
// text was read first. A text that was seen twice at the same path counts once.
func (c *Collector) Findings() []Finding {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dropReplaced()
	slices.SortStableFunc(c.findings, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(a.Path, b.Path), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column), cmp.Compare(a.Rule, b.Rule), compareBool(a.Known, b.Known))
	})
	return slices.CompactFunc(c.findings, func(a, b Finding) bool {
		return a.Path == b.Path && a.ID == b.ID && a.Line == b.Line && a.Column == b.Column &&
			a.Rule == b.Rule && a.Known == b.Known && a.Secret == b.Secret && a.Kind == b.Kind && a.Worktree == b.Worktree
	})
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
