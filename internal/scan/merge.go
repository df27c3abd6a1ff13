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
	accepted := map[scanner.Fingerprint]bool{}
	for i := range staged.Accepted {
		accepted[staged.Accepted[i].Fingerprint] = true
	}
	open := map[scanner.Fingerprint]bool{}
	for _, k := range side.Keys {
		if accepted[k.Fingerprint] {
			continue
		}
		open[k.Fingerprint] = true
		if i := slices.IndexFunc(staged.Keys, func(s scanner.Key) bool { return s.Fingerprint == k.Fingerprint }); i >= 0 {
			staged.Keys[i].Occurrences = append(staged.Keys[i].Occurrences, k.Occurrences...)
			staged.Keys[i].Summarize()
			continue
		}
		staged.Keys = append(staged.Keys, k)
	}
	for _, k := range side.Accepted {
		if !accepted[k.Fingerprint] {
			staged.Accepted = append(staged.Accepted, k)
		}
	}
	staged.Known = slices.DeleteFunc(staged.Known, func(k scanner.Key) bool { return open[k.Fingerprint] })
	slices.SortStableFunc(staged.Keys, scanner.CompareKeys)
	staged.Coverage.Add(side.Coverage)
	staged.Conclude()
	return staged
}
