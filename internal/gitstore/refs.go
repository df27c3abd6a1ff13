package gitstore

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/internal/regular"
	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// Ref is one name for an object.
type Ref struct {
	// Name is the full name: "refs/heads/main", "HEAD", "ORIG_HEAD", for the
	// HEAD of another worktree "worktrees/NAME/HEAD" or "main-worktree/HEAD".
	Name   string
	Target string             // the ref that a symbolic ref names, else empty
	ID     scanner.ObjectID   // what it names
	Peeled scanner.ObjectID   // the commit, tree or blob that is, or that a tag leads to; empty if it cannot be read
	Commit scanner.ObjectID   // Peeled, if it is a commit; else empty
	Tags   []scanner.ObjectID // annotated tags on the way to Commit
}

// Refs returns all refs of the repository and of all its worktrees, sorted by
// name, with HEAD, ORIG_HEAD, MERGE_HEAD and the like. Files below refs that
// hold no object name are left out with a warning, lock files without one. A
// symbolic ref to a branch without commits is left out.
func (r *Repository) Refs() ([]Ref, error) {
	refs, err := r.unpeeled()
	if err != nil {
		return nil, err
	}
	peeled := map[scanner.ObjectID]int{} // many refs name one object
	for i := range refs {
		ref := &refs[i]
		if r.knowsCommit(ref.ID) {
			ref.Peeled, ref.Commit = ref.ID, ref.ID
			continue
		}
		if first, ok := peeled[ref.ID]; ok {
			ref.Peeled, ref.Commit, ref.Tags = refs[first].Peeled, refs[first].Commit, refs[first].Tags
			continue
		}
		peeled[ref.ID] = i
		r.peelRef(ref)
	}
	return refs, nil
}

// unpeeled is Refs without Commit and Tags: no object is read for it.
func (r *Repository) unpeeled() ([]Ref, error) {
	list := r.fileRefs
	if r.git != nil {
		list = r.gitRefs
	}
	refs, err := list()
	slices.SortFunc(refs, func(a, b Ref) int { return strings.Compare(a.Name, b.Name) })
	return refs, err
}

// fileRefs reads the refs that are stored as files.
func (r *Repository) fileRefs() ([]Ref, error) {
	s, err := r.readRefs()
	if err != nil {
		return nil, err
	}
	refs := make([]Ref, 0, len(s.packed)+len(s.loose)+8)
	for _, p := range s.packed {
		if _, hidden := s.loose[p.name]; !hidden {
			refs = append(refs, Ref{Name: p.name, ID: p.id})
		}
	}
	for name, v := range s.loose {
		if ref, ok := s.resolve(name, v); ok {
			refs = append(refs, ref)
		}
	}
	return append(refs, r.pseudoRefs(s, true)...), nil
}

// isBookkeepingRef reports whether a ref is one that Git writes for itself, such
// as ORIG_HEAD: it does not keep objects from being removed.
func isBookkeepingRef(name string) bool {
	return !strings.HasPrefix(name, "refs/") && strings.HasSuffix(name, "_HEAD")
}

// PeeledTag is what Know takes of the ref; ok is false if it names no annotated tag,
// or if that cannot be followed.
func (ref *Ref) PeeledTag() (tag PeeledTag, ok bool) {
	return PeeledTag{ref.ID, ref.Peeled, ref.Commit != "", ref.Tags}, len(ref.Tags) > 0 && ref.Peeled != ""
}

// peelRef fills in Peeled, Commit and Tags.
func (r *Repository) peelRef(ref *Ref) {
	if tag, known := r.peeled[ref.ID]; known {
		ref.Peeled, ref.Tags = tag.Peeled, tag.Tags
		if tag.IsCommit {
			ref.Commit = tag.Peeled
		}
		return
	}
	t, last, tags, err := r.peel(ref.ID)
	ref.Tags = tags
	switch {
	case err != nil && isBookkeepingRef(ref.Name) && !r.Has(ref.ID):
		r.warn(warnNote, ref.Name, "names an object that git gc has removed")
		return
	case err != nil:
		r.warn(warnRefs, ref.Name, "the object of this ref cannot be read: "+err.Error())
		return
	}
	ref.Peeled = last
	if t == packfile.Commit {
		ref.Commit = last
	}
}

// Head returns what HEAD names: Name is "HEAD", Target the current branch
// unless HEAD is detached, Commit and ID empty before the first commit.
func (r *Repository) Head() (Ref, error) {
	head := Ref{Name: "HEAD"}
	if r.git != nil {
		return r.gitHead()
	}
	if r.reftable {
		return head, r.refsUnreadable()
	}
	v, err := readRefFile(filepath.Join(r.gitDir, "HEAD"), r.idSize)
	if err != nil {
		return head, fmt.Errorf("head: %s: %w", r.gitDir, err)
	}
	head.Target, head.ID = v.target, v.id
	if v.target != "" {
		// Following one name must not read all others.
		head.ID, err = r.lookupRef(v.target)
		if err != nil || head.ID == "" {
			return head, err
		}
	}
	head.Commit, err = r.peelToCommit(head.ID)
	return head, err
}

