package scan

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/cache"
	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/internal/packwalk"
	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/internal/trace"
	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django"
)

// growth is a repository that holds all that a memory is about, and more. It
// implements trace.Growth.
type growth struct {
	*memory
	repo  *gitstore.Repository
	walk  *packwalk.Walk // of what is new, and of what was packed anew
	older []*packfile.Index
	known map[scanner.ObjectID]bool // loose objects that were read
	loose []byte                    // those of them that still are
}

// Close releases what was opened.
func (g *growth) Close() {
	if g == nil {
		return
	}
	for _, x := range g.older {
		_ = x.Close() // only read from
	}
	if g.walk != nil {
		_ = g.walk.Close()
	}
}

// openGrowth loads the memory and finds what the repository has since; nil if there is
// no memory, or if something that it is about may be gone or was packed anew.
func (m *auditCache) openGrowth(ctx context.Context, s *Scan, repo *gitstore.Repository) *growth {
	if m == nil || m.folder == nil {
		return nil
	}
	body, err := m.folder.Load(memoryKind)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	g := &growth{memory: &memory{}, repo: repo, known: map[scanner.ObjectID]bool{}}
	if err == nil {
		err = cache.Decode(body, g.memory)
	}
	if err != nil {
		m.note("the history in the cache cannot be used: %v", err)
		return nil
	}
	if !g.open(ctx) {
		g.Close()
		return nil
	}
	if s.Recalled != nil {
		s.Recalled()
	}
	repo.Know(g.Past.HasCommit, g.Tags)
	return g
}

// open reports whether all that was read is still here.
func (g *growth) open(ctx context.Context) bool {
	if len(g.Loose)%g.repo.IDSize() != 0 || len(g.repo.Shallow()) > 0 {
		return false
	}
	old, ok := g.openPacks()
	return ok && g.openNew(ctx, old) && g.hasLoose()
}

// openPacks opens the indexes of the packs that were read, and returns their
// paths; ok is false if one of them is gone, or anything else is not clear.
func (g *growth) openPacks() (old map[string]bool, ok bool) {
	packs := map[string]bool{} // by identity: whether it is here
	for _, p := range g.Packs {
		packs[p] = false
	}
	paths, notes := packfile.ListPacks(g.repo.ObjectDirs())
	old = map[string]bool{}
	for _, path := range paths {
		id, err := packfile.Identity(path, g.repo.IDSize())
		if _, read := packs[id]; err != nil || !read {
			continue
		}
		x, err := packfile.OpenIndex(path+".idx", g.repo.IDSize())
		if err != nil {
			return nil, false
		}
		g.older, old[path] = append(g.older, x), true
		packs[id] = true
	}
	for _, here := range packs {
		if !here {
			return nil, false
		}
	}
	return old, len(notes) == 0
}

// openNew opens everything but the old packs and the loose objects that were read.
// It reports whether that is little enough.
func (g *growth) openNew(ctx context.Context, old map[string]bool) bool {
	for id := range slices.Chunk(g.Loose, g.repo.IDSize()) {
		g.known[scanner.ObjectID(id)] = true
	}
	walk, err := packwalk.Open(ctx, packwalk.Options{
		Dirs: g.repo.ObjectDirs(), IDSize: g.repo.IDSize(), Jobs: 1, LeaveOut: func(path string) bool { return old[path] },
		LeaveOutLoose: func(id scanner.ObjectID) bool {
			if g.known[id] {
				g.loose = append(g.loose, id...)
			}
			return g.known[id]
		},
	})
	if err != nil {
		return false
	}
	g.walk = walk
	return int64(walk.Count()) <= g.Count/8+maxGrowth
}

// hasLoose reports whether the loose objects that were read are here, be it in a
// pack by now.
func (g *growth) hasLoose() bool {
	if len(g.loose) == len(g.known)*g.repo.IDSize() {
		return true // as they were
	}
	for id := range g.known {
		if !g.repo.Has(id) {
			return false
		}
	}
	return true
}

// maxGrowth is how many new objects are compared with a memory, besides an eighth
// of what there was. To compare everything costs less than that for more of them.
const maxGrowth = 4096

// fewNew is how many new objects are left to be read again by the next audit, because
// that costs less than to save a memory with them. Tests change it.
var fewNew = 64

// isOld reports whether an object was read before.
func (g *growth) isOld(id []byte) bool {
	if g.known[scanner.ObjectID(id)] {
		return true
	}
	return slices.ContainsFunc(g.older, func(x *packfile.Index) bool {
		_, ok := x.Find(id)
		return ok
	})
}

// added is the number of objects that were not read before.
func (g *growth) added() (n int64) {
	for ordinal := range uint32(g.walk.Count()) {
		if !g.isOld([]byte(g.walk.ID(ordinal))) {
			n++
		}
	}
	return n
}

// New implements trace.Growth.
func (g *growth) New(ctx context.Context, visit func(t trace.Type, id, text []byte) error) error {
	show := func(_ int, o *packwalk.Object) error { return visit(trace.Type(o.Kind), []byte(o.ID()), o.Text) }
	coverage, err := g.walk.Commits(ctx, show)
	if err != nil {
		return err
	}
	trees, err := g.walk.Trees(ctx, show)
	if err == nil && len(coverage.Skipped)+len(trees.Skipped) > 0 {
		return trace.ErrUnclear
	}
	return err
}

