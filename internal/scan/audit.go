package scan

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/packwalk"
	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/internal/trace"
	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django"
)

// Audit searches all objects of a repository, reachable or not, and says of each
// key where it is and was. cacheDir is a folder of what earlier audits have read;
// "" for none.
func (s *Scan) Audit(ctx context.Context, repo *gitstore.Repository, cacheDir string) (*scanner.Report, error) {
	settings, err := ReadSettings(WorkTree(repo), s.Named)
	if err != nil {
		return nil, err
	}
	return s.audit(ctx, repo, settings, cacheDir, nil)
}

// audit is Audit with given settings, and where it is known beforehand that
// something is not here.
func (s *Scan) audit(ctx context.Context, repo *gitstore.Repository, settings *Settings, cacheDir string, absent []scanner.Skip) (*scanner.Report, error) {
	cache, err := s.openCache(cacheDir, repo.IDSize(), settings)
	if err != nil {
		return nil, err
	}
	if r := cache.lastReport(s, repo, settings); r != nil {
		return r, nil
	}
	r := s.report(scanner.ScopeAudit, settings)
	for _, skip := range absent {
		r.Coverage.Skip(skip)
	}
	added := cache.openGrowth(ctx, s, repo)
	defer added.Close()
	h := history{repo: repo, jobs: s.jobs()}
	h.tips, h.tags = describe(repo, r)
	h.readLogs()
	findings, err := h.find(ctx, s, settings.Detector, cache, added)
	if err != nil {
		return nil, err
	}
	if h.Walk != nil {
		defer h.Walk.Close()
	}
	r.Coverage.Add(h.coverage)
	r.Coverage.Notes = append(r.Coverage.Notes, elsewhere(repo, r.Scope.Head, len(h.tips))...)
	r.Keys, _ = scanner.Build(settings.Detector, findings, h.found, scanner.StatusUnreachable)
	r.Remarks = h.remarks
	// In what could not be read a commit may hold what looks forgotten.
	settings.review.Clone = repo.WorkTree() != "" && h.isWhole()
	r = s.conclude(r, settings)
	s.dossiers(ctx, r, &h, settings, cache)
	if s.As != "" {
		nameIt(r, repo, s.As)
	}
	cache.saveReport(s, &h, settings, r)
	return r, nil
}

// find finds the keys and where they are and were: with what was added to a
// memory, if there is one and that is enough.
func (h *history) find(ctx context.Context, s *Scan, detector *django.Detector, cache *auditCache, added *growth) ([]scanner.Finding, error) {
	if added != nil {
		grown := *h
		findings, err := grown.grow(ctx, s, detector, cache, added)
		if err == nil {
			*h = grown
			return findings, nil
		}
		if !errors.Is(err, trace.ErrUnclear) {
			return nil, new(progressSoFar).interrupted(err)
		}
	}
	return h.search(ctx, s, detector, cache)
}

// searchAll searches and traces the whole history of a repository, for a report whose
// scope it describes. Whoever calls it closes the history's Walk.
func (s *Scan) searchAll(ctx context.Context, repo *gitstore.Repository, settings *Settings, r *scanner.Report) (*history, []scanner.Finding, error) {
	h := &history{repo: repo, jobs: s.jobs()}
	h.tips, _ = describe(repo, r)
	findings, err := h.search(ctx, s, settings.Detector, nil)
	return h, findings, err
}

// search searches every object once and traces what was found through the
// commits. If there is no error, h.Walk is to be closed.
func (h *history) search(ctx context.Context, s *Scan, detector *django.Detector, cache *auditCache) ([]scanner.Finding, error) {
	var soFar progressSoFar
	walk, err := packwalk.Open(ctx, packwalk.Options{
		Dirs: h.repo.ObjectDirs(), IDSize: h.repo.IDSize(), Jobs: h.jobs, Progress: soFar.through(s.Progress),
	})
	if err != nil {
		return nil, soFar.interrupted(err)
	}
	h.Walk = walk
	findings, err := h.searchWalk(ctx, s, detector, cache, &soFar)
	if err != nil {
		_ = walk.Close() // only read from
		return nil, soFar.interrupted(err)
	}
	return findings, nil
}

