package packwalk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"sort"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/internal/regular"
	"github.com/djleaks/djleaks/scanner"
)

// looseList is all loose objects, by id.
type looseList struct {
	ordinals
	dirs   []string
	idSize int
	ids    []byte          // sorted, concatenated
	dirOf  []uint16        // directory of each, if there is more than one
	kinds  []packfile.Type // 0 until the object has been read once

	leaveOut func(id scanner.ObjectID) bool
}

// listLoose reads the folders 00 to ff of every objects directory. Files that
// are not named as objects are ignored, as Git does; so are those of leaveOut, if set.
func listLoose(ctx context.Context, dirs []string, idSize int, leaveOut func(id scanner.ObjectID) bool) (*looseList, []scanner.Skip, error) {
	if len(dirs) > 1<<16 {
		return nil, nil, fmt.Errorf("%d objects directories: %w", len(dirs), packfile.ErrTooLarge)
	}
	l := &looseList{dirs: dirs, idSize: idSize, leaveOut: leaveOut}
	var skips []scanner.Skip
	dirsWith := map[string][]int{} // folder → objects directories that have it
	for d, dir := range dirs {
		folders, err := fileNames(dir)
		if err != nil {
			skips = append(skips, scanner.Skip{Path: dir, Reason: err.Error()})
		}
		for _, folder := range folders {
			if len(folder) == 2 {
				dirsWith[folder] = append(dirsWith[folder], d)
			}
		}
	}
	// Folder by folder, so that a long list is sorted in small parts.
	for _, folder := range slices.Sorted(maps.Keys(dirsWith)) {
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		from := l.size()
		for _, d := range dirsWith[folder] {
			path := filepath.Join(dirs[d], folder)
			files, err := fileNames(path)
			if err != nil {
				skips = append(skips, scanner.Skip{Path: path, Reason: err.Error()})
			}
			l.add(d, folder, files)
		}
		sort.Stable(&byID{l, from})
	}
	l.unique()
	l.kinds = make([]packfile.Type, l.size())
	return l, skips, nil
}

// add appends the objects in a folder of the objects directory d.
func (l *looseList) add(d int, folder string, files []string) {
	for _, name := range files {
		if id, ok := packfile.LooseID(folder, name, l.idSize); ok && (l.leaveOut == nil || !l.leaveOut(id)) {
			l.ids = append(l.ids, id...)
			if len(l.dirs) > 1 {
				l.dirOf = append(l.dirOf, uint16(d))
			}
		}
	}
}

// fileNames lists a folder; a missing one is empty.
func fileNames(dir string) ([]string, error) {
	list, err := regular.Names(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return list, err
}

// byID sorts the objects of a list from position from on.
type byID struct {
	*looseList
	from int
}

func (l *byID) Len() int           { return l.size() - l.from }
func (l *byID) Less(i, j int) bool { return bytes.Compare(l.id(l.from+i), l.id(l.from+j)) < 0 }
func (l *byID) Swap(i, j int) {
	i, j = l.from+i, l.from+j
	var t [32]byte
	copy(t[:], l.id(i))
	copy(l.id(i), l.id(j))
	copy(l.id(j), t[:])
	if l.dirOf != nil {
		l.dirOf[i], l.dirOf[j] = l.dirOf[j], l.dirOf[i]
	}
}

// unique drops the second copy of an object that two directories hold.
func (l *looseList) unique() {
	n := 0
	for i := range l.size() {
		if n > 0 && bytes.Equal(l.id(i), l.id(n-1)) {
			continue
		}
		copy(l.ids[n*l.idSize:], l.id(i))
		if l.dirOf != nil {
			l.dirOf[n] = l.dirOf[i]
		}
		n++
	}
	l.ids = l.ids[:n*l.idSize]
}

func (l *looseList) size() int { return len(l.ids) / l.idSize }

func (l *looseList) id(pos int) []byte {
	return l.ids[pos*l.idSize : (pos+1)*l.idSize : (pos+1)*l.idSize]
}

func (l *looseList) find(id []byte) (pos int, ok bool) {
	n := l.size()
	pos = sort.Search(n, func(i int) bool { return bytes.Compare(l.id(i), id) >= 0 })
	return pos, pos < n && bytes.Equal(l.id(pos), id)
}

// paths lists the files that may hold an object, first the one that was listed.
func (l *looseList) paths(pos int) []string {
	id := scanner.ObjectID(l.id(pos))
	listed := 0
	if l.dirOf != nil {
		listed = int(l.dirOf[pos])
	}
	paths := []string{packfile.LoosePath(l.dirs[listed], id)}
	for d, dir := range l.dirs {
		if d != listed {
			paths = append(paths, packfile.LoosePath(dir, id))
		}
	}
	return paths
}