func (r *Repository) refsUnreadable() error {
	return say.WithHint(fmt.Errorf("refs: %s: this kind of ref storage is not supported", r.commonDir), "git refs migrate --ref-format=files")
}

// refValue is what a ref file says.
type refValue struct {
	target string
	id     scanner.ObjectID
}

// maxSymbolic bounds chains of symbolic refs, as in Git.
const maxSymbolic = 5

// lookupRef follows one full name without reading the others; id is empty if
// there is no such ref. A file that holds no object name is an error.
func (r *Repository) lookupRef(name string) (id scanner.ObjectID, err error) {
	for range maxSymbolic {
		if !safeRefName(name) {
			return "", nil
		}
		path := filepath.Join(r.refDir(name), filepath.FromSlash(name))
		v, err := readRefFile(path, r.idSize)
		if err != nil {
			if info, statErr := os.Stat(path); statErr == nil && !info.IsDir() {
				return "", fmt.Errorf("ref: %w", err) // it hides what packed-refs has
			}
			return r.lookupPacked(name)
		}
		if v.target == "" {
			return v.id, nil
		}
		name = v.target
	}
	return "", nil
}

// refDir is where the file of a ref is: some refs belong to one worktree.
func (r *Repository) refDir(name string) string {
	if perWorktree(name) {
		return r.gitDir
	}
	return r.commonDir
}

func perWorktree(name string) bool {
	return !strings.HasPrefix(name, "refs/") || strings.HasPrefix(name, "refs/bisect/") ||
		strings.HasPrefix(name, "refs/worktree/") || strings.HasPrefix(name, "refs/rewritten/")
}

// safeRefName refuses names that would leave the git directory. It accepts more
// than Git: other programs may have written names that Git refuses.
func safeRefName(name string) bool {
	if name == "" || strings.HasPrefix(name, "/") || strings.ContainsAny(name, "\x00\n\\") {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part == "." || part == ".." {
			return false
		}
	}
	return true
}

// readRefFile reads a loose ref, or HEAD.
func readRefFile(path string, idSize int) (refValue, error) {
	if link, err := os.Readlink(path); err == nil && strings.HasPrefix(link, "refs/") {
		return refValue{target: link}, nil
	}
	data, err := regular.Read(path, 1<<16)
	if err != nil {
		return refValue{}, err
	}
	v, ok := parseRef(data, idSize)
	if !ok {
		return v, fmt.Errorf("%s: %w", path, errNoName)
	}
	return v, nil
}

var errNoName = errors.New("it holds no object name")

// parseRef reads the text of a ref file: "ref: NAME", or an object name and,
// after a blank, anything.
func parseRef(data []byte, idSize int) (v refValue, ok bool) {
	if target, found := bytes.CutPrefix(data, []byte("ref:")); found {
		line, _, _ := bytes.Cut(target, []byte("\n"))
		v.target = strings.TrimSpace(string(line))
		return v, safeRefName(v.target)
	}
	n := 2 * idSize
	if len(data) < n || len(data) > n && !isBlank(data[n]) {
		return v, false
	}
	v.id, ok = scanner.ParseObjectID(string(data[:n]))
	return v, ok && !v.id.IsZero()
}

func isBlank(b byte) bool { return b == ' ' || b == '\t' || b == '\n' || b == '\r' }

// refSet is all refs below refs/, before symbolic ones are followed.
type refSet struct {
	r      *Repository
	packed []packedRef         // by name, each once
	loose  map[string]refValue // files, which hide packed refs even where they hold no object name
}

// value is what a ref says; ok is false if there is none.
func (s *refSet) value(name string) (v refValue, ok bool) {
	if v, ok := s.loose[name]; ok {
		return v, v != refValue{}
	}
	at, ok := slices.BinarySearchFunc(s.packed, name, func(p packedRef, name string) int { return strings.Compare(p.name, name) })
	if !ok {
		return v, false
	}
	return refValue{id: s.packed[at].id}, true
}

func (r *Repository) readRefs() (*refSet, error) {
	if r.reftable {
		return nil, r.refsUnreadable()
	}
	packed, err := r.packedRefs()
	if err != nil {
		return nil, err
	}
	s := &refSet{r, packed, map[string]refValue{}}
	s.walk(r.commonDir, "refs")
	if r.linked() {
		for _, name := range []string{"refs/bisect", "refs/worktree", "refs/rewritten"} {
			s.walk(r.gitDir, name)
		}
	}
	return s, nil
}

