package scan

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

func TestTwoBuildsHaveTwoNames(t *testing.T) {
	const hash = "RPthvNakQYx9CQVgZw--"
	id := strings.Join([]string{hash, "Isy8ohq73er2d5GCOQ_4", "rEC9sWoJGGLKpTBzKr_Z", "sq5zTAmohwEvCApr0CLA"}, "/")
	names := map[string]string{}
	for text, want := range map[string]string{
		"\x7fELF\x04\x00\x00\x00\x53\x00\x00\x00\x04\x00\x00\x00Go\x00\x00" + id + "\x00 text": id,
		"MZ\xff Go build ID: \"" + id + "\"\n \xff text":                                       id,
		"MZ\xff Go build ID: \"redacted\"\n \xff text":                                         "",
		"MZ\xff Go build ID: \"redacted\"\n \xff another text":                                 "",
		"MZ\xff Go build ID: \"" + strings.Replace(id, "RP", "..", 1) + "\"\n \xff":            "",
		"MZ\xff Go build ID: \"" + strings.Repeat("x", 83) + "\"\n \xff":                       "",
		"MZ\xff Go build ID: \"" + id[:60]:                                                     "",
		"":                                                                                     "",
		strings.Repeat(" ", buildIDWithin) + "\xff Go build ID: \"" + id + "\"\n \xff text":    "",
	} {
		got, err := buildOf(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if want != "" && got != want || want == "" && len(got) != 64 {
			t.Errorf("%q: %q", text, got)
		}
		if other, known := names[got]; known && want == "" {
			t.Errorf("%q and %q have one name", text, other)
		}
		names[got] = text
	}
}

// Else each audit with a cache reads the whole program.
func TestTheGoCommandWritesABuildID(t *testing.T) {
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	id, err := programID()
	if err != nil || len(id) != 83 || !bytes.Contains(program, []byte(id)) {
		t.Errorf("%q, %v", id, err)
	}
}
