package scanner

import "testing"

func TestPositionCountsEveryKindOfLineEnd(t *testing.T) {
	for _, c := range []struct {
		text         string
		offset       int
		line, column int
	}{
		{"abc", 0, 1, 1},
		{"abc", 2, 1, 3},
		{"a\nbc", 2, 2, 1},
		{"a\r\nbc", 4, 2, 2},
		{"a\r\nbc", 3, 2, 1},
		{"a\rbc", 2, 2, 1},
		{"a\r\rbc\n\nd", 7, 5, 1},
		{"a\n\n\nd", 4, 4, 1},
		{"é\nx = 1", 7, 2, 5},
		{"abc\n", 4, 2, 1},
	} {
		if line, column := Position([]byte(c.text), c.offset); line != c.line || column != c.column {
			t.Errorf("%q at %d: line %d, column %d; want %d, %d", c.text, c.offset, line, column, c.line, c.column)
		}
	}
}
