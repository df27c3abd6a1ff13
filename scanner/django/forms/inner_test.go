package forms

import (
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
)

func TestOffsetMapsLeadBack(t *testing.T) {
	l := &offsetMap{}
	l.add(10, 1, []byte("abc")...)
	l.add(20, 0, '&')
	l.add(25, 1, []byte("de")...)
	for inner, want := range []int{10, 11, 12, 20, 25, 26} {
		if got := l.place(inner); got != want {
			t.Errorf("place(%d) = %d, not %d", inner, got, want)
		}
	}
	if got := l.end(3); got != 13 {
		t.Errorf("end(3) = %d, not 13", got)
	}
	if got := l.end(6); got != 27 {
		t.Errorf("end(6) = %d, not 27", got)
	}
}

// FuzzEveryFormat reads texts as each format, whatever they look like: offsets stay
// inside, and the same text gives the same keys.
func FuzzEveryFormat(f *testing.F) {
	for n, text := range testkit.CaseTexts(f) {
		f.Add(text, byte(n))
	}
	f.Fuzz(func(t *testing.T, text []byte, k byte) {
		anchors := anchorSet().Append(nil, text, 0, len(text))
		read := func() (values []string) {
			newDocument(thePlan(), text, anchors, format(k%formatCount)).read(func(a *Assignment) {
				if a.Offset < 0 || a.Length < 0 || a.Offset+a.Length > len(text) || len(a.Values) == 0 {
					t.Fatalf("%v, of %d bytes", a, len(text))
				}
				values = append(values, a.Values...)
			})
			return values
		}
		if a, b := read(), read(); strings.Join(a, "\x00") != strings.Join(b, "\x00") {
			t.Fatal("the same text gives other values")
		}
	})
}
