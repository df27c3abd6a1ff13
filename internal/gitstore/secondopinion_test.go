package gitstore

import (
	"context"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/storage"
	"github.com/go-git/go-git/v5/storage/filesystem"
	"github.com/go-git/go-git/v5/storage/filesystem/dotgit"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/gogit"
)

// goGit opens the repository with go-git, or says why go-git cannot read it.
func (r *Repository) goGit() (store storage.Storer, cannot string) {
	switch {
	case r.idSize != len(plumbing.ZeroHash):
		return nil, "SHA-256 names: a Hash of go-git has 20 bytes"
	case r.reftable:
		return nil, "reftable refs"
	case r.indexEnv || len(r.lockedIndexes()) > 0:
		return nil, "an index that Git names in the environment, or holds in a lock file"
	case r.objectDir != filepath.Join(r.commonDir, "objects") || len(r.alternates) > 0:
		return nil, "objects directories that Git names in the environment"
	}
	files := dotgit.NewRepositoryFilesystem(osfs.New(r.gitDir), osfs.New(r.commonDir))
	return filesystem.NewStorageWithOptions(files, cache.NewObjectLRUDefault(), filesystem.Options{AlternatesFS: osfs.New("/")}), ""
}

// goGitCannot are the layouts of the tests that go-git does not read, or reads
// otherwise than Git does, by the name of the test.
var goGitCannot = map[string]string{
	"TestIndexThatIsSplitIsPutTogether":         "a split index: its extension link",
	"TestIndexThatIsSparseIsComparedByItsTrees": "a sparse index: its extension sdir",
}

// checkAgainstGoGit holds what a source has yielded against what package gogit
// yields of the same repository.
func checkAgainstGoGit(t testing.TB, s scanner.Source, lines []string, coverage scanner.Coverage) {
	t.Helper()
	var r *Repository
	var other scanner.Source
	switch s := s.(type) {
	case *Staged:
		if len(s.opts.Paths) > 0 || s.opts.WantKnown != nil {
			return // gogit has no such question
		}
		r = s.r
	case *Range:
		if s.Prefilter != nil || s.WantKnown != nil {
			return
		}
		r = s.r
	default:
		return
	}
	store, cannot := r.goGit()
	if cannot != "" {
		return
	}
	switch s := s.(type) {
	case *Staged:
		other = gogit.NewStaged(store)
	case *Range:
		other = gogit.NewHistory(store, hashes(s.spec.Include), hashes(s.spec.Exclude))
	}
	reason := goGitCannot[t.Name()]
	theirs, matched, complete, err := readOther(other)
	if reason != "" {
		if err == nil && slices.Equal(lines, theirs) {
			t.Errorf("go-git reads this, though the list of what it cannot read says: %s", reason)
		}
		return
	}
	if err != nil {
		t.Errorf("go-git: %v", err)
		return
	}
	if !slices.Equal(lines, theirs) || coverage.Complete != complete {
		t.Errorf("go-git has (complete %v)\n\t%s\nnot (%v)\n\t%s", complete, strings.Join(theirs, "\n\t"), coverage.Complete, strings.Join(lines, "\n\t"))
	}
	if s, ok := s.(*Range); ok {
		places, _ := s.Places(matched, 8)
		want, got := presencesText(t, places), presencesText(t, other.(*gogit.History).Presences(matched, 8))
		if want != got {
			t.Errorf("go-git has the presences\n\t%s\nnot\n\t%s", got, want)
		}
	}
}

func hashes(ids []scanner.ObjectID) []plumbing.Hash {
	out := make([]plumbing.Hash, len(ids))
	for i, id := range ids {
		copy(out[i][:], id)
	}
	return out
}

// readOther is readTexts for gogit. Each text holds two of eight items, so that
// several versions of a file hold the same one.
func readOther(s scanner.Source) (lines []string, matched map[scanner.ObjectID][]int32, complete bool, err error) {
	matched = map[scanner.ObjectID][]int32{}
	coverage, err := s.Chunks(context.Background(), func(c *scanner.Chunk) error {
		if c.Kind != scanner.File {
			return nil
		}
		mark := ""
		if c.Known {
			mark = "known "
		}
		matched[c.ID] = []int32{int32(c.ID[0] % 4), 4 + int32(c.ID[1]%4)}
		lines = append(lines, mark+c.Path+": "+strings.TrimSpace(string(c.Text)))
		return nil
	})
	slices.Sort(lines)
	return lines, matched, coverage.Complete, err
}

// presencesText writes presences out. Versions and commits are sorted by name:
// parallel branches have no order.
func presencesText(t testing.TB, items [][]scanner.Presence) string {
	t.Helper()
	var out strings.Builder
	for _, list := range items {
		for _, p := range list {
			slices.Sort(p.Blobs)
			for _, commits := range [][]scanner.Commit{p.Introduced, p.Removed} {
				slices.SortFunc(commits, func(a, b scanner.Commit) int { return strings.Compare(a.Commit, b.Commit) })
			}
			text, err := json.Marshal(p)
			must(t, err)
			out.Write(append(text, '\n'))
		}
	}
	return out.String()
}