// IsNew implements trace.Growth.
func (g *growth) IsNew(id []byte) bool {
	_, ok := g.walk.Ordinal(id)
	return ok && !g.isOld(id)
}

// Has implements trace.Growth.
func (g *growth) Has(id []byte) bool {
	if g.isOld(id) {
		return true
	}
	_, ok := g.walk.Ordinal(id)
	return ok
}

// Object implements trace.Growth.
func (g *growth) Object(id []byte) (trace.Type, []byte, error) {
	kind, text, err := g.repo.Object(scanner.ObjectID(id))
	return trace.Type(kind), text, err
}

// Type implements trace.Growth.
func (g *growth) Type(id []byte) trace.Type { return trace.Type(g.repo.Type(scanner.ObjectID(id))) }

// grow searches what is new and traces everything. The error is trace.ErrUnclear
// where a full search has to answer.
func (h *history) grow(ctx context.Context, s *Scan, detector *django.Detector, m *auditCache, g *growth) ([]scanner.Finding, error) {
	collector := scanner.NewCollector(detector)
	collector.Learn()
	learned := learn(g.Sources)
	before, ok := g.findings(detector, learned)
	if !ok {
		return nil, trace.ErrUnclear
	}
	collector.Restore(before, g.Remarks, g.Sources)
	coverage, _, err := g.walk.SearchNew(ctx, detector.Anchors(), func(id []byte) (uint32, bool) { return 0, g.isOld(id) }, func(_ int, o *packwalk.Object) error {
		for _, chunk := range chunksOf(h.repo, o) {
			collector.Add(chunk)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	h.addRefNames(collector)
	coverage.Add(collector.Skipped())
	if len(coverage.Skipped) > 0 || !learned.again(collector.Sources()) {
		return nil, trace.ErrUnclear
	}
	coverage.Blobs += g.Blobs
	coverage.Bytes += g.Bytes
	h.coverage, h.growth, h.remember = coverage, g, g.walk.Count() > fewNew
	detector = h.use(detector, learned, collector)
	findings, remarks := s.findings(collector), collector.Remarks()
	h.noteKeys(findings)
	if err := h.trace(ctx, findings, remarks, learned); err != nil {
		return nil, err
	}
	if h.namesMayTell(detector, findings) {
		return nil, trace.ErrUnclear
	}
	h.hidden = g.Hidden // a new one is unclear
	h.coverage.Notes = append(h.coverage.Notes, h.hidden...)
	m.full = g.Full
	m.noteEarlier(&h.coverage, g.Full, say.Counted(g.Count, "object was", "objects were")+" read by earlier audits with the same rules")
	if h.remember {
		m.saveMemory(h, findings, remarks, g.Count+g.added(), coverage)
	}
	h.coverage.Notes = append(h.coverage.Notes, m.notes...)
	h.addMissing()
	return findings, nil
}

// namesMayTell reports whether the names in new trees may tell a key: then it has to
// be asked which other names its blob has.
func (h *history) namesMayTell(detector *django.Detector, findings []scanner.Finding) bool {
	seen := map[scanner.ObjectID]bool{}
	for _, f := range findings {
		seen[f.ID] = true
	}
	collector := scanner.NewCollector(detector)
	for _, b := range h.result.Named {
		if scanner.MayNameKey(b.Name) && h.addName(collector, b) {
			return true
		}
		if strings.HasSuffix(b.Name, "/") || !h.growth.Has([]byte(b.Blob)) {
			continue
		}
		_, text, err := h.repo.Object(b.Blob)
		if err != nil {
			return true
		}
		if collector.LookUnread(b.Name, text) {
			return true
		}
		if found := detector.FindFile(b.Name, text); len(found) > 0 && (found[0].Source != nil || !seen[b.Blob]) {
			return true
		}
	}
	return false
}

// findings are those of the memory, with their keys and sources.
func (g *growth) findings(detector *django.Detector, learned *learned) (out []scanner.Finding, ok bool) {
	secrets, ok := readAgain(g.repo, detector.WithSources(learned.list), g.Keys)
	if !ok {
		return nil, false
	}
	out = make([]scanner.Finding, 0, len(g.Findings))
	for i := range g.Findings {
		f := &g.Findings[i]
		if f.Key < 0 || f.Key >= len(secrets) {
			return nil, false
		}
		var source *scanner.KeySource
		if f.Source != nil {
			if source = learned.find(*f.Source); source == nil {
				return nil, false
			}
		}
		out = append(out, scanner.Finding{
			Match: scanner.Match{
				Offset: f.Offset, Length: f.Length, Secret: secrets[f.Key], Class: f.Class, Rule: f.Rule, Name: f.Name, Form: f.Form, Traits: f.Traits,
				Allow: f.Allow, Repeats: f.Repeats, Source: source,
			},
			Kind: f.Kind, ID: f.ID, Line: f.Line, Column: f.Column, Commits: f.Commits, Tag: f.Tag,
		})
	}
	return out, true
}
