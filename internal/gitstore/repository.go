package gitstore

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/internal/regular"
	"github.com/djleaks/djleaks/scanner"
)

// Repository is an open repository. Its methods may be called from one
// goroutine at a time.
type Repository struct {
	gitDir    string
	commonDir string
	workTree  string
	indexPath string
	indexEnv  bool // Git named the index in the environment

	merging []scanner.ObjectID // what `git merge` says it merges

	objectDir  string
	alternates []string // from the environment

	config    *Config
	idSize    int
	reftable  bool
	git       func(args ...string) (string, error) // set if it must be asked for refs
	warnings  []Warning
	warned    map[Warning]bool
	unlisted  [warnConfig + 1]int // further warnings, by kind
	directory []string            // memo of ObjectDirs
	shallow   func() map[scanner.ObjectID]bool

	store    *packfile.Store
	trees    *packfile.Recent            // those of store; nil until one is read
	isCommit func(scanner.ObjectID) bool // without looking; may be nil
	peeled   map[scanner.ObjectID]PeeledTag
}

// PeeledTag says what an annotated tag leads to.
type PeeledTag struct {
	Tag, Peeled scanner.ObjectID
	IsCommit    bool               // what Peeled is
	Tags        []scanner.ObjectID // on the way, with the first
}

// Know says of which objects it is known that they are here and are commits, and
// where tags lead that are here, so that a ref that names one is not followed by
// reading it.
func (r *Repository) Know(isCommit func(scanner.ObjectID) bool, tags []PeeledTag) {
	r.isCommit, r.peeled = isCommit, make(map[scanner.ObjectID]PeeledTag, len(tags))
	for _, tag := range tags {
		r.peeled[tag.Tag] = tag
	}
}

func (r *Repository) knowsCommit(id scanner.ObjectID) bool {
	return r.isCommit != nil && r.isCommit(id)
}

// GitDir is the absolute path of the repository's own directory; of a linked
// worktree the one below worktrees/.
func (r *Repository) GitDir() string { return r.gitDir }

// CommonDir is the directory that all worktrees of the repository share; it
// equals GitDir except in a linked worktree.
func (r *Repository) CommonDir() string { return r.commonDir }

// WorkTree is the absolute path of the top of the work tree, or empty if there
// is none.
func (r *Repository) WorkTree() string { return r.workTree }

// IDSize is the length of an object name in bytes: 20 or 32.
func (r *Repository) IDSize() int { return r.idSize }

// Config returns the repository's own settings, those of the worktree last.
// The files of the user and of the system are not in it.
func (r *Repository) Config() *Config { return r.config }

// Warnings returns what is wrong with the repository but has not stopped anything
// so far. After the first 1000 they are only counted, by kind.
func (r *Repository) Warnings() []Warning {
	r.ObjectDirs()
	r.Shallow()
	warnings := slices.Clone(r.warnings)
	for kind, n := range r.unlisted {
		if n > 0 {
			warnings = append(warnings, Warning{kind: warningKind(kind), Path: r.gitDir, Text: fmt.Sprintf("%d more warnings of this kind", n)})
		}
	}
	return warnings
}

// PartialClone reports whether the repository was cloned with a filter, so
// that objects may be absent without being lost.
func (r *Repository) PartialClone() bool {
	if _, ok := r.config.Get("extensions.partialclone"); ok {
		return true
	}
	for _, name := range r.config.Remotes() {
		if r.config.boolean("remote." + name + ".promisor") {
			return true
		}
	}
	return false
}

// maxWarnings is how many warnings are listed; further ones are counted.
const maxWarnings = 1000

func (r *Repository) warn(kind warningKind, path, text string) {
	w := Warning{kind, path, text}
	if len(r.warnings) >= maxWarnings {
		r.unlisted[kind]++
		return
	}
	if r.warned[w] {
		return
	}
	if r.warned == nil {
		r.warned = map[Warning]bool{}
	}
	r.warned[w] = true
	r.warnings = append(r.warnings, w)
}

