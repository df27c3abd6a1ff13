package scan

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/scanner"
)

// Range searches what the commits that head has and base has not add.
func (s *Scan) Range(ctx context.Context, repo *gitstore.Repository, base, head string) (*scanner.Report, error) {
	source, err := repo.Range(base, head)
	if err != nil {
		return nil, err
	}
	settings, err := s.rangeSettings(repo, source)
	if err != nil {
		return nil, err
	}
	r := s.report(scanner.ScopeRange, settings)
	r.Scope.Range = base + ".." + head
	if r, err = s.decided(ctx, repo, source, nil, settings, r); err != nil {
		return nil, err
	}
	if r.Coverage.Commits == 0 && r.Scope.Base != r.Scope.Head {
		r.Coverage.Notes = append(r.Coverage.Notes, "the range has no commit: everything in "+head+" is in "+base+", so "+head+".."+base+" may be meant")
	}
	return r, nil
}

// rangeSettings are the settings of a range between two commits.
func (s *Scan) rangeSettings(repo *gitstore.Repository, source *gitstore.Range) (*Settings, error) {
	if !s.fromBase(false) {
		return s.ofWorkTree(repo)
	}
	var base scanner.ObjectID
	if ids := source.Base(); len(ids) == 1 {
		base = ids[0]
	}
	head := source.Head()[0]
	return s.ofBase(repo, base, inTree(repo, head), ofCommit(repo, head), "merged")
}

// Received searches the commits that a ref is about to get: by a push to this
// repository or from it, or by a commit. foreign says that somebody else sends
// them. The settings are those of the repository, whose HEAD and work tree are as
// they were before.
func (s *Scan) Received(ctx context.Context, repo *gitstore.Repository, kind scanner.ScopeKind, revisions scanner.Revisions, foreign bool) (*scanner.Report, error) {
	c := (*received)(&revisions)
	source, err := c.source(repo, foreign)
	if err != nil {
		return nil, err
	}
	settings, err := ReadSettings(WorkTree(repo), s.Named)
	if err != nil {
		return nil, err
	}
	names, err := c.names(repo)
	if err != nil {
		return nil, err
	}
	r := s.report(kind, settings)
	r.Scope.Range = c.Why
	settings.review.FromBase = s.fromBase(foreign)
	if heads := source.Head(); settings.review.FromBase && len(heads) == 1 {
		settings.review.Change = s.ownEntries(ofCommit(repo, heads[0]))
	}
	return s.decided(ctx, repo, source, names, settings, r)
}

// received is what Received is told, to be found in a repository.
type received scanner.Revisions

// source finds the commits in a repository. A key that is pushed is known from what
// the changed refs had before and from the main branches: that some other branch has
// it at the same path is no reason to have it there too.
func (c *received) source(repo *gitstore.Repository, foreign bool) (*gitstore.Range, error) {
	var out gitstore.RangeSpec
	for _, revision := range c.Include {
		id, err := repo.Resolve(revision)
		if err != nil {
			return nil, fmt.Errorf("hook run: %w", err)
		}
		out.Include = append(out.Include, id)
	}
	for _, revision := range c.Exclude {
		id, err := repo.Resolve(revision)
		if err != nil && !isMissing(err) {
			return nil, fmt.Errorf("hook run: %w", err)
		}
		if _, _, err := repo.Object(id); id != "" && err == nil {
			out.Exclude = append(out.Exclude, id)
		}
	}
	if !c.Local && !c.NotOnRemotes && !c.NotInRefs {
		return repo.RangeOf(out), nil
	}
	refs, err := repo.Refs()
	if err != nil {
		return nil, fmt.Errorf("hook run: %w", err)
	}
	given := slices.Clone(out.Exclude)
	c.addRefs(refs, &out)
	// Who rebases has the old commits in a branch of their own. With Local it is not
	// said which refs change.
	if foreign || c.NotOnRemotes && !c.Local {
		out.Known = append([]scanner.ObjectID{}, given...)
		err = c.addMain(repo, refs, &out)
	}
	if !foreign || !c.NotInRefs {
		out.Onto = nil
	}
	return repo.RangeOf(out), err
}

