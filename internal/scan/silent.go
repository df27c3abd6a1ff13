package scan

import (
	"maps"
	"slices"

	"github.com/djleaks/djleaks/internal/cache"
	"github.com/djleaks/djleaks/scanner"
)

// silentFiles are the code at HEAD that says nothing of the project, so that it need
// not be read again. What other files say is in no cache: it may be a key. Those of
// no cache know nothing and take in nothing.
type silentFiles struct {
	before map[scanner.ObjectID]uint32 // sizes in bytes, of an earlier audit
	now    map[scanner.ObjectID]uint32 // met by this one
}

// silentKind is the kind of the file with the silent files.
const silentKind = "silent"

// silentList is a list of silent files, by name.
type silentList struct {
	IDs   []byte // raw
	Sizes []uint32
}

// silent loads the silent files of the last audit; nil without a cache.
func (m *auditCache) silent(idSize int) *silentFiles {
	if m == nil || m.folder == nil {
		return nil
	}
	f := &silentFiles{before: map[scanner.ObjectID]uint32{}, now: map[scanner.ObjectID]uint32{}}
	var list silentList
	body, err := m.folder.Load(silentKind)
	if err == nil {
		err = cache.Decode(body, &list)
	}
	if err != nil || len(list.IDs) != len(list.Sizes)*idSize {
		return f // all are read
	}
	for i, size := range list.Sizes {
		f.before[scanner.ObjectID(list.IDs[i*idSize:(i+1)*idSize])] = size
	}
	return f
}

func (f *silentFiles) find(id scanner.ObjectID) (size int, known bool) {
	if f == nil {
		return 0, false
	}
	n, known := f.before[id]
	if known {
		f.now[id] = n
	}
	return int(n), known
}

func (f *silentFiles) add(id scanner.ObjectID, size int) {
	if f != nil {
		f.now[id] = uint32(size)
	}
}

// saveSilent saves the silent files of this audit, if they are not those of the last.
func (m *auditCache) saveSilent(f *silentFiles) {
	if f == nil || maps.Equal(f.now, f.before) {
		return
	}
	var list silentList
	for _, id := range slices.Sorted(maps.Keys(f.now)) {
		list.IDs, list.Sizes = append(list.IDs, id...), append(list.Sizes, f.now[id])
	}
	_ = m.folder.Save(silentKind, cache.Encode(&list)) // else the next audit reads them all
}
