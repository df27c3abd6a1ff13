package forms

import (
	"bytes"

	"github.com/djleaks/djleaks/scanner/django/value"
)

// isSQLite recognises a database of SQLite and its write-ahead log.
func isSQLite(text []byte) bool {
	return bytes.HasPrefix(text, []byte("SQLite format 3\x00")) || bytes.HasPrefix(text, []byte("\x37\x7f\x06\x82")) || bytes.HasPrefix(text, []byte("\x37\x7f\x06\x83"))
}

// Bounds of the head of a row (SQLite, "Record Format"), in bytes.
const (
	rowHead = 64      // its head, which says of each column what it holds
	rowBack = 4 << 10 // what may be between the head and a name
)

// sqliteRow emits the column beside a name that a generator made. The columns of
// a row have nothing between them; their lengths are in its head.
func sqliteRow(text []byte, name span, emit func(*Assignment)) bool {
	var room [rowHead]span
	last := byte(13+2*(name.to-name.from)) & 0x7f // of the name's serial type, whatever bytes are before it
	typed := name.from                            // where that is next
	for head := name.from - 2; head >= max(0, name.from-rowBack); head-- {
		if text[head+1] == last {
			typed = head + 1
		}
		if size := int(text[head]); size < 2 || size > rowHead || size > name.from-head || typed >= head+size {
			continue // no row whose body holds the name
		}
		columns := rowColumns(room[:0], text, head)
		for i, c := range columns {
			if c != name {
				continue
			}
			for _, other := range append(columns[i+1:], columns[:i]...) {
				if v := string(text[other.from:other.to]); value.AnyGenerated([]string{v}) {
					emit(&Assignment{Name: string(text[name.from:name.to]), Offset: other.from, Length: other.to - other.from, Values: []string{v}, Form: Binary})
					return true
				}
			}
		}
	}
	return false
}

// rowColumns appends to columns where the texts of the row whose head is here
// are; it returns nil where no row begins.
func rowColumns(columns []span, text []byte, head int) []span {
	size, at := int(text[head]), head+1 // of the head, a number of one byte
	end := head + size
	if size < 2 || size > rowHead || end > len(text) {
		return nil
	}
	body := end
	for at < end {
		var kind int
		if kind, at = varint(text, at); kind < 0 {
			return nil
		}
		length := columnLength(kind)
		if body+length > len(text) {
			return nil
		}
		if kind >= 13 && kind&1 == 1 {
			columns = append(columns, span{body, body + length})
		}
		body += length
	}
	if at != end {
		return nil
	}
	return columns
}

// columnLength is how many bytes a column of this serial type takes.
func columnLength(kind int) int {
	switch {
	case kind >= 12:
		return (kind - 12) / 2
	case kind == 5:
		return 6
	case kind == 6 || kind == 7:
		return 8
	case kind >= 8:
		return 0
	}
	return kind
}

// varint reads a number of at most three bytes, the high bit of which says that
// another one follows; -1 if it is longer.
func varint(text []byte, at int) (n, next int) {
	for i := range 3 {
		c := byteAt(text, at+i)
		n = n<<7 | int(c&0x7f)
		if c < 0x80 {
			return n, at + i + 1
		}
	}
	return -1, at
}
