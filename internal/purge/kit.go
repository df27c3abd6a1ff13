package purge

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/scanner"
)

// A Spelling is one way in which a key is written in a repository.
type Spelling struct {
	Key    scanner.Fingerprint
	Bytes  string
	Binary bool // in a blob that git filter-repo leaves alone when it replaces text
}

// BinaryPrefix is the length in bytes of the beginning of a blob in which git
// filter-repo looks for a zero byte to tell a binary one (_tweak_blob).
const BinaryPrefix = 8192

// replacement is what is left in the place of a key. Scanners take it for a
// placeholder.
func replacement(f scanner.Fingerprint) string { return "REMOVED_DJANGO_KEY_" + string(f) }

// Sort puts the longest spelling first: one can be a part of another.
func Sort(spellings []Spelling) {
	slices.SortStableFunc(spellings, func(a, b Spelling) int { return len(b.Bytes) - len(a.Bytes) })
}

// Expressions is a file for --replace-text and --replace-message of git
// filter-repo: one spelling on each line. The file cannot have comments.
func Expressions(spellings []Spelling) []byte {
	var b bytes.Buffer
	for _, s := range spellings {
		fmt.Fprintf(&b, "regex:%s==>%s\n", escaped(s.Bytes), replacement(s.Key))
	}
	return b.Bytes()
}

// escaped writes bytes so that they mean themselves in a pattern and in a
// bytes literal of Python.
func escaped(text string) string {
	var b strings.Builder
	for i := range len(text) {
		fmt.Fprintf(&b, `\x%02x`, text[i])
	}
	return b.String()
}

// ParseExpressions reads what Expressions wrote. The error names the line.
func ParseExpressions(text []byte) ([]Spelling, error) {
	line := regexp.MustCompile(`^regex:((?:\\x[0-9a-f]{2})+)==>REMOVED_DJANGO_KEY_([0-9a-f]{16})$`)
	var out []Spelling
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		m := line.FindStringSubmatch(lines.Text())
		if m == nil {
			return nil, fmt.Errorf("line %d is not an expression of djleaks purge-kit", n)
		}
		raw, err := hex.DecodeString(strings.ReplaceAll(m[1], `\x`, ""))
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		out = append(out, Spelling{Key: scanner.Fingerprint(m[2]), Bytes: string(raw)})
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("it holds no expression")
	}
	return out, nil
}

// Callback is a body for --blob-callback of git filter-repo. It replaces what
// is in binary blobs by as many bytes, so that the offsets in them stay right.
// It is nil if there is none.
func Callback(spellings []Spelling) []byte {
	var b bytes.Buffer
	for _, s := range spellings {
		if !s.Binary {
			continue
		}
		if b.Len() == 0 {
			b.WriteString("# What --replace-text leaves alone: blobs with a zero byte, such as UTF-16 and bytecode.\n")
		}
		fmt.Fprintf(&b, "blob.data = blob.data.replace(b'%s', b'%s')\n", escaped(s.Bytes), escaped(filled(s.Bytes)))
	}
	return b.Bytes()
}

// filled is an X for each character of a spelling, of two bytes in UTF-16.
func filled(text string) string {
	out := []byte(text)
	for i := range out {
		if out[i] != 0 {
			out[i] = 'X'
		}
	}
	return string(out)
}
