package cache

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/djleaks/djleaks/internal/ids"
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
	o.rows = o.table().Compact()
	body := binary.BigEndian.AppendUint64(make([]byte, 0, 16+len(o.rows)), uint64(o.Full.Unix()))
	body = binary.BigEndian.AppendUint64(body, uint64(o.Len()))
	return f.Save(noKey, append(body, o.rows...))
}

func (o *Objects) stride() int { return o.idSize + sizeWidth }

func (o *Objects) table() ids.Rows { return ids.Rows{Bytes: o.rows, Length: o.stride(), ID: o.idSize} }

// Len is the number of objects.
func (o *Objects) Len() int { return o.table().Len() }

// Find returns the size of an object; ok is false if it is not among them. id is
// its raw name.
func (o *Objects) Find(id []byte) (size uint32, ok bool) {
	rows := o.table()
	i, ok := rows.Find(id)
	if !ok {
		return 0, false
	}
	return binary.BigEndian.Uint32(rows.At(i)[o.idSize:]), true
}
