package trace

import (
	"bytes"

	"github.com/djleaks/djleaks/internal/ids"
	"github.com/djleaks/djleaks/scanner"
)

// idSet is a set of ids that costs little more than their bytes: a partial
// clone can lack as many objects as it holds.
type idSet struct {
	size   int
	bytes  []byte // ids of size bytes; the first ones sorted and distinct
	sorted int    // number of bytes that are
}

// slack is how many bytes of ids are gathered before the set is sorted again.
const slack = 1 << 16

func (s *idSet) add(id []byte) {
	s.bytes = append(s.bytes, id...)
	if len(s.bytes) > 2*s.sorted+slack {
		s.compact()
	}
}

func (s *idSet) merge(o *idSet) {
	s.bytes = append(s.bytes, o.bytes...)
	*o = idSet{size: o.size}
}

// copy makes s hold the same ids as o.
func (s *idSet) copy(o *idSet) {
	*s = idSet{size: o.size, bytes: bytes.Clone(o.bytes), sorted: o.sorted}
}

func (s *idSet) compact() {
	s.bytes = ids.Rows{Bytes: s.bytes, Length: s.size, ID: s.size}.Compact()
	s.sorted = len(s.bytes)
}

// ids is the set for a Result.
func (s *idSet) ids() IDs {
	if len(s.bytes) == 0 {
		return IDs{}
	}
	s.compact()
	out := IDs{Count: int64(len(s.bytes) / s.size)}
	for at := 0; at < len(s.bytes) && len(out.First) < maxIDs; at += s.size {
		out.First = append(out.First, scanner.ObjectID(s.bytes[at:at+s.size]))
	}
	return out
}
