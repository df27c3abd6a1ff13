package trace

import "bytes"

// entryEnd finds the end of the entry that begins at text[pos]; ok is false if
// the text ends before.
func entryEnd(text []byte, pos, idSize int) (end int, ok bool) {
	nul := bytes.IndexByte(text[pos:], 0)
	if nul < 0 || len(text)-pos-nul-1 < idSize {
		return len(text), false
	}
	return pos + nul + 1 + idSize, true
}

// readMode reads the mode of an entry, "100644 name", and says what the entry names
// and where the name begins: a Blob for a file or a link, a Tree for a directory, a
// Commit for a submodule, and Unknown if it cannot be read. Like Git it takes every
// mode that is not a file's, a link's or a directory's for a submodule's.
func readMode(entry []byte) (t Type, name int) {
	if len(entry) > 7 {
		switch { // nearly all entries are one of these
		case entry[0] == '1' && entry[1] == '0' && entry[2] == '0' && entry[6] == ' ' &&
			octal(entry[3]) && octal(entry[4]) && octal(entry[5]):
			return Blob, 7
		case string(entry[:6]) == "40000 ":
			return Tree, 6
		}
	}
	return readUnusualMode(entry)
}

func readUnusualMode(entry []byte) (t Type, name int) {
	var mode uint32
	for i, c := range entry {
		if c == ' ' && i > 0 {
			return typeOfMode(mode), i + 1
		}
		if !octal(c) {
			break
		}
		mode = mode<<3 | uint32(c-'0')
	}
	return Unknown, 0
}

func octal(c byte) bool { return '0' <= c && c <= '7' }

func typeOfMode(mode uint32) Type {
	switch mode & 0o170000 {
	case 0o100000, 0o120000:
		return Blob
	case 0o040000:
		return Tree
	}
	return Commit
}
