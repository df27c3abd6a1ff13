package report

import "testing"

// Where a mask leaves no room, as in a report that others have written, a little of
// the place is shown.
func TestALabelIsShortenedToAtLeastAFewCharacters(t *testing.T) {
	for _, row := range []struct {
		label string
		runes int
		want  string
	}{
		{"a/x.py:9", 8, "a/x.py:9"}, {"a/x.py:9", 30, "a/x.py:9"}, {"site/settings.py:9", 9, "…ngs.py:9"},
		{"x.py:9", -200, "x.py:9"}, {"x.py:9", 0, "x.py:9"}, {"a/x.py:99", -1, "…x.py:99"}, {"", -1, ""},
	} {
		if got := shorten(row.label, row.runes); got != row.want {
			t.Errorf("%q in %d characters: %q, want %q", row.label, row.runes, got, row.want)
		}
	}
}