// newRepository reads the configuration of a git directory. found is the
// directory that holds the .git through which it was found, or empty.
func newRepository(gitDir, commonDir, found string) (*Repository, error) {
	r := &Repository{gitDir: gitDir, commonDir: commonDir, config: &Config{}, idSize: 20}
	r.indexPath = filepath.Join(gitDir, "index")
	r.objectDir = filepath.Join(commonDir, "objects")
	r.readConfig()
	if err := r.checkFormat(); err != nil {
		return nil, err
	}
	r.workTree = r.findWorkTree(found)
	r.shallow = sync.OnceValue(r.readShallow)
	return r, nil
}

func (r *Repository) readConfig() {
	path := filepath.Join(r.commonDir, "config")
	r.readConfigFile(path)
	if r.config.boolean("extensions.worktreeconfig") {
		r.readConfigFile(filepath.Join(r.gitDir, "config.worktree"))
	}
}

func (r *Repository) readConfigFile(path string) {
	if err := r.config.read(path); err != nil {
		r.warn(warnConfig, path, "configuration: "+rootCause(err))
	}
}

// checkFormat reads the extensions. Reading depends on two of them only; unlike
// Git, which must not write to a repository with an unknown extension, it warns
// of the others.
func (r *Repository) checkFormat() error {
	path := filepath.Join(r.commonDir, "config")
	if v, ok := r.config.Get("core.repositoryformatversion"); ok && v != "0" && v != "1" {
		r.warn(warnExtension, path, "repository format "+v+" is not recognised")
	}
	var unknown error
	r.config.section("extensions", func(name, value string) {
		switch name {
		case "noop", "noop-v1", "preciousobjects", "partialclone", "worktreeconfig", "relativeworktrees",
			"compatobjectformat", "submodulepathconfig":
		case "objectformat":
			switch strings.ToLower(value) {
			case "sha1":
				r.idSize = 20
			case "sha256":
				r.idSize = 32
			default:
				unknown = fmt.Errorf("open: %s: object format %q is not supported", r.gitDir, value)
			}
		case "refstorage":
			r.reftable = !strings.EqualFold(value, "files")
			if r.reftable {
				r.warn(warnRefs, r.commonDir, "refs are stored as "+value+" and cannot be read")
			}
		default:
			r.warn(warnExtension, path, "extension "+name+" is not recognised")
		}
	})
	return unknown
}

// findWorkTree says where the files of the repository are, if it has any.
func (r *Repository) findWorkTree(found string) string {
	if tree, ok := r.config.Get("core.worktree"); ok && tree != "" && !r.linked() {
		return within(r.gitDir, tree)
	}
	if r.linked() {
		if found != "" {
			return found
		}
		if file, err := readLine(filepath.Join(r.gitDir, "gitdir")); err == nil && file != "" {
			return filepath.Dir(within(r.gitDir, file))
		}
		return ""
	}
	if r.config.boolean("core.bare") {
		return ""
	}
	if found == "" && filepath.Base(r.gitDir) == ".git" {
		return filepath.Dir(r.gitDir)
	}
	return found
}

// linked reports whether this is a linked worktree.
func (r *Repository) linked() bool { return r.gitDir != r.commonDir }

// Shallow returns the commits whose parents a shallow clone has not fetched.
func (r *Repository) Shallow() map[scanner.ObjectID]bool { return r.shallow() }

// maxShallow bounds the list of shallow commits, in bytes.
const maxShallow = 64 << 20

func (r *Repository) readShallow() map[scanner.ObjectID]bool {
	path := filepath.Join(r.commonDir, "shallow")
	data, err := regular.Read(path, maxShallow)
	if err != nil {
		if !os.IsNotExist(err) {
			r.warn(warnObjects, path, "list of shallow commits: "+rootCause(err))
		}
		return nil
	}
	set := map[scanner.ObjectID]bool{}
	for line := range strings.Lines(string(data)) {
		if id, ok := r.parseID(strings.TrimSpace(line)); ok {
			set[id] = true
		}
	}
	return set
}

// parseID reads a full object name of this repository's length.
func (r *Repository) parseID(s string) (scanner.ObjectID, bool) {
	if len(s) != 2*r.idSize {
		return "", false
	}
	return scanner.ParseObjectID(s)
}