// addMain adds the main branches, as far as they are excluded, to what is known. One
// that moves on is compared with them as a whole: it must not get from another branch
// what it has not got itself.
func (c *received) addMain(repo *gitstore.Repository, refs []gitstore.Ref, out *gitstore.RangeSpec) error {
	head, err := repo.Head()
	if err != nil {
		return fmt.Errorf("hook run: %w", err)
	}
	isMain := mainRefs(repo, head, refs)
	var tips []scanner.ObjectID
	for _, ref := range refs {
		if isMain[ref.Name] && slices.Contains(out.Exclude, ref.Commit) {
			tips = append(tips, ref.Commit)
		}
	}
	out.Known = distinct(append(out.Known, tips...))
	out.Onto = map[scanner.ObjectID][]scanner.ObjectID{}
	for ref, revision := range c.Updated {
		if !isMain[ref] {
			continue
		}
		id, err := repo.Resolve(revision)
		if err != nil {
			return fmt.Errorf("hook run: %w", err)
		}
		out.Onto[id] = distinct(tips)
	}
	return nil
}

// names are the names of the refs that come to be, as far as a key may be in
// them, with their objects.
func (c *received) names(repo *gitstore.Repository) (map[string]scanner.ObjectID, error) {
	out := map[string]scanner.ObjectID{}
	for ref, revision := range c.Created {
		if !scanner.MayNameKey(ref) {
			continue
		}
		if _, err := repo.Resolve(ref); err == nil && c.NotInRefs {
			continue // it is here: Git does not always say what it replaces
		}
		id, err := repo.Resolve(revision)
		if err != nil {
			return nil, fmt.Errorf("hook run: %w", err)
		}
		out[ref] = id
	}
	if !c.Local {
		return out, nil
	}
	refs, err := repo.Refs()
	if err != nil {
		return nil, fmt.Errorf("hook run: %w", err)
	}
	for _, ref := range refs {
		if isLocal(ref.Name) && scanner.MayNameKey(ref.Name) && !isOnRemote(refs, ref.Name) {
			out[ref.Name] = ref.ID
		}
	}
	return out, nil
}

// isOnRemote reports whether a remote has a branch of this name.
func isOnRemote(refs []gitstore.Ref, name string) bool {
	branch, ok := strings.CutPrefix(name, "refs/heads/")
	return ok && slices.ContainsFunc(refs, func(r gitstore.Ref) bool {
		return strings.HasPrefix(r.Name, "refs/remotes/") && strings.HasSuffix(r.Name, "/"+branch)
	})
}

// addRefs adds the commits of refs, as far as they are asked for.
func (c *received) addRefs(refs []gitstore.Ref, out *gitstore.RangeSpec) {
	for _, ref := range refs {
		switch {
		case ref.Peeled == "":
		case c.NotInRefs && c.hasLetIn(ref.Name), c.NotOnRemotes && strings.HasPrefix(ref.Name, "refs/remotes/"):
			if ref.Commit != "" {
				out.Exclude = append(out.Exclude, ref.Commit)
			}
		case c.Local && isLocal(ref.Name):
			// With the tags on the way, and whatever they name.
			out.Include = append(out.Include, ref.ID)
		}
	}
	out.Include, out.Exclude = distinct(out.Include), distinct(out.Exclude)
}

func isLocal(name string) bool {
	return name == "HEAD" || strings.HasPrefix(name, "refs/heads/") || strings.HasPrefix(name, "refs/tags/")
}

// hasLetIn reports whether a commit of a ref of this name has been let in already.
// What Git notes for a cherry-pick or a rebase on its way, and what is stashed, has
// not; nor, where only some refs are watched, what any other got.
func (c *received) hasLetIn(name string) bool {
	if c.OnlyWatched {
		return isLocal(name) || strings.HasPrefix(name, "refs/remotes/")
	}
	return name == "HEAD" || strings.HasPrefix(name, "refs/") && name != "refs/stash"
}

func distinct(ids []scanner.ObjectID) []scanner.ObjectID {
	slices.Sort(ids)
	return slices.Compact(ids)
}

