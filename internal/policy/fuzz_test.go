package policy

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
)

// FuzzGlobs holds what every glob that is taken promises: a path that it
// matches takes along all that is below it, and a glob without a sign is a name.
func FuzzGlobs(f *testing.F) {
	for _, glob := range worstGlobs {
		f.Add(glob, worstPath[:100])
	}
	f.Add("docs/**", "docs/a.py")
	f.Add("/a[b-c]{d,e}?", "abdx")
	f.Add("a\\", "a")
	f.Add("[", "[")
	f.Add("\xb0", "\xf0")
	f.Add("\ufffd", "\xf0")
	f.Fuzz(func(t *testing.T, glob, path string) {
		if len(path) > 400 || checkGlob(glob) != nil {
			return
		}
		got := matches(glob, path)
		if got && !matches(glob, path+"/below") {
			t.Errorf("%q matches %q, and nothing below it", glob, path)
		}
		if !strings.ContainsAny(glob, "*?[]{}/") && got != slices.Contains(strings.Split(path, "/"), glob) {
			t.Errorf("%q and %q: %v", glob, path, got)
		}
	})
}

// FuzzLeakList writes what it has read, and reads that again.
func FuzzLeakList(f *testing.F) {
	f.Add([]byte("0123456789abcdef\n# a comment\n\nfedcba9876543210\n"))
	f.Add([]byte("0123456789ABCDEF"))
	f.Add([]byte("\ufeff0123456789abcdef\r\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		list, err := ParseLeakList("leaks", text)
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := WriteLeakList(&out, list); err != nil {
			t.Fatal(err)
		}
		again, err := ParseLeakList("leaks", out.Bytes())
		slices.Sort(list)
		slices.Sort(again)
		if err != nil || !slices.Equal(slices.Compact(list), slices.Compact(again)) {
			t.Errorf("%q became %q: %v", list, again, err)
		}
	})
}

// FuzzBaseline writes what it has read, and reads that again.
func FuzzBaseline(f *testing.F) {
	f.Add([]byte(`{"fingerprint":"` + fp1 + `","reason":"x","path":"a/**","expires":"2030-01-01","status":"rotated","rotated":"2026-05-01","by":"ada"}` + "\n"))
	f.Add([]byte("\ufeff\r\n{\"fingerprint\": \"" + fp2 + "\", \"reason\": \"<b> \\u0000 \\ud800\", \"until\": \"2030-01-01\"}\r\n<<<<<<< HEAD"))
	f.Fuzz(func(t *testing.T, text []byte) {
		entries, err := ParseBaseline("baseline", text)
		if err != nil {
			var at *Error
			if !errors.As(err, &at) || at.Line < 1 || at.Line > 1+bytes.Count(text, []byte("\n")) {
				t.Errorf("no line of the file is named: %v", err)
			}
			return
		}
		var once, twice bytes.Buffer
		if err := WriteBaseline(&once, entries); err != nil {
			t.Fatal(err)
		}
		again, err := ParseBaseline("baseline", once.Bytes())
		if err != nil || len(again) > len(entries) {
			t.Fatalf("what was written is not read: %v\n%s", err, once.Bytes())
		}
		for i := range again {
			if !slices.Contains(entries, again[i]) {
				t.Errorf("%+v came from nowhere", again[i])
			}
		}
		if err := WriteBaseline(&twice, again); err != nil || !bytes.Equal(once.Bytes(), twice.Bytes()) {
			t.Errorf("%s became %s", once.Bytes(), twice.Bytes())
		}
	})
}
