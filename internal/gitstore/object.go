package gitstore

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/scanner"
)

// objects returns the store of the repository's objects, opened at first use.
func (r *Repository) objects() (*packfile.Store, error) {
	if r.store != nil {
		return r.store, nil
	}
	store, err := packfile.OpenStore(r.ObjectDirs(), r.idSize)
	if err != nil {
		return nil, err
	}
	store.CacheBases(baseCacheSize)
	store.CheckNames()
	r.store = store
	return store, nil
}

// baseCacheSize is how many bytes of texts that were read from packs are kept for
// the next version of the same file. Half of Git's default for
// core.deltaBaseCacheLimit.
const baseCacheSize = 48 << 20

// Close unmaps the files that Object has mapped.
func (r *Repository) Close() error {
	if r.store == nil {
		return nil
	}
	store := r.store
	r.store, r.trees = nil, nil
	return store.Close()
}

// Object returns type and content of an object. The content is shared: it must
// not be changed. The error for an object in no pack and no file is
// ErrObjectMissing.
func (r *Repository) Object(id scanner.ObjectID) (packfile.Type, []byte, error) {
	store, err := r.objects()
	if err != nil {
		return 0, nil, err
	}
	t, data, err := store.Get(id)
	return t, data, objectError(id, err)
}

// Type is the type of an object; 0 if it cannot be read.
func (r *Repository) Type(id scanner.ObjectID) packfile.Type {
	store, err := r.objects()
	if err != nil {
		return 0
	}
	t, _, err := store.Header(id)
	if err != nil {
		return 0
	}
	return t
}

// Has reports whether the object is in the repository or its alternates.
func (r *Repository) Has(id scanner.ObjectID) bool {
	store, err := r.objects()
	return err == nil && store.Has(id)
}

func objectError(id scanner.ObjectID, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, packfile.ErrNotFound):
		return missingObject(id)
	}
	return fmt.Errorf("object %w", err)
}

// objectOfType is Object for a caller that needs one type.
func (r *Repository) objectOfType(id scanner.ObjectID, want packfile.Type) ([]byte, error) {
	t, data, err := r.Object(id)
	if err != nil {
		return nil, err
	}
	if t != want {
		return nil, wrongType(id, t, want)
	}
	return data, nil
}

func wrongType(id scanner.ObjectID, is, want packfile.Type) error {
	return fmt.Errorf("object %s: is a %s, not a %s", id, is, want)
}

// Commit is what a commit object says.
type Commit struct {
	ID        scanner.ObjectID
	Tree      scanner.ObjectID
	Parents   []scanner.ObjectID
	Author    string    // name, without the address
	Date      time.Time // author date
	Committed int64     // committer date, seconds since 1970
	Cut       bool      // its parents are not in this shallow clone; Parents is empty
	Text      []byte    // the whole object
}

// Summary is the commit as reports show it.
func (c *Commit) Summary() scanner.Commit {
	return scanner.Commit{Commit: c.ID.String(), Author: c.Author, Date: c.Date, AtOrBefore: c.Cut}
}

// Commit reads a commit. The parents of a commit at which a shallow clone is
// cut off are left out, as everywhere in Git.
func (r *Repository) Commit(id scanner.ObjectID) (*Commit, error) {
	data, err := r.objectOfType(id, packfile.Commit)
	if err != nil {
		return nil, err
	}
	c, err := parseCommit(id, data)
	if err != nil {
		return nil, err
	}
	if len(c.Parents) > 0 && r.Shallow()[id] {
		c.Parents, c.Cut = nil, true
	}
	return c, nil
}

// parseCommit reads the headers as Git does: the tree first, then the parents
// without a gap, then the author and the committer.
func parseCommit(id scanner.ObjectID, text []byte) (*Commit, error) {
	c := &Commit{ID: id, Text: text}
	rest := text
	tree, rest, ok := headerID(rest, "tree ", len(id))
	if !ok {
		return nil, fmt.Errorf("commit %s: it names no tree", id)
	}
	c.Tree = tree
	for {
		parent, after, ok := headerID(rest, "parent ", len(id))
		if !ok {
			break
		}
		c.Parents, rest = append(c.Parents, parent), after
	}
	for len(rest) > 0 && rest[0] != '\n' {
		line, after, _ := bytes.Cut(rest, []byte("\n"))
		if who, ok := bytes.CutPrefix(line, []byte("author ")); ok && c.Date.IsZero() {
			var seconds int64
			var zone int
			c.Author, seconds, zone = parsePerson(who)
			c.Date = time.Unix(seconds, 0).In(time.FixedZone("", zone))
		} else if who, ok := bytes.CutPrefix(line, []byte("committer ")); ok && c.Committed == 0 {
			_, c.Committed, _ = parsePerson(who)
			break
		}
		rest = after
	}
	return c, nil
}

