package forms

import (
	"bytes"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// longestKeyFile is the size of the largest file that can be one key, in bytes:
// startproject's prefix, 50 symbols, quotes and line ends.
const longestKeyFile = 128

func withKeyFiles(s *scanner.AnchorSet) *scanner.AnchorSet {
	s.TakeWhole(longestKeyFile, func(text []byte) bool {
		_, ok := value.DjangoShape(string(trimKeyFile(text)))
		return ok
	})
	return s
}

// trimKeyFile is the key of a file that holds nothing else, as Django's
// deployment checklist reads it: f.read().strip().
func trimKeyFile(text []byte) []byte {
	return bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")))
}

// KeyFile reads a text that is all one key; ok is false if it is longer, or more
// than one line of text. Raw bytes, of which files of keys are made too, may be
// anything.
func KeyFile(text []byte) (a Assignment, ok bool) {
	if raw, ok := narrowed(text); ok {
		if a, ok = KeyFile(raw); ok {
			a.Offset, a.Length = bytes.IndexByte(text, a.Values[0][0]), 2*len(a.Values[0])-1
		}
		return a, ok
	}
	if len(text) > longestKeyFile {
		return a, false
	}
	key := trimKeyFile(text)
	if bytes.IndexByte(text, 0) >= 0 || !isPlainText(key) {
		key = text
		if len(key) < value.MinRandom*2 || isPlainText(bytes.TrimSpace(key)) {
			return a, false
		}
	} else if len(key) == 0 || bytes.ContainsAny(key, " \t\r\n") {
		return a, false
	}
	return Assignment{Offset: bytes.Index(text, key), Length: len(key), Values: []string{string(key)}, Form: Value, Traits: scanner.NoName | scanner.WholeFile}, true
}

// narrowed is a text of ASCII that is written in UTF-16 with its byte order mark,
// as PowerShell's > writes it, in one byte each.
func narrowed(text []byte) (out []byte, ok bool) {
	if len(text) < 4 || len(text) > 2*longestKeyFile+2 || len(text)%2 != 0 {
		return nil, false
	}
	low := 0
	switch {
	case bytes.HasPrefix(text, []byte("\xff\xfe")):
	case bytes.HasPrefix(text, []byte("\xfe\xff")):
		low = 1
	default:
		return nil, false
	}
	for i := 2; i < len(text); i += 2 {
		if text[i+1-low] != 0 {
			return nil, false
		}
		out = append(out, text[i+low])
	}
	return out, isPlainText(out)
}

func isPlainText(text []byte) bool {
	for _, c := range text {
		if c < ' ' && c != '\t' && c != '\r' && c != '\n' || c >= 0x7f {
			return false
		}
	}
	return true
}