// searchWalk is search for a walk that is open.
func (h *history) searchWalk(ctx context.Context, s *Scan, detector *django.Detector, cache *auditCache, soFar *progressSoFar) ([]scanner.Finding, error) {
	collector := scanner.NewCollector(detector)
	collector.Learn()
	searched, err := h.collect(ctx, detector, collector, cache)
	if err != nil {
		return nil, err
	}
	soFar.searched.Store(true)
	learned := learn(collector.Sources())
	detector = h.use(detector, learned, collector)
	h.remember = cache != nil
	findings, remarks := s.findings(collector), collector.Remarks()
	h.noteKeys(findings)
	if err := h.trace(ctx, findings, remarks, learned); err != nil {
		return nil, err
	}
	more, err := h.readNamed(ctx, detector, collector, findings)
	if err != nil {
		return nil, err
	}
	if more {
		findings, remarks, h.wanted, h.remember = s.findings(collector), collector.Remarks(), nil, false
		h.noteKeys(findings)
		if err := h.trace(ctx, findings, remarks, learned); err != nil {
			return nil, err
		}
	}
	h.hidden = collector.Unread()
	h.coverage.Notes = append(h.coverage.Notes, h.hidden...)
	cache.saveObjects(searched, h.repo.IDSize(), s.now(), matchedIn(findings, remarks, collector.Sources()), &h.coverage)
	cache.saveMemory(h, findings, remarks, int64(h.Walk.Count()), h.coverage)
	if cache != nil {
		h.coverage.Notes = append(h.coverage.Notes, cache.notes...)
	}
	h.addMissing()
	return findings, nil
}

// collect shows all texts to a collector, and the names of refs, and reads the commits
// on the way. searched is what a cache may note; nil without one.
func (h *history) collect(ctx context.Context, detector *django.Detector, collector *scanner.Collector, cache *auditCache) (searched *packwalk.Searched, err error) {
	commits := trace.NewCommits(h, trace.Input{Shallow: h.repo.Shallow(), IDSize: h.repo.IDSize(), Jobs: h.jobs})
	addText := func(_ int, o *packwalk.Object) error {
		for _, chunk := range chunksOf(h.repo, o) {
			collector.Add(chunk)
		}
		return nil
	}
	addCommit := func(worker int, o *packwalk.Object) error {
		return commits.Add(worker, trace.Object{Ordinal: o.Ordinal, Base: trace.None, Text: o.Text})
	}
	coverage, searched, err := cache.search(ctx, h.Walk, detector.Anchors(), addText, addCommit)
	if err != nil {
		return nil, err
	}
	if searched == nil && len(coverage.Skipped) == 0 {
		h.commits = commits // else a pass of its own says which commits cannot be read
	}
	h.addRefNames(collector)
	coverage.Add(collector.Skipped())
	h.coverage = coverage
	return searched, nil
}

// use makes a collector find the keys that the settings read elsewhere.
func (h *history) use(detector *django.Detector, learned *learned, collector *scanner.Collector) *django.Detector {
	detector = detector.WithSources(learned.list)
	h.sources, h.read = learned.sources, learned.read
	h.wanted = func(name []byte) bool {
		return detector.WantsFile(string(name)) || detector.MayBeUnread(string(name)) || scanner.MayNameKey(string(name))
	}
	collector.Use(detector)
	collector.Claim()
	return detector
}

// trace asks the commits where the findings are and were. The blobs of remarks
// are one more item, those of settings that take their key from elsewhere
// another one.
func (h *history) trace(ctx context.Context, findings []scanner.Finding, remarks []scanner.RemarkIn, learned *learned) (err error) {
	items, matched := scanner.Items(findings)
	last := withRemarks(matched, items, remarks)
	learned.ask(matched, last+1)
	in := trace.Input{
		Matched: matched, Items: len(items) + 2, Named: h.wanted, Tips: h.tips, Shallow: h.repo.Shallow(), Marks: h.marks, Order: h.order,
		IDSize: h.repo.IDSize(), Jobs: h.jobs, Commits: h.commits, Remember: h.remember,
	}
	if h.growth != nil {
		h.result, err = trace.Grow(ctx, &h.growth.Past, h.growth, in)
	} else {
		h.result, err = trace.Run(ctx, h, in)
	}
	if err != nil {
		return err
	}
	h.remarks = placedRemarks(remarks, atHEAD(h.result.Presences[last]))
	learned.place(h.result.Presences[last+1])
	h.found = &scanner.History{Items: items, Places: h.result.Presences, Marks: h.result.Marked}
	return nil
}

