package gitstore

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/scanner"
)

// maxSteps bounds the number after ~ in a revision.
const maxSteps = 1 << 24

// Resolve finds the object that a revision names: a full or abbreviated object
// name, a ref by its full or short name as Git resolves it, HEAD or @, followed
// by any number of ~N, ^N, ^{commit}, ^{tree}, ^{}. The error for a name of
// nothing is ErrUnknownRevision.
func (r *Repository) Resolve(rev string) (scanner.ObjectID, error) {
	name, steps := splitRevision(rev)
	id, err := r.resolveName(name)
	if err != nil {
		return "", err
	}
	if id == "" {
		return "", fmt.Errorf("revision %q: %w", rev, ErrUnknownRevision)
	}
	for steps != "" && err == nil {
		id, steps, err = r.step(rev, id, steps)
	}
	return id, err
}

// resolveCommit is Resolve for a revision that must lead to a commit.
func (r *Repository) resolveCommit(rev string) (scanner.ObjectID, error) {
	id, err := r.Resolve(rev)
	if err != nil {
		return "", err
	}
	return r.peelToCommit(id)
}

// splitRevision cuts off what begins with the first ~ or ^.
func splitRevision(rev string) (name, steps string) {
	if n := strings.IndexAny(rev, "~^"); n >= 0 {
		return rev[:n], rev[n:]
	}
	return rev, ""
}

// step follows one ~N, ^N or ^{type}, and returns the steps that are left.
func (r *Repository) step(rev string, id scanner.ObjectID, steps string) (scanner.ObjectID, string, error) {
	wrong := fmt.Errorf("revision %q: %w", rev, ErrUnknownRevision)
	if kind, ok := strings.CutPrefix(steps, "^{"); ok {
		kind, rest, closed := strings.Cut(kind, "}")
		if !closed {
			return "", "", wrong
		}
		id, err := r.peelTo(id, kind)
		return id, rest, err
	}
	kind := steps[0]
	digits := len(steps) - 1 - len(strings.TrimLeft(steps[1:], "0123456789"))
	n, rest := 1, steps[1+digits:]
	if digits > 0 {
		var err error
		if n, err = strconv.Atoi(steps[1 : 1+digits]); err != nil || n > maxSteps {
			return "", "", wrong
		}
	}
	if kind != '~' && kind != '^' {
		return "", "", wrong
	}
	id, err := r.peelToCommit(id)
	if err != nil {
		return "", "", err
	}
	id, err = r.ancestor(id, kind, n)
	if err == nil && id == "" {
		err = wrong
	}
	return id, rest, err
}

// ancestor is the commit itself if n is 0, with ^ its n-th parent, with ~ the first
// parent of the first parent, n times; empty if there is none.
func (r *Repository) ancestor(id scanner.ObjectID, kind byte, n int) (_ scanner.ObjectID, err error) {
	if kind == '^' && n > 0 {
		return r.parent(id, n)
	}
	if kind == '~' {
		for ; n > 0 && id != "" && err == nil; n-- {
			id, err = r.parent(id, 1)
		}
	}
	return id, err
}

// parent returns the n-th parent, from 1; empty if there is none.
func (r *Repository) parent(id scanner.ObjectID, n int) (scanner.ObjectID, error) {
	c, err := r.Commit(id)
	if err != nil || n > len(c.Parents) {
		return "", err
	}
	return c.Parents[n-1], nil
}

func (r *Repository) peelTo(id scanner.ObjectID, kind string) (scanner.ObjectID, error) {
	switch kind {
	case "commit":
		return r.peelToCommit(id)
	case "tree":
		t, last, _, err := r.peel(id)
		if err != nil || t == packfile.Tree {
			return last, err
		}
		if last, err = r.peelToCommit(last); err != nil {
			return "", err
		}
		c, err := r.Commit(last)
		if err != nil {
			return "", err
		}
		return c.Tree, nil
	case "", "object":
		_, last, _, err := r.peel(id)
		return last, err
	}
	return "", fmt.Errorf("revision ^{%s}: %w", kind, ErrUnknownRevision)
}

