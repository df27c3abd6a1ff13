package trace

import (
	"bytes"
	"context"
	"slices"
	"testing"

	"github.com/djleaks/djleaks/scanner"
)

func TestFilesAndFoldersAreChosenByTheirNames(t *testing.T) {
	const first, second, other = "01234567890123456789", "98765432109876543210", "55555555555555555555"
	f := &folder{numbers: map[string]uint32{}}
	entry := func(name, id string) string { return "100644 " + name + "\x00" + id }
	f.add('t', []byte(entry("key.b", first)+entry("key.c", second)+entry("z", other)))
	f.add('t', []byte(entry("key.a", first)+"40000 key.d\x00"+other))
	in := Input{IDSize: 20, Jobs: 1, Named: func(name []byte) bool { return bytes.HasPrefix(name, []byte("key")) }}
	out, err := Run(context.Background(), f, in)
	if err != nil {
		t.Fatal(err)
	}
	want := []Named{{scanner.ObjectID(first), "key.a"}, {scanner.ObjectID(other), "key.d/"}, {scanner.ObjectID(second), "key.c"}}
	if !slices.Equal(out.Named, want) || out.NamedMore {
		t.Errorf("%v, more %v", out.Named, out.NamedMore)
	}
}
