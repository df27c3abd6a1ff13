package trace

import "bytes"

// kind is what a tree entry names.
type kind uint8

const (
	malformed kind = iota // its mode or name cannot be read
	file                  // a blob: a file or a symbolic link
	directory             // a tree
	submodule             // a commit of another repository
)

// entryEnd finds the end of the entry that begins at text[pos]; ok is false if
// the text ends before.
func entryEnd(text []byte, pos, idSize int) (end int, ok bool) {
	nul := bytes.IndexByte(text[pos:], 0)
	if nul < 0 || len(text)-pos-nul-1 < idSize {
		return len(text), false
	}
	return pos + nul + 1 + idSize, true
}

// readMode reads the mode of an entry, "100644 name", and says where its name
// begins. Like Git it takes every mode that is not a file's, a link's or a
// directory's for a submodule's.
func readMode(entry []byte) (k kind, name int) {
	if len(entry) > 7 {
		switch { // nearly all entries are one of these
		case entry[0] == '1' && entry[1] == '0' && entry[2] == '0' && entry[6] == ' ' &&
			octal(entry[3]) && octal(entry[4]) && octal(entry[5]):
			return file, 7
		case string(entry[:6]) == "40000 ":
			return directory, 6
		}
	}
	return readUnusualMode(entry)
}

func readUnusualMode(entry []byte) (k kind, name int) {
	var mode uint32
	for i, c := range entry {
		if c == ' ' && i > 0 {
			return modeKind(mode), i + 1
		}
		if !octal(c) {
			break
		}
		mode = mode<<3 | uint32(c-'0')
	}
	return malformed, 0
}

func octal(c byte) bool { return '0' <= c && c <= '7' }

func modeKind(mode uint32) kind {
	switch mode & 0o170000 {
	case 0o100000, 0o120000:
		return file
	case 0o040000:
		return directory
	}
	return submodule
}
