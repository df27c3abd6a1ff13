package cache

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"sort"
	"time"
)

// noKey is the kind of the file with the objects in which nothing was found.
const noKey = "no-key"

// Objects are objects by name, each with a size. They are safe for concurrent
// use, except Add.
type Objects struct {
	Full time.Time // when all objects of the repository were last read, to the second

	idSize int
	rows   []byte // name and size (4 bytes) of each; ascending once saved
}

// sizeWidth is the number of bytes of a size.
const sizeWidth = 4

// NewObjects returns an empty list for names of so many bytes.
func NewObjects(idSize int) *Objects { return &Objects{idSize: idSize} }

// NoKey returns the objects in which nothing was found. If their file cannot be
// used there are none, and why says so.
func (f *Folder) NoKey() (o *Objects, why string) {
	o = NewObjects(f.idSize)
	body, err := f.Load(noKey)
	if err == nil {
		err = o.parse(body)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		why = err.Error()
	}
	return o, why
}

// parse reads Full in seconds since 1970, the number of objects, and the rows.
func (o *Objects) parse(body []byte) error {
	if len(body) < 16 {
		return errDamaged
	}
	rows := body[16:]
	if count := binary.BigEndian.Uint64(body[8:]); len(rows)%o.stride() != 0 || uint64(len(rows)/o.stride()) != count {
		return errDamaged
	}
	o.Full, o.rows = time.Unix(int64(binary.BigEndian.Uint64(body)), 0).UTC(), rows
	return nil
}

// Add adds an object; id is its raw name.
func (o *Objects) Add(id []byte, size uint32) {
	o.rows = binary.BigEndian.AppendUint32(append(o.rows, id...), size)
}

// SaveNoKey replaces the objects in which nothing was found.
func (f *Folder) SaveNoKey(o *Objects) error {
	if o.idSize != f.idSize || len(o.rows)%o.stride() != 0 {
		return fmt.Errorf("cache: object names and sizes of %d bytes in all", len(o.rows))
	}
	if !sort.IsSorted((*byName)(o)) {
		sort.Sort((*byName)(o))
	}
	o.unique()
	body := binary.BigEndian.AppendUint64(make([]byte, 0, 16+len(o.rows)), uint64(o.Full.Unix()))
	body = binary.BigEndian.AppendUint64(body, uint64(o.Len()))
	return f.Save(noKey, append(body, o.rows...))
}

func (o *Objects) stride() int { return o.idSize + sizeWidth }

// Len is the number of objects.
func (o *Objects) Len() int { return len(o.rows) / o.stride() }

// Find returns the size of an object; ok is false if it is not among them. id is
// its raw name.
func (o *Objects) Find(id []byte) (size uint32, ok bool) {
	if len(id) != o.idSize {
		return 0, false
	}
	// Names are evenly spread, so a few guesses by the first four bytes come
	// close; binary search does the rest.
	from, to := 0, o.Len()
	want, low, high := leading(id), uint64(0), uint64(1)<<32
	for guess := 0; guess < 3 && to-from > 4 && low <= want && want < high; guess++ {
		mid := from + int(uint64(to-from)*(want-low)/(high-low))
		switch at := o.id(mid); bytes.Compare(at, id) {
		case 0:
			return o.size(mid), true
		case -1:
			from, low = mid+1, leading(at)
		default:
			to, high = mid, leading(at)+1
		}
	}
	n := from + sort.Search(to-from, func(i int) bool { return bytes.Compare(o.id(from+i), id) >= 0 })
	if n == to || !bytes.Equal(o.id(n), id) {
		return 0, false
	}
	return o.size(n), true
}

func leading(id []byte) uint64 { return uint64(binary.BigEndian.Uint32(id)) }

func (o *Objects) row(i int) []byte { return o.rows[i*o.stride() : (i+1)*o.stride()] }
func (o *Objects) id(i int) []byte  { return o.row(i)[:o.idSize] }
func (o *Objects) size(i int) uint32 {
	return binary.BigEndian.Uint32(o.row(i)[o.idSize:])
}

// unique drops repeated names from a sorted list.
func (o *Objects) unique() {
	n := 0
	for i := range o.Len() {
		if n == 0 || !bytes.Equal(o.id(i), o.id(n-1)) {
			copy(o.row(n), o.row(i))
			n++
		}
	}
	o.rows = o.rows[:n*o.stride()]
}

// byName sorts objects.
type byName Objects

func (o *byName) Len() int { return (*Objects)(o).Len() }
func (o *byName) Less(i, j int) bool {
	return bytes.Compare((*Objects)(o).id(i), (*Objects)(o).id(j)) < 0
}
func (o *byName) Swap(i, j int) {
	var t [32 + sizeWidth]byte
	a, b := (*Objects)(o).row(i), (*Objects)(o).row(j)
	copy(t[:], a)
	copy(a, b)
	copy(b, t[:])
}
