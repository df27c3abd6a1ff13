package scan

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/policy"
	"github.com/djleaks/djleaks/internal/regular"
	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django"
)

// Settings are what a scan goes by.
type Settings struct {
	Policy   *policy.Policy
	Baseline []policy.Entry
	Detector *django.Detector
}

// ReadFile returns the content of a file, or an error that is fs.ErrNotExist.
type ReadFile func(name string) ([]byte, error)

// Origin says where the files come from that settings are read from. Folder,
// WorkTree and Base make one.
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

// Base takes the settings from the side that a change shall be merged to, so
// that the change cannot bring those which accept its own key:
//
//   - the configuration is the one of base;
//   - a file that an option names is the one of base, if base has it;
//   - one that only the head has counts as empty, and ignored is told its name;
//   - one that neither side has was made by the job, and one outside of the
//     repository cannot come with the change: they are read as they are.
func Base(repo *gitstore.Repository, base, head scanner.ObjectID, ignored func(name string)) Origin {
	root := func(name string) ([]byte, error) {
		text, err := repo.File(base.String(), name)
		if isMissing(err) {
			err = fs.ErrNotExist
		}
		return text, err
	}
	named := func(name string) ([]byte, error) {
		paths, err := Paths(repo, []string{name})
		if err != nil {
			return os.ReadFile(name) // it is outside of the repository
		}
		text, err := root(paths[0])
		if !errors.Is(err, fs.ErrNotExist) {
			return text, err
		}
		if _, err := repo.File(head.String(), paths[0]); err == nil {
			ignored(name)
			return nil, nil
		}
		return os.ReadFile(name)
	}
	return Origin{root, named}
}

// ReadSettings reads the configuration and the baseline. It is called before
// anything is scanned, so that a mistake in them costs nothing. Errors about
// their content are a Mistake.
func ReadSettings(from Origin, named Named) (*Settings, error) {
	s := &Settings{}
	var err error
	if named.Config != "" {
		text, err := from.Named(named.Config)
		if err != nil {
			return nil, Mistake{fmt.Errorf("--config: %w", err), ""}
		}
		if s.Policy, err = policy.Parse(named.Config, text); err != nil {
			return nil, Mistake{err, ""}
		}
	} else if s.Policy, err = policy.Load(from.Root); err != nil {
		return nil, Mistake{err, ""}
	}
	if s.Baseline, err = ReadBaseline(from.Named, named.Baseline); err != nil {
		return nil, err
	}
	if s.Detector, err = django.New().WithNames(s.Policy.Names); err != nil {
		return nil, Mistake{fmt.Errorf("%s: setting-names: %w", s.Policy.File, err), ""}
	}
	return s, nil
}

// ReadBaseline reads the baseline of this name; "" is an empty one.
func ReadBaseline(read ReadFile, name string) ([]policy.Entry, error) {
	if name == "" {
		return nil, nil
	}
	text, err := read(name)
	if err != nil {
		return nil, Mistake{fmt.Errorf("--baseline: %w", err), ""}
	}
	entries, err := policy.ParseBaseline(name, text)
	if err != nil {
		return nil, Mistake{err, ""}
	}
	return entries, nil
}

// isMissing reports whether a revision is simply not here.
func isMissing(err error) bool {
	return errors.Is(err, gitstore.ErrUnknownRevision) || errors.Is(err, gitstore.ErrObjectMissing)
}
