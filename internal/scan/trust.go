package scan

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/internal/policy"
	"github.com/djleaks/djleaks/internal/regular"
	"github.com/djleaks/djleaks/scanner"
)

// Acceptances says whose word counts when a comment, the configuration or a
// baseline accepts a key.
type Acceptances string

// The sides. Without one a use case has its own: a CI job and a server take the
// base, because whoever sends them a change must not accept its keys; the hooks
// of a developer and everything that is started by hand take the work tree.
const (
	FromBase     Acceptances = "base"      // what was there before the change
	FromWorkTree Acceptances = "work-tree" // what the change has
)

// AllAcceptances returns both sides.
func AllAcceptances() []Acceptances { return []Acceptances{FromBase, FromWorkTree} }

// fromBase reports whether a use case takes the base, which is so if the user
// says nothing and standard is set.
func (s *Scan) fromBase(standard bool) bool {
	if s.AcceptFrom == "" {
		return standard
	}
	return s.AcceptFrom == FromBase
}

// Origin says where the files come from that settings are read from. Folder,
// WorkTree and Base make one. Together with policy.Review.FromBase it is the rule
// that nobody accepts their own key.
type Origin struct {
	Root  ReadFile // by a name in the root of what is scanned
	Named ReadFile // by a name that an option gives
}

// maxConfig bounds the size of a configuration, in bytes. The pyproject.toml of
// a large project has a tenth of it.
const maxConfig = 1 << 20

// Folder takes the settings from a folder.
func Folder(root string) Origin {
	return Origin{
		Root:  func(name string) ([]byte, error) { return regular.ReadIn(root, name, maxConfig) },
		Named: os.ReadFile,
	}
}

// WorkTree takes the settings from the work tree of a repository, or from HEAD's
// tree if it has none: they are those of the person who scans.
func WorkTree(repo *gitstore.Repository) Origin {
	if root := repo.WorkTree(); root != "" {
		return Folder(root)
	}
	return Origin{Root: func(name string) ([]byte, error) { return repo.File("HEAD", name) }, Named: os.ReadFile}
}

// Base takes the settings from the side that a change is to be merged into, so
// that the change cannot bring those which accept its own key:
//
//   - the configuration is the one of base; without a base there is no configuration;
//   - a file that an option names is the one of base, if base has it;
//   - one that only the change has, even through a link, counts as empty, and
//     ignored is told its name;
//   - one that neither side has was made by the job, and one outside of the
//     repository cannot come with the change: they are read as they are.
//
// brings reports whether the change has something at a path, which is relative
// to the top level.
func Base(repo *gitstore.Repository, base scanner.ObjectID, brings func(path string) bool, ignored func(name string)) Origin {
	root := func(name string) ([]byte, error) {
		if base == "" {
			return nil, fs.ErrNotExist
		}
		text, err := repo.File(base.String(), name)
		if isMissing(err) {
			err = fs.ErrNotExist
		}
		return text, err
	}
	named := func(name string) ([]byte, error) {
		for _, path := range pathsOf(repo, name) {
			text, err := root(path)
			if !errors.Is(err, fs.ErrNotExist) {
				return text, err
			}
			if brings(path) {
				ignored(name)
				return nil, nil
			}
		}
		return os.ReadFile(name)
	}
	return Origin{root, named}
}

// pathsOf are the paths below the top level that a name can mean: as it is
// written, and where links lead. There are none outside of the repository.
func pathsOf(repo *gitstore.Repository, name string) []string {
	var out []string
	if paths, err := Paths(repo, []string{name}); err == nil {
		out = paths
	}
	if real, err := filepath.EvalSymlinks(name); err == nil {
		if paths, err := Paths(repo, []string{real}); err == nil && (out == nil || paths[0] != out[0]) {
			out = append(out, paths...)
		}
	}
	return out
}

// inTree reports whether a commit has something at a path, or has a link or a
// file where the path has a folder: then what is found there is reached through it.
func inTree(repo *gitstore.Repository, commit scanner.ObjectID) func(path string) bool {
	return func(path string) bool {
		for end := 0; end < len(path); {
			next := strings.IndexByte(path[end:], '/')
			if next < 0 {
				next = len(path) - end
			}
			end += next
			id, err := repo.EntryAt(commit, path[:end])
			if err != nil || id == "" {
				return err != nil // what cannot be read is not trusted
			}
			if t, _, err := repo.Object(id); err != nil || t == packfile.Blob {
				return true
			}
			end++
		}
		return true
	}
}

// ofCommit takes the settings from a commit.
func ofCommit(repo *gitstore.Repository, commit scanner.ObjectID) Origin {
	root := func(name string) ([]byte, error) { return repo.File(commit.String(), name) }
	named := func(name string) ([]byte, error) {
		for _, path := range pathsOf(repo, name) {
			if text, err := root(path); err == nil {
				return text, nil
			}
		}
		return os.ReadFile(name)
	}
	return Origin{root, named}
}

// ownEntries are the entries that a change itself has, for a report that says
// which keys wait for them. What cannot be read accepts nothing anyway.
func (s *Scan) ownEntries(change Origin) []policy.Source {
	settings, err := ReadSettings(change, s.Named)
	if err != nil {
		return nil
	}
	return []policy.Source{{By: scanner.ByConfig, Entries: settings.Policy.Accept}, {By: scanner.ByBaseline, Entries: settings.Baseline}}
}

// ofBase reads the settings of a base, and decides that nobody accepts their own
// key. change is what the change has instead, when is when that counts.
func (s *Scan) ofBase(repo *gitstore.Repository, base scanner.ObjectID, brings func(string) bool, change Origin, when string) (*Settings, error) {
	var notes []string
	settings, err := ReadSettings(Base(repo, base, brings, func(name string) {
		notes = append(notes, name+" is new in this change, so it counts once it is "+when)
	}), s.Named)
	if err != nil {
		return nil, err
	}
	settings.Notes, settings.review = notes, policy.Review{FromBase: true, Change: s.ownEntries(change)}
	return settings, nil
}

// ofWorkTree reads the settings of a work tree, whose acceptances count.
func (s *Scan) ofWorkTree(repo *gitstore.Repository) (*Settings, error) {
	return ReadSettings(WorkTree(repo), s.Named)
}