// walk adds the loose refs below a directory. It keeps its own stack: names
// may be nested as deeply as the file system allows.
func (s *refSet) walk(root, top string) {
	stack := []string{top}
	for len(stack) > 0 {
		dir := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		path := filepath.Join(root, filepath.FromSlash(dir))
		entries, err := os.ReadDir(path)
		if err != nil {
			if !os.IsNotExist(err) {
				s.r.warn(warnRefs, path, "directory of refs is not readable: "+causeOf(err))
			}
			continue
		}
		for _, e := range entries {
			name := dir + "/" + e.Name()
			if e.IsDir() || e.Type()&os.ModeSymlink != 0 && isDir(filepath.Join(path, e.Name())) {
				if len(name) < maxRefName {
					stack = append(stack, name)
				}
				continue
			}
			s.file(name, filepath.Join(path, e.Name()))
		}
	}
}

// maxRefName ends the descent into a circle of symbolic links.
const maxRefName = 8192

func (s *refSet) file(name, path string) {
	if strings.HasSuffix(name, ".lock") {
		return
	}
	v, err := readRefFile(path, s.r.idSize)
	if err == nil {
		s.loose[name] = v
		return
	}
	if os.IsNotExist(err) {
		return // deleted or packed since the directory was listed
	}
	kind := warnRefs
	if strings.HasPrefix(filepath.Base(name), ".") {
		kind = warnNote // .DS_Store and the like
	}
	s.r.warn(kind, path, "not a ref: "+rootCause(err))
	s.loose[name] = refValue{}
}

// resolve follows a symbolic ref within the set.
func (s *refSet) resolve(name string, v refValue) (Ref, bool) {
	ref := Ref{Name: name, Target: v.target, ID: v.id}
	for range maxSymbolic {
		if v.target == "" {
			break
		}
		next, ok := s.value(v.target)
		if !ok {
			return ref, false
		}
		v = next
	}
	ref.ID = v.id
	return ref, v.id != ""
}

// pseudoRefs returns HEAD, ORIG_HEAD and the like, of this worktree and of all
// others.
func (r *Repository) pseudoRefs(s *refSet, withHead bool) []Ref {
	refs := r.headsIn(s, r.gitDir, "", withHead)
	if r.linked() {
		refs = append(refs, r.headsIn(s, r.commonDir, "main-worktree/", withHead)...)
	}
	entries, _ := os.ReadDir(filepath.Join(r.commonDir, "worktrees"))
	for _, e := range entries {
		dir := filepath.Join(r.commonDir, "worktrees", e.Name())
		if dir != r.gitDir && e.IsDir() {
			refs = append(refs, r.headsIn(s, dir, "worktrees/"+e.Name()+"/", withHead)...)
		}
	}
	return refs
}

// headsIn reads the pseudo-refs of a git directory: HEAD, if that is wanted, and
// all files whose names end in _HEAD.
func (r *Repository) headsIn(s *refSet, dir, prefix string, withHead bool) []Ref {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var refs []Ref
	for _, e := range entries {
		name := e.Name()
		wanted := name == "HEAD" && withHead || strings.HasSuffix(name, "_HEAD") && strings.ToUpper(name) == name
		if wanted {
			refs = append(refs, r.head(s, filepath.Join(dir, name), name, prefix)...)
		}
	}
	return refs
}

// head reads one pseudo-ref: a symbolic one, or as many as its file has lines.
func (r *Repository) head(s *refSet, path, name, prefix string) (refs []Ref) {
	if v, err := readRefFile(path, r.idSize); err == nil && v.target != "" {
		if ref, ok := s.resolve(prefix+name, v); ok {
			return []Ref{ref}
		}
		return nil
	}
	ids, err := r.headLines(path)
	switch {
	case name == "HEAD" && err == nil && len(ids) == 0:
		r.warn(warnRefs, path, "not a ref: "+errNoName.Error())
	case err != nil && !os.IsNotExist(err):
		r.warn(warnRefs, path, "not a ref: "+rootCause(err))
	}
	for i, id := range ids {
		ref := Ref{Name: prefix + name, ID: id}
		if i > 0 {
			ref.Name = fmt.Sprintf("%s#%d", ref.Name, i+1)
		}
		refs = append(refs, ref)
	}
	return refs
}

// headLines returns the object names at the starts of the lines of a file;
// FETCH_HEAD and MERGE_HEAD may have several.
func (r *Repository) headLines(path string) ([]scanner.ObjectID, error) {
	data, err := regular.Read(path, 1<<24)
	if err != nil {
		return nil, err
	}
	var ids []scanner.ObjectID
	for line := range bytes.Lines(data) {
		if v, ok := parseRef(line, r.idSize); ok && v.id != "" && !slices.Contains(ids, v.id) {
			ids = append(ids, v.id)
		}
	}
	return ids, nil
}

// MergeHeads returns the commits that the commit being made will have as
// further parents: the lines of MERGE_HEAD and, within the hooks of `git
// merge`, those that it names in the environment.
func (r *Repository) MergeHeads() []scanner.ObjectID {
	// What cannot be read counts as new.
	ids, _ := r.headLines(filepath.Join(r.gitDir, "MERGE_HEAD"))
	for _, id := range r.merging {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}
