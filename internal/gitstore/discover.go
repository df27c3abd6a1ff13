package gitstore

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// notRepositoryError says that no repository was found. It is ErrNotRepository
// for errors.Is.
type notRepositoryError struct {
	path  string // where the search began, or what a .git file names
	cause string // what is wrong there, if it is not simply absent
}

func (e *notRepositoryError) Error() string {
	if e.cause != "" {
		return fmt.Sprintf("open: %s: %s", e.path, e.cause)
	}
	return fmt.Sprintf("open: %s: %v (nor is any folder above it)", e.path, ErrNotRepository)
}

func (e *notRepositoryError) Unwrap() error { return ErrNotRepository }

// Hint names the command that needs no repository.
func (e *notRepositoryError) Hint() string {
	return "djleaks files PATH… examines files that are not in a repository"
}

// Open opens the repository that path is, or is inside of: a work tree or a
// folder in it, a .git directory or file, a bare repository, a linked worktree
// or a submodule. The environment's GIT_CEILING_DIRECTORIES bounds the search.
// It returns an ErrNotRepository if there is none.
func Open(path string) (*Repository, error) {
	gitDir, found, err := discover(path, os.Getenv("GIT_CEILING_DIRECTORIES"))
	if err != nil {
		return nil, err
	}
	return newRepository(gitDir, commonDir(gitDir), found)
}

// OpenEnvironment opens the repository of the current directory as a hook sees
// it: GIT_DIR, GIT_WORK_TREE, GIT_COMMON_DIR, GIT_INDEX_FILE,
// GIT_OBJECT_DIRECTORY and GIT_ALTERNATE_OBJECT_DIRECTORIES are honoured.
func OpenEnvironment() (*Repository, error) {
	cwd, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("open: current directory: %w", err)
	}
	return openEnvironment(cwd, os.Environ())
}

// openEnvironment is OpenEnvironment with a given directory and environment.
func openEnvironment(cwd string, environ []string) (*Repository, error) {
	env := func(name string) string { return lookUpEnv(environ, name) }
	r, err := openGitDir(cwd, env)
	if err != nil {
		return nil, err
	}
	if tree := env("GIT_WORK_TREE"); tree != "" {
		r.workTree = within(cwd, tree)
	}
	if index := env("GIT_INDEX_FILE"); index != "" {
		r.indexPath, r.indexEnv = within(cwd, index), true
	}
	if objects := env("GIT_OBJECT_DIRECTORY"); objects != "" {
		r.objectDir = within(cwd, objects)
	}
	for _, dir := range splitAlternates(env("GIT_ALTERNATE_OBJECT_DIRECTORIES"), os.PathListSeparator) {
		r.alternates = append(r.alternates, within(cwd, dir))
	}
	for _, variable := range environ {
		name, _, _ := strings.Cut(variable, "=")
		if id, ok := r.parseID(strings.TrimPrefix(name, mergeVariable)); ok && strings.HasPrefix(name, mergeVariable) {
			r.merging = append(r.merging, id)
		}
	}
	return r, nil
}

// mergeVariable begins the names of the variables in which `git merge` passes
// the commits that it merges: GITHEAD_<object name>. When it runs the
// pre-merge-commit hook there is no MERGE_HEAD yet.
const mergeVariable = "GITHEAD_"

// lookUpEnv returns the value of a variable, or the empty string.
func lookUpEnv(environ []string, name string) string {
	for _, variable := range environ {
		if value, ok := strings.CutPrefix(variable, name); ok && strings.HasPrefix(value, "=") {
			return value[1:]
		}
	}
	return ""
}

// openGitDir opens GIT_DIR, or the repository that discover finds.
func openGitDir(cwd string, env func(string) string) (*Repository, error) {
	named := env("GIT_DIR")
	if named == "" {
		gitDir, found, err := discover(cwd, env("GIT_CEILING_DIRECTORIES"))
		if err != nil {
			return nil, err
		}
		return newRepository(gitDir, chooseCommonDir(cwd, gitDir, env), found)
	}
	gitDir, err := physical(within(cwd, named))
	if err != nil {
		return nil, &notRepositoryError{path: within(cwd, named), cause: "GIT_DIR names nothing"}
	}
	if !isDir(gitDir) {
		if gitDir, err = readGitFile(gitDir); err != nil {
			return nil, err
		}
	}
	common := chooseCommonDir(cwd, gitDir, env)
	if !exists(filepath.Join(gitDir, "HEAD")) {
		return nil, &notRepositoryError{path: gitDir, cause: "GIT_DIR is not a Git repository"}
	}
	r, err := newRepository(gitDir, common, "")
	if err != nil {
		return nil, err
	}
	// With GIT_DIR and nothing else the current directory is the top of the
	// work tree, whatever the git directory's name.
	bare := r.config.boolean("core.bare")
	if _, set := r.config.Get("core.worktree"); !set && (!bare || r.linked()) {
		r.workTree = cwd
	}
	return r, nil
}

