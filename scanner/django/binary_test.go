package django

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
)

// sqliteRow is a row as SQLite writes it ("Record Format"): the lengths of its
// columns, then their texts.
func sqliteRow(columns ...string) []byte {
	var kinds, body []byte
	for _, c := range columns {
		kinds = appendVarint(kinds, 13+2*len(c))
		body = append(body, c...)
	}
	row := append([]byte{byte(len(kinds) + 1)}, append(kinds, body...)...)
	return append([]byte{byte(len(row)), 1}, row...)
}

func appendVarint(dst []byte, n int) []byte {
	if n >= 0x80 {
		dst = append(dst, byte(n>>7)|0x80)
	}
	return append(dst, byte(n&0x7f))
}

// bson is a document with one string.
func bson(name, v string) []byte {
	out := append([]byte("\x60\x00\x00\x00\x02"+name+"\x00"), binary.LittleEndian.AppendUint32(nil, uint32(len(v)+1))...)
	return append(append(out, v...), 0, 0)
}

// pickle is a dictionary in protocol 2, frame in protocol 4.
func pickle(name, v string) []byte {
	text := func(s string) string { return fmt.Sprintf("X%c\x00\x00\x00%s", len(s), s) }
	return []byte("\x80\x02}q\x00(" + text("DEBUG") + "q\x01\x89" + text(name) + "q\x02" + text(v) + "q\x03" + text("X") + "q\x04K\x01u.")
}

func frame(name, v string) []byte {
	text := func(s string) string { return fmt.Sprintf("\x8c%c%s\x94", len(s), s) }
	return []byte("\x80\x04\x95\x56\x00\x00\x00\x00\x00\x00\x00}\x94(" + text("DEBUG") + "\x89" + text(name) + text(v) + "u.")
}

func TestKeysInBinariesHaveTheirNameAndTheirBytes(t *testing.T) {
	page := append([]byte("SQLite format 3\x00"), make([]byte, 84)...)
	for what, write := range map[string]func(name, v string) []byte{
		"SQLite":                  func(name, v string) []byte { return append(page, sqliteRow(name, v)...) },
		"SQLite, more columns":    func(name, v string) []byte { return append(page, sqliteRow("7", name, "str", v, "the key")...) },
		"SQLite, the value first": func(name, v string) []byte { return append(page, sqliteRow(v, name)...) },
		"SQLite, rows side by side": func(name, v string) []byte {
			return bytes.Join([][]byte{page, sqliteRow("DEBUG", "0"), sqliteRow(name, v), sqliteRow("PORT", "8000")}, nil)
		},
		"pickle 0": func(name, v string) []byte {
			return []byte("(dp0\nVDEBUG\np1\nI00\nsV" + name + "\np2\nV" + v + "\np3\ns.")
		},
		"pickle 0, str": func(name, v string) []byte { return []byte("(dp0\nS'" + name + "'\np1\nS'" + v + "'\np2\ns.") },
		"pickle 2":      pickle,
		"pickle 4":      frame,
		"BSON":          bson,
		"MessagePack": func(name, v string) []byte {
			return []byte(fmt.Sprintf("\x82%c%s\xd9%c%s\xa5DEBUG\xc2", 0xa0+len(name), name, len(v), v))
		},
		"property list": func(name, v string) []byte {
			return []byte(fmt.Sprintf("bplist00\xd2\x01\x02\x03\x04UDEBUGZ%s\x08_\x10%c%sQy\x08\x00\x00", name, len(v), v))
		},
		"PHP": func(name, v string) []byte {
			return []byte(fmt.Sprintf(`a:1:{s:%d:"%s";s:%d:"%s";}`, len(name), name, len(v), v))
		},
		"a field of fixed width": func(name, v string) []byte {
			if len(v) == 64 {
				return []byte(name + "=" + v)
			}
			return []byte("7 " + name + v + "\n")
		},
	} {
		for _, v := range []string{testkit.Key(1), testkit.Key(2), testkit.InsecureKey(3), testkit.Made("hex", 4)} {
			found := findIn(write("SECRET_KEY", v))
			if len(found) != 1 {
				t.Errorf("%s: %d matches of a key of %d bytes", what, len(found), len(v))
				continue
			}
			if m := found[0]; m.Secret.Reveal() != v || m.Name != "SECRET_KEY" {
				t.Errorf("%s: %d bytes of %d with the name %q", what, len(m.Secret.Reveal()), len(v), m.Name)
			}
		}
	}
}

// The sign of an assignment and 49 symbols are no 50 symbols.
func TestTheSignOfAnAssignmentIsNotAPartOfTheKey(t *testing.T) {
	for n := range 20 {
		v := testkit.Key(n)[1:]
		for _, m := range findIn([]byte("SECRET_KEY=" + v + "\n")) {
			if m.Secret.Reveal() != v {
				t.Errorf("key %d: %d bytes of %d", n, len(m.Secret.Reveal()), len(v))
			}
		}
	}
}
