package scan

import (
	"context"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/scanner"
)

// merged adds to the report of a merge that is being committed what the commits
// of its other side bring, which the index does not tell from what HEAD has: a
// key that somebody committed there past the hook. What the main branch or the
// upstream of the current branch has is left out: to merge it is how a branch
// keeps up, and nothing leaks by it.
func (s *Scan) merged(ctx context.Context, repo *gitstore.Repository, settings *Settings, r *scanner.Report) (*scanner.Report, error) {
	heads := repo.MergeHeads()
	if len(heads) == 0 {
		return r, nil
	}
	head, err := repo.Head()
	if err != nil {
		return nil, err
	}
	have, err := mainBranches(repo, head)
	if err != nil {
		return nil, err
	}
	if head.Commit != "" {
		have = append(have, head.Commit)
	}
	source := repo.RangeOf(gitstore.RangeSpec{Include: heads, Exclude: distinct(have)})
	side := s.report(scanner.ScopeStaged, settings)
	if err := s.search(ctx, repo, source, nil, settings, side); err != nil {
		return nil, err
	}
	return join(r, s.conclude(side, settings)), nil
}

// mainBranches are the tips of the branches that others are merged from to keep
// up: the upstream of the current branch, the branch that a remote calls its
// HEAD, on a server that of HEAD, or one with a usual name.
func mainBranches(repo *gitstore.Repository, head gitstore.Ref) ([]scanner.ObjectID, error) {
	refs, err := repo.Refs()
	if err != nil {
		return nil, err
	}
	wanted := mainRefs(repo, head, refs)
	var tips []scanner.ObjectID
	for _, ref := range refs {
		if wanted[ref.Name] && ref.Commit != "" {
			tips = append(tips, ref.Commit)
		}
	}
	return tips, nil
}

// mainRefs are the names that these branches have.
func mainRefs(repo *gitstore.Repository, head gitstore.Ref, refs []gitstore.Ref) map[string]bool {
	names := []string{"main", "master", "trunk"}
	remotes := repo.Config().Remotes()
	for _, ref := range refs {
		for _, remote := range remotes {
			if ref.Name == "refs/remotes/"+remote+"/HEAD" {
				names = []string{strings.TrimPrefix(ref.Target, "refs/remotes/"+remote+"/")}
			}
		}
	}
	wanted := map[string]bool{}
	for _, name := range names {
		wanted["refs/heads/"+name] = true
		for _, remote := range remotes {
			wanted["refs/remotes/"+remote+"/"+name] = true
		}
	}
	if upstream := upstreamOf(repo, head); upstream != "" {
		wanted[upstream] = true
	}
	if repo.WorkTree() == "" {
		wanted[head.Target] = true // nobody works on a branch of a server
	}
	return wanted
}

// upstreamOf is the ref that follows the branch from which the current one
// pulls, as far as the usual refspec tells; "" if there is none.
func upstreamOf(repo *gitstore.Repository, head gitstore.Ref) string {
	branch := strings.TrimPrefix(head.Target, "refs/heads/")
	remote, _ := repo.Config().Get("branch." + branch + ".remote")
	merge, ok := repo.Config().Get("branch." + branch + ".merge")
	switch {
	case !ok || remote == "":
		return ""
	case remote == ".":
		return merge
	}
	return "refs/remotes/" + remote + "/" + strings.TrimPrefix(merge, "refs/heads/")
}

// join adds to the decided report of what is staged that of the merged side. A
// key that is accepted where it is staged is accepted, because that is what the
// merge will have.
func join(staged, side *scanner.Report) *scanner.Report {
	isAccepted := func(k scanner.Key) bool { return slices.ContainsFunc(staged.Accepted, same(&k)) }
	staged.Accepted = append(staged.Accepted, slices.DeleteFunc(side.Accepted, isAccepted)...)
	staged.Coverage.Add(side.Coverage)
	addOpen(staged, slices.DeleteFunc(side.Keys, isAccepted))
	return staged
}

// addOpen adds open keys to the decided report of the same change, seen from
// another side: keys that are not open in it, and places that it has not, or only as
// less severe ones. What is open from one side is neither known nor accepted.
func addOpen(r *scanner.Report, open []scanner.Key) {
	for _, k := range open {
		if i := slices.IndexFunc(r.Keys, same(&k)); i >= 0 {
			addPlaces(&r.Keys[i], k.Occurrences)
		} else {
			r.Keys = append(r.Keys, k)
		}
		r.Known = slices.DeleteFunc(r.Known, same(&k))
		r.Accepted = slices.DeleteFunc(r.Accepted, same(&k))
	}
	slices.SortStableFunc(r.Keys, scanner.CompareKeys)
	r.Conclude()
}

// same recognises a key.
func same(k *scanner.Key) func(scanner.Key) bool {
	return func(other scanner.Key) bool { return other.Fingerprint == k.Fingerprint }
}

// addPlaces adds places to an open key.
func addPlaces(k *scanner.Key, places []scanner.Occurrence) {
	for _, o := range places {
		i := slices.IndexFunc(k.Occurrences, func(x scanner.Occurrence) bool {
			return x.Path == o.Path && x.Part == o.Part && x.Commit == o.Commit && x.Tag == o.Tag
		})
		switch {
		case i < 0:
			k.Occurrences = append(k.Occurrences, o)
		case o.Accepted == nil && (k.Occurrences[i].Accepted != nil || k.Occurrences[i].Severity < o.Severity):
			k.Occurrences[i] = o
		}
	}
	k.Summarize()
}