func headerID(text []byte, header string, idSize int) (id scanner.ObjectID, rest []byte, ok bool) {
	line, rest, _ := bytes.Cut(text, []byte("\n"))
	hex, ok := bytes.CutPrefix(line, []byte(header))
	if !ok || len(hex) != 2*idSize {
		return "", text, false
	}
	id, ok = scanner.ParseObjectID(string(hex))
	return id, rest, ok
}

// parsePerson splits "Name <address> seconds zone". A part that is missing or
// malformed is empty or zero; zone is in seconds east of Greenwich.
func parsePerson(who []byte) (name string, seconds int64, zone int) {
	s := string(who)
	end := strings.LastIndexByte(s, '>')
	name = s
	if open := strings.IndexByte(s, '<'); open >= 0 {
		name = s[:open]
	}
	when, offset, _ := strings.Cut(strings.TrimSpace(s[end+1:]), " ")
	seconds, err := strconv.ParseInt(when, 10, 64)
	if err != nil || seconds < 0 || seconds > maxSeconds {
		seconds = 0
	}
	if n, err := strconv.Atoi(offset); err == nil && -10000 < n && n < 10000 {
		zone = (n/100*60 + n%100) * 60
	}
	return strings.ToValidUTF8(strings.TrimSpace(name), "\ufffd"), seconds, zone
}

// maxSeconds is the end of the year 9999, less two days for zones: RFC 3339, and
// with it JSON, has no later date.
const maxSeconds = 253402300799 - 86400*2

// annotatedTag is what an annotated tag says.
type annotatedTag struct {
	id     scanner.ObjectID
	object scanner.ObjectID // what it points to
	text   []byte           // the whole object
}

// parseTag reads the headers of a tag object.
func parseTag(id scanner.ObjectID, text []byte) (*annotatedTag, error) {
	object, _, ok := headerID(text, "object ", len(id))
	if !ok {
		return nil, fmt.Errorf("tag %s: it names no object", id)
	}
	return &annotatedTag{id: id, object: object, text: text}, nil
}

// TagName is the name that an annotated tag says it has; "" if it says none.
func TagName(text []byte) string {
	headers, _, _ := bytes.Cut(text, []byte("\n\n"))
	for line := range bytes.SplitSeq(headers, []byte("\n")) {
		if name, ok := bytes.CutPrefix(line, []byte("tag ")); ok {
			return strings.ToValidUTF8(string(name), "\ufffd")
		}
	}
	return ""
}

// maxTagDepth bounds how many tags of tags are followed.
const maxTagDepth = 64

// peel follows annotated tags from an object to what is not a tag, and returns
// the tags on the way.
func (r *Repository) peel(id scanner.ObjectID) (t packfile.Type, last scanner.ObjectID, tags []scanner.ObjectID, err error) {
	store, err := r.objects()
	if err != nil {
		return 0, "", nil, err
	}
	for depth := 0; depth < maxTagDepth; depth++ {
		if r.knowsCommit(id) {
			return packfile.Commit, id, tags, nil
		}
		t, _, err = store.Header(id)
		if err != nil || t != packfile.Tag {
			return t, id, tags, objectError(id, err)
		}
		tags = append(tags, id)
		text, err := r.objectOfType(id, packfile.Tag)
		if err != nil {
			return t, id, tags, err
		}
		tag, err := parseTag(id, text)
		if err != nil {
			return t, id, tags, err
		}
		id = tag.object
	}
	return t, id, tags, fmt.Errorf("tag %s: tags are nested too deeply", id)
}

// peelToCommit returns the commit that an object is, or that a tag names.
func (r *Repository) peelToCommit(id scanner.ObjectID) (scanner.ObjectID, error) {
	t, last, _, err := r.peel(id)
	if err != nil {
		return "", err
	}
	if t != packfile.Commit {
		return "", fmt.Errorf("object %s: is a %s, not a commit", id, t)
	}
	return last, nil
}
