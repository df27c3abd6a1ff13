package fleet

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzList writes what it has read as JSON Lines and reads that again, and the
// shares of a list are all of it, each repository once.
func FuzzList(f *testing.F) {
	f.Add("{\"id\": \"a/b\", \"path\": \"/x\", \"bytes\": 12, \"owner\": \"ada\"}\n\n{\"id\": \"a/c\", \"path\": \"\"}\r\n", 2)
	f.Add("\ufeffpath\tid\n/x\ta\n/y\tb\textra\n", 3)
	f.Add("a\t/x\t99999999999999999999\n", 1)
	f.Fuzz(func(t *testing.T, text string, of int) {
		if !utf8.ValidString(text) {
			return
		}
		list, err := ParseList([]byte(text), func(id string) string {
			if id == "" {
				return "empty"
			}
			return ""
		})
		if err != nil {
			var at *ListError
			if !errors.As(err, &at) || at.Line < 0 || at.Line > strings.Count(text, "\n")+1 || at.Problem == "" {
				t.Errorf("no line of the list is named: %v", err)
			}
			return
		}
		var written bytes.Buffer
		for _, e := range list {
			if e.Bytes < 0 {
				t.Errorf("%+v", e)
			}
			if err := json.NewEncoder(&written).Encode(e); err != nil {
				t.Fatal(err)
			}
		}
		again, err := ParseList(written.Bytes(), func(string) string { return "" })
		if err != nil || !slices.Equal(again, list) {
			t.Errorf("%+v became %+v, %v", list, again, err)
		}
		if of < 1 || of > 16 {
			return
		}
		var all List
		for n := range of {
			all = append(all, Share{n + 1, of}.Entries(list)...)
		}
		slices.SortFunc(all, func(a, b Entry) int { return strings.Compare(a.ID, b.ID) })
		if !slices.Equal(all, list) {
			t.Errorf("%d shares of %+v are %+v", of, list, all)
		}
	})
}

// FuzzShare reads a share as it is written.
func FuzzShare(f *testing.F) {
	f.Add("3/8")
	f.Add("0/9223372036854775808")
	f.Fuzz(func(t *testing.T, word string) {
		s, err := ParseShare(word)
		if err != nil {
			return
		}
		if again, err := ParseShare(s.String()); err != nil || again != s || s.Number < 1 || s.Number > s.Of {
			t.Errorf("%q is %+v, and %+v, %v", word, s, again, err)
		}
	})
}