// describe puts into the report what is known of the repository before its
// objects are read, and returns the tips of its refs, by name, and the tags that refs
// name.
func describe(repo *gitstore.Repository, r *scanner.Report) (tips []trace.Tip, tags []gitstore.PeeledTag) {
	r.Scope.Repository = repo.GitDir()
	r.Scope.Remote, _ = repo.Config().Get("remote.origin.url")
	head, err := repo.Head()
	if err != nil {
		r.Coverage.Skip(scanner.Skip{Path: "HEAD", Reason: err.Error()})
	}
	if head.Commit != "" {
		r.Scope.Head = head.Commit.String()
	}
	refs, err := repo.Refs()
	if err != nil {
		r.Coverage.Skip(scanner.Skip{Path: "refs", Reason: err.Error()})
	}
	tips = make([]trace.Tip, 0, len(refs))
	for _, ref := range refs {
		if ref.Peeled != "" {
			tips = append(tips, trace.Tip{Ref: ref.Name, Object: ref.Peeled})
		}
		if tag, ok := ref.PeeledTag(); ok {
			tags = append(tags, tag)
		}
	}
	for _, warning := range repo.Warnings() {
		if warning.Incomplete() {
			r.Coverage.Skip(scanner.Skip{Path: warning.Path, Reason: warning.Text})
		} else {
			r.Coverage.Notes = append(r.Coverage.Notes, warning.String())
		}
	}
	return tips, tags
}

// elsewhere says what of HEAD's files is not in the objects of this repository:
// all of them before the first commit, when it has no tips.
func elsewhere(repo *gitstore.Repository, head string, tips int) (notes []string) {
	if head == "" && tips == 0 && repo.WorkTree() != "" {
		return []string{"nothing is committed yet; djleaks files . searches the work tree"}
	}
	if head == "" {
		return nil
	}
	if text, err := repo.File(head, ".gitmodules"); err == nil {
		if n := bytes.Count(text, []byte("[submodule ")); n > 0 {
			notes = append(notes, say.Counted(n, "submodule is a repository of its own and was", "submodules are repositories of their own and were")+" not read")
		}
	}
	text, _ := repo.File(head, ".gitattributes") // what it says of hidden files is only a note
	for _, f := range [...]struct{ filter, note string }{
		{"filter=lfs", "files under Git LFS are pointers here: their content is not in Git"},
		{"filter=git-crypt", "files under git-crypt are encrypted here: their content was not read"},
		{"filter=crypt", "files under transcrypt are encrypted here: their content was not read"},
		{"filter=git-agecrypt", "files under git-agecrypt are encrypted here: their content was not read"},
	} {
		if bytes.Contains(text, []byte(f.filter)) {
			notes = append(notes, f.note)
		}
	}
	return notes
}

// progressSoFar remembers how far a walk has come, for when it is interrupted.
type progressSoFar struct {
	done, total atomic.Int64
	searched    atomic.Bool // the walk over commits and trees has begun
}

func (p *progressSoFar) through(next func(done, total int64)) func(done, total int64) {
	return func(done, total int64) {
		p.done.Store(done)
		p.total.Store(total)
		if next != nil {
			next(done, total)
		}
	}
}

// interrupted says of an error that ends a walk early what was not read.
func (p *progressSoFar) interrupted(err error) error {
	if !errors.Is(err, context.Canceled) {
		return err
	}
	if p.searched.Load() {
		return Interrupted("interrupted: everything was searched, but not yet placed in the history, and nothing is reported")
	}
	done, total := p.done.Load(), p.total.Load()
	if total == 0 {
		return Interrupted("interrupted before any blob was searched")
	}
	return Interrupted(fmt.Sprintf("interrupted: %d %% of the packs were read, and nothing is reported", 100*done/total))
}
