package trace

import (
	"bytes"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// header is what a commit object says of itself.
type header struct {
	tree    []byte   // raw id; empty if the commit names none
	parents [][]byte // raw ids
	author  []byte   // the whole author line, without "author "
	coding  string   // of the author's name; empty is UTF-8
}

// parseCommit reads a commit object. As in Git, the tree comes first and the
// parents follow it at once; of the other headers only the author and the
// encoding matter, and malformed ones are ignored. ok is false if there is no
// tree. The ids of h are slices of ids, which is overwritten and returned.
func parseCommit(h *header, text []byte, idSize int, ids []byte) (_ []byte, ok bool) {
	*h = header{parents: h.parents[:0]}
	ids = ids[:0]
	line, rest := cutLine(text)
	if ids, ok = headerID(ids, line, "tree ", idSize); !ok {
		return ids, false
	}
	count := 0
	for line, rest = cutLine(rest); len(line) > 0; line, rest = cutLine(rest) {
		if ids, ok = headerID(ids, line, "parent ", idSize); !ok {
			break
		}
		count++
	}
	h.tree = ids[:idSize]
	for i := range count {
		h.parents = append(h.parents, ids[(i+1)*idSize:(i+2)*idSize])
	}
	for ; len(line) > 0; line, rest = cutLine(rest) {
		if a, ok := bytes.CutPrefix(line, []byte("author ")); ok && h.author == nil {
			h.author = a
		}
		if c, ok := bytes.CutPrefix(line, []byte("encoding ")); ok {
			h.coding = string(c)
		}
	}
	return ids, true
}

func cutLine(text []byte) (line, rest []byte) {
	line, rest, _ = bytes.Cut(text, []byte{'\n'})
	return line, rest
}

// headerID appends the id of a header line like "parent 0123…" to ids.
func headerID(ids, line []byte, word string, idSize int) ([]byte, bool) {
	if len(line) != len(word)+2*idSize || string(line[:len(word)]) != word {
		return ids, false
	}
	n := len(ids)
	ids, err := hex.AppendDecode(ids, line[len(word):])
	if err != nil {
		return ids[:n], false
	}
	return ids, true
}

// maxDate is the last second of the year 9999, the last year that JSON can
// show.
const maxDate = 253402300799

// authorDate reads seconds since 1970 and the time zone, in seconds east of
// UTC, from the end of an author line: "Name <address> 1700000000 +0100". What
// is not a date is 1970, as in Git, and a zone that no clock can show is UTC.
func authorDate(author []byte) (seconds int64, zone int) {
	word, rest := cutWord(author[bytes.LastIndexByte(author, '>')+1:])
	for _, c := range word {
		if c < '0' || c > '9' || seconds > maxDate {
			return 0, 0
		}
		seconds = seconds*10 + int64(c-'0')
	}
	if seconds > maxDate {
		return 0, 0
	}
	word, _ = cutWord(rest)
	return seconds, zoneSeconds(word)
}

// cutWord returns what precedes the next space, and the rest.
func cutWord(b []byte) (word, rest []byte) {
	b = bytes.TrimLeft(b, " \t")
	if end := bytes.IndexAny(b, " \t"); end >= 0 {
		return b[:end], b[end:]
	}
	return b, nil
}

// zoneSeconds reads "+0130".
func zoneSeconds(word []byte) int {
	n, err := strconv.Atoi(string(word))
	if err != nil || n <= -2400 || n >= 2400 || n%100 <= -60 || n%100 >= 60 {
		return 0
	}
	return n/100*3600 + n%100*60
}

// authorTime is authorDate as a time in the author's zone.
func authorTime(author []byte) time.Time {
	seconds, zone := authorDate(author)
	if seconds+int64(zone) > maxDate {
		zone = 0
	}
	if zone == 0 {
		return time.Unix(seconds, 0).UTC()
	}
	return time.Unix(seconds, 0).In(time.FixedZone("", zone))
}

// authorName is the name of an author line without the address, in UTF-8.
func authorName(author []byte, coding string) string {
	if at := bytes.IndexByte(author, '<'); at >= 0 {
		author = author[:at]
	}
	name := strings.TrimSpace(string(author))
	if utf8.ValidString(name) {
		return name
	}
	switch strings.ToLower(coding) {
	case "iso-8859-1", "iso8859-1", "latin1", "latin-1", "windows-1252", "cp1252":
		runes := make([]rune, 0, len(name))
		for i := range len(name) {
			runes = append(runes, rune(name[i]))
		}
		return string(runes)
	}
	return strings.ToValidUTF8(name, "\uFFFD")
}