// resolveName finds a name without steps; id is empty if it is nothing.
func (r *Repository) resolveName(name string) (scanner.ObjectID, error) {
	if id, ok := r.parseID(name); ok {
		return id, nil
	}
	if r.git != nil {
		return r.gitResolve(name)
	}
	if name == "@" || name == "HEAD" {
		head, err := r.Head()
		return head.ID, err
	}
	id, err := r.resolveRef(name)
	if id != "" || err != nil && !r.reftable {
		return id, err
	}
	abbreviated, abbrevErr := r.resolveAbbreviated(name)
	if abbreviated == "" && abbrevErr == nil {
		return "", err
	}
	return abbreviated, abbrevErr
}

// resolveRef tries a name in the places where Git looks for it.
func (r *Repository) resolveRef(name string) (scanner.ObjectID, error) {
	if r.reftable {
		return "", r.refsUnreadable()
	}
	for _, rule := range plumbing.RefRevParseRules {
		full := fmt.Sprintf(rule, name)
		if !strings.HasPrefix(full, "refs/") && !isPseudoRef(full) {
			continue // it would be any file of the git directory
		}
		if id, err := r.lookupRef(full); id != "" || err != nil {
			return id, err
		}
	}
	return "", nil
}

// isPseudoRef recognises HEAD, ORIG_HEAD and the like.
func isPseudoRef(name string) bool {
	return strings.HasSuffix(name, "HEAD") && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == ""
}

// minAbbreviation is the shortest abbreviated object name, in digits.
const minAbbreviation = 4

// resolveAbbreviated finds the only object whose name begins with these
// digits. If there are several the only commit among them is meant.
func (r *Repository) resolveAbbreviated(prefix string) (scanner.ObjectID, error) {
	prefix = strings.ToLower(prefix)
	if len(prefix) < minAbbreviation || len(prefix) >= 2*r.idSize || strings.Trim(prefix, "0123456789abcdef") != "" {
		return "", nil
	}
	found := map[scanner.ObjectID]bool{}
	for _, dir := range r.ObjectDirs() {
		looseWithPrefix(dir, prefix, r.idSize, found)
	}
	paths, _ := packfile.ListPacks(r.ObjectDirs())
	for _, path := range paths {
		packedWithPrefix(path+".idx", prefix, r.idSize, found)
	}
	if len(found) > 1 {
		for id := range found {
			if _, err := r.peelToCommit(id); err != nil {
				delete(found, id)
			}
		}
	}
	if len(found) > 1 {
		return "", fmt.Errorf("revision %q: %d objects begin with it", prefix, len(found))
	}
	for id := range found {
		return id, nil
	}
	return "", nil
}

func looseWithPrefix(dir, prefix string, idSize int, found map[scanner.ObjectID]bool) {
	entries, err := os.ReadDir(filepath.Join(dir, prefix[:2]))
	if err != nil {
		return
	}
	for _, e := range entries {
		if id, ok := packfile.LooseID(prefix[:2], e.Name(), idSize); ok && strings.HasPrefix(e.Name(), prefix[2:]) {
			found[id] = true
		}
	}
}

func packedWithPrefix(path, prefix string, idSize int, found map[scanner.ObjectID]bool) {
	x, err := packfile.OpenIndex(path, idSize)
	if err != nil {
		return // the store reports it when it reads from it
	}
	defer x.Close()
	guard := func() (err error) {
		defer packfile.Guard(&err)()
		low, _ := scanner.ParseObjectID(prefix + strings.Repeat("0", 2*idSize-len(prefix)))
		high, _ := scanner.ParseObjectID(prefix + strings.Repeat("f", 2*idSize-len(prefix)))
		from := searchIndex(x, []byte(low))
		for ; from < x.Count() && bytes.Compare(x.ID(from), []byte(high)) <= 0; from++ {
			found[scanner.ObjectID(x.ID(from))] = true
		}
		return nil
	}
	_ = guard() // a file that shrinks while it is read has nothing to offer
}

// searchIndex returns the position of the first id that is not less.
func searchIndex(x *packfile.Index, id []byte) int {
	low, high := 0, x.Count()
	for low < high {
		mid := int(uint(low+high) >> 1)
		if bytes.Compare(x.ID(mid), id) < 0 {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}