// search adds to a report the keys that a set of commits adds, and those in the
// names of the refs that come to be with them.
func (s *Scan) search(ctx context.Context, repo *gitstore.Repository, source *gitstore.Range, names map[string]scanner.ObjectID, settings *Settings, r *scanner.Report) error {
	settings.learnFrom(func() (files []gitstore.TreeFile) {
		enter := func(folder []byte) bool { return mayHoldReaders(string(folder)) }
		want := func(file []byte) bool { return readsKeys(string(file)) }
		for _, head := range source.Head() {
			files = append(files, repo.NearFiles(head.String(), maxReaderDirs, enter, want)...)
		}
		return files
	}, objectReader(repo))
	source.Named = func(blobs int) func(string) bool {
		takes := settings.Detector.WantsFile
		if blobs < prefilterFrom {
			takes = settings.Detector.TakesFile // all are read anyway
		}
		return func(file string) bool { return takes(file) || settings.Detector.MayBeUnread(file) }
	}
	filter := prefilter{detector: settings.Detector, jobs: s.jobs(), repo: repo}
	source.Prefilter = func(blobs, later []scanner.ObjectID) gitstore.Keyless { return filter.keyless(ctx, blobs, later) }
	coverage, err := s.find(ctx, source, names, settings, r)
	if err != nil {
		return err
	}
	r.Coverage.Add(coverage)
	r.Scope.Repository, r.Scope.Merges = repo.GitDir(), source.HasMerges()
	r.Scope.Base, r.Scope.Head = only(source.Base()), only(source.Head())
	return nil
}

// find puts the keys of a source into a report, and returns what was read.
func (s *Scan) find(ctx context.Context, source *gitstore.Range, names map[string]scanner.ObjectID, settings *Settings, r *scanner.Report) (scanner.Coverage, error) {
	collector := scanner.NewCollector(settings.Detector)
	collector.SuggestReplacements()
	source.WantKnown = collector.Found
	coverage, err := collector.Run(ctx, source)
	if err != nil {
		return coverage, err
	}
	for _, ref := range slices.Sorted(maps.Keys(names)) {
		collector.Add(refName(ref, names[ref]))
	}
	findings, remarks := s.findings(collector), collector.Remarks()
	items, matched := scanner.Items(findings)
	last := withRemarks(matched, items, remarks)
	places, whole := source.Places(matched, len(items)+1)
	r.Remarks = placedRemarks(remarks, places[last])
	if !whole {
		coverage.Skip(scanner.Skip{Reason: "a key has more places or changes than can be listed"})
	}
	r.Keys, r.Known = scanner.Build(settings.Detector, findings, &scanner.History{Items: items, Places: places}, scanner.StatusHistory)
	return coverage, nil
}

// decided searches a set of commits and concludes its report. Where a head merges
// what was there before, what it changes as a whole is searched, too: a merge can
// bring a key back that one of its sides has removed and the other has always had,
// which changes nothing against that other side.
func (s *Scan) decided(ctx context.Context, repo *gitstore.Repository, source *gitstore.Range, names map[string]scanner.ObjectID, settings *Settings, r *scanner.Report) (*scanner.Report, error) {
	if err := s.search(ctx, repo, source, names, settings, r); err != nil {
		return nil, err
	}
	var skip func(scanner.ObjectID) bool
	if len(r.Keys)+len(r.Known) == 0 {
		skip = source.Added // and no key is in what was
	}
	r = s.conclude(r, settings)
	for _, combined := range source.Combined(skip) {
		combined.Named, combined.Prefilter = source.Named, source.Prefilter
		whole := s.report(r.Scope.Kind, settings)
		coverage, err := s.find(ctx, combined, nil, settings, whole)
		if err != nil {
			return nil, err
		}
		for _, skipped := range coverage.Skipped {
			r.Coverage.Skip(skipped)
		}
		addOpen(r, s.conclude(whole, settings).Keys)
	}
	return r, nil
}

// only is the name of the only commit of a list, or empty.
func only(ids []scanner.ObjectID) string {
	if len(ids) != 1 {
		return ""
	}
	return ids[0].String()
}
