package purge

import (
	"bytes"
	"testing"

	"github.com/djleaks/djleaks/scanner"
)

// FuzzExpressions writes what it has read, and any spelling can be read again.
func FuzzExpressions(f *testing.F) {
	f.Add([]byte("regex:\\x61\\x0a==>REMOVED_DJANGO_KEY_0123456789abcdef\n"), "a\n")
	f.Add([]byte("regex:\\xff==>REMOVED_DJANGO_KEY_0123456789abcdef\r\n\n"), "\xff==>")
	f.Fuzz(func(t *testing.T, text []byte, spelling string) {
		if list, err := ParseExpressions(text); err == nil {
			want := bytes.TrimRight(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), "\r\n")
			if got := Expressions(list); !bytes.Equal(bytes.TrimRight(got, "\n"), want) {
				t.Errorf("%q became %q", text, got)
			}
		}
		if spelling == "" || len(spelling) > 1000 {
			return
		}
		written := Spelling{Key: scanner.Fingerprint("0123456789abcdef"), Bytes: spelling}
		list, err := ParseExpressions(Expressions([]Spelling{written}))
		if err != nil || len(list) != 1 || list[0] != written {
			t.Errorf("%q became %+v, %v", spelling, list, err)
		}
	})
}
