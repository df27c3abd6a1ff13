package gitstore

import (
	"errors"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/storer"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/scanner"
)

// errReadOnly is what testStorer answers to everything that would write.
var errReadOnly = errors.New("the object store is read-only")

// errSHA256 is what testStorer answers for a repository whose names go-git cannot
// hold.
var errSHA256 = errors.New("go-git reads SHA-1 repositories only")

// testStorer is the second opinion of the tests: it gives go-git's decoders (plumbing/object) the objects of a repository
// as this package reads them: with alternates, and without stopping at a broken
// pack.
type testStorer struct{ r *Repository }

var _ storer.EncodedObjectStorer = (*testStorer)(nil)

// testStorer returns the repository's objects for go-git. Repositories with SHA-256
// names are refused: go-git holds 20 bytes.
func (r *Repository) testStorer() (*testStorer, error) {
	if r.idSize != len(plumbing.ZeroHash) {
		return nil, errSHA256
	}
	return &testStorer{r}, nil
}

// NewEncodedObject returns an object in memory that belongs to no store.
func (s *testStorer) NewEncodedObject() plumbing.EncodedObject { return &plumbing.MemoryObject{} }

// SetEncodedObject returns errReadOnly.
func (s *testStorer) SetEncodedObject(plumbing.EncodedObject) (plumbing.Hash, error) {
	return plumbing.ZeroHash, errReadOnly
}

// EncodedObject returns an object, or plumbing.ErrObjectNotFound if there is
// none of this name and type.
func (s *testStorer) EncodedObject(want plumbing.ObjectType, h plumbing.Hash) (plumbing.EncodedObject, error) {
	t, data, err := s.r.Object(scanner.ObjectID(h[:]))
	if errors.Is(err, ErrObjectMissing) {
		return nil, plumbing.ErrObjectNotFound
	}
	if err != nil {
		return nil, err
	}
	if want != plumbing.AnyObject && want != objectType(t) {
		return nil, plumbing.ErrObjectNotFound
	}
	o := &plumbing.MemoryObject{}
	o.SetType(objectType(t))
	_, err = o.Write(data)
	return o, err
}

// objectType is go-git's number for a type; both count as packs do.
func objectType(t packfile.Type) plumbing.ObjectType { return plumbing.ObjectType(t) }

// IterEncodedObjects is not supported: reading all objects is packwalk's
// business.
func (s *testStorer) IterEncodedObjects(plumbing.ObjectType) (storer.EncodedObjectIter, error) {
	return nil, errors.ErrUnsupported
}

// HasEncodedObject returns plumbing.ErrObjectNotFound if there is no such
// object.
func (s *testStorer) HasEncodedObject(h plumbing.Hash) error {
	if !s.r.Has(scanner.ObjectID(h[:])) {
		return plumbing.ErrObjectNotFound
	}
	return nil
}

// EncodedObjectSize returns the size of an object's content in bytes.
func (s *testStorer) EncodedObjectSize(h plumbing.Hash) (int64, error) {
	store, err := s.r.objects()
	if err != nil {
		return 0, err
	}
	_, size, err := store.Header(scanner.ObjectID(h[:]))
	if errors.Is(err, packfile.ErrNotFound) {
		return 0, plumbing.ErrObjectNotFound
	}
	return size, err
}

// AddAlternate returns errReadOnly.
func (s *testStorer) AddAlternate(string) error { return errReadOnly }