func chooseCommonDir(cwd, gitDir string, env func(string) string) string {
	if common := env("GIT_COMMON_DIR"); common != "" {
		if dir, err := physical(within(cwd, common)); err == nil {
			return dir
		}
	}
	return commonDir(gitDir)
}

// discover walks up from path to a git directory. found is the directory that
// has it as .git, and empty if path is inside the git directory itself.
func discover(path, ceilings string) (gitDir, found string, err error) {
	start, err := physical(path)
	if err != nil {
		return "", "", &notRepositoryError{path: path, cause: causeOf(err)}
	}
	dir := start
	if info, err := os.Stat(start); err == nil && !info.IsDir() {
		if filepath.Base(path) == ".git" {
			gitDir, err = readGitFile(start)
			return gitDir, filepath.Dir(start), err
		}
		dir = filepath.Dir(start)
	}
	stops := ceilingSet(ceilings)
	for {
		entry := filepath.Join(dir, ".git")
		if info, err := os.Stat(entry); err == nil {
			if info.IsDir() {
				if git, err := physical(entry); err == nil && isGitDir(git) {
					return git, dir, nil
				}
			} else {
				gitDir, err = readGitFile(entry)
				return gitDir, dir, err
			}
		}
		if isGitDir(dir) {
			return dir, "", nil
		}
		parent := filepath.Dir(dir)
		if parent == dir || stops[parent] {
			return "", "", &notRepositoryError{path: start, cause: closed(start)}
		}
		dir = parent
	}
}

// closed is why it is not known whether a folder is a repository: this user may
// not look into it. It is "" if that is known.
func closed(dir string) string {
	for _, file := range []string{"HEAD", filepath.Join(".git", "HEAD")} {
		if _, err := os.Stat(filepath.Join(dir, file)); errors.Is(err, os.ErrPermission) {
			return causeOf(err)
		}
	}
	return ""
}

// physical returns the absolute path without symbolic links, as the kernel
// would name it.
func physical(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(abs)
}

func causeOf(err error) string {
	var pe *os.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}

func ceilingSet(list string) map[string]bool {
	set := map[string]bool{}
	resolve := true // until an empty entry says otherwise
	for _, dir := range filepath.SplitList(list) {
		if dir == "" {
			resolve = false
			continue
		}
		if !filepath.IsAbs(dir) {
			continue
		}
		dir = filepath.Clean(dir)
		if real, err := filepath.EvalSymlinks(dir); resolve && err == nil {
			dir = real
		}
		set[dir] = true
	}
	return set
}

// isGitDir asks what Git asks, except that HEAD may hold anything: a broken
// HEAD must not send the search to another repository further up.
func isGitDir(dir string) bool {
	if !exists(filepath.Join(dir, "HEAD")) {
		return false
	}
	common := commonDir(dir)
	if !isDir(filepath.Join(common, "objects")) {
		return false
	}
	return isDir(filepath.Join(common, "refs")) || exists(filepath.Join(common, "packed-refs"))
}

// commonDir resolves the commondir file of a linked worktree.
func commonDir(gitDir string) string {
	line, err := readLine(filepath.Join(gitDir, "commondir"))
	if err != nil || line == "" {
		return gitDir
	}
	common := within(gitDir, line)
	if real, err := filepath.EvalSymlinks(common); err == nil {
		return real
	}
	return common
}

// readGitFile follows a .git file: "gitdir: PATH", relative to the file.
func readGitFile(file string) (string, error) {
	line, err := readLine(file)
	if err != nil {
		return "", &notRepositoryError{path: file, cause: causeOf(err)}
	}
	target, ok := strings.CutPrefix(line, "gitdir:")
	if !ok || strings.TrimSpace(target) == "" {
		return "", &notRepositoryError{path: file, cause: "does not name a Git directory"}
	}
	dir := within(filepath.Dir(file), strings.TrimLeft(target, " "))
	real, err := filepath.EvalSymlinks(dir)
	if err != nil || !isGitDir(real) {
		return "", &notRepositoryError{path: dir, cause: "not a Git repository, but " + file + " names it"}
	}
	return real, nil
}
