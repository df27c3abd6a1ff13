package scan

import (
	"maps"
	"slices"

	"github.com/djleaks/djleaks/internal/cache"
	"github.com/djleaks/djleaks/internal/project"
	"github.com/djleaks/djleaks/scanner"
)

// codeFacts are what code at HEAD says of the project, so that it need not be read
// again. Those of other files, and of code that quotes a string, are in no cache:
// they may have a key. A nil one has nothing and takes in nothing.
type codeFacts struct {
	before map[scanner.ObjectID]*project.Facts // of an earlier audit
	now    map[scanner.ObjectID]*project.Facts // met by this one
	added  bool                                // some of them are new
}

// codeKind is the kind of the file with the facts.
const codeKind = "code"

// codeList is what that file holds.
type codeList struct {
	IDs   []byte          // raw names of the files' blobs, ascending
	Facts []project.Facts // of each, with the path at which it was met
}

// loadCode loads the facts of the last audit; nil without a cache.
func (m *auditCache) loadCode(idSize int) *codeFacts {
	if m == nil || m.folder == nil {
		return nil
	}
	f := &codeFacts{before: map[scanner.ObjectID]*project.Facts{}, now: map[scanner.ObjectID]*project.Facts{}}
	var list codeList
	body, err := m.folder.Load(codeKind)
	if err == nil {
		err = cache.Decode(body, &list)
	}
	if err != nil || len(list.IDs) != len(list.Facts)*idSize {
		return f // all are read
	}
	for i := range list.Facts {
		f.before[scanner.ObjectID(list.IDs[i*idSize:(i+1)*idSize])] = &list.Facts[i]
	}
	return f
}

// find returns the facts of a blob at a path; nil if they have to be read.
func (f *codeFacts) find(id scanner.ObjectID, path string) *project.Facts {
	if f == nil || f.before[id] == nil || !project.IsPlain(path) {
		return nil
	}
	f.now[id] = f.before[id]
	return f.before[id].At(path)
}

// add takes in the facts of a blob at a path.
func (f *codeFacts) add(id scanner.ObjectID, path string, facts *project.Facts) {
	if f != nil && project.IsPlain(path) && !facts.Quotes() {
		f.now[id], f.added = facts, true
	}
}

// saveCode saves the facts of this audit, if they are not those of the last.
func (m *auditCache) saveCode(f *codeFacts) {
	if f == nil || !f.added && len(f.now) == len(f.before) {
		return
	}
	var list codeList
	for _, id := range slices.Sorted(maps.Keys(f.now)) {
		list.IDs, list.Facts = append(list.IDs, id...), append(list.Facts, *f.now[id])
	}
	_ = m.folder.Save(codeKind, cache.Encode(&list)) // else the next audit reads them all
}
