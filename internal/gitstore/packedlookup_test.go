package gitstore

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/scanner"
)

func TestANameIsFoundWhereverItIsInPackedRefs(t *testing.T) {
	dir := t.TempDir()
	r := &Repository{commonDir: dir, idSize: 20}
	var text strings.Builder
	text.WriteString("# pack-refs with: peeled fully-peeled sorted \n")
	id := func(n int) string { return fmt.Sprintf("%040x", n+1) }
	const refs = 5000 // several windows
	long := "refs/heads/" + strings.Repeat("x", 3*packedWindow)
	for n := range refs {
		fmt.Fprintf(&text, "%s refs/pull/%d/head\n", id(n), n)
		if n == 2500 {
			fmt.Fprintf(&text, "%s %s\n^%s\n", id(refs), long, id(0))
		}
	}
	fmt.Fprintf(&text, "%s refs/tags/last", id(refs+1)) // without a line break
	if err := os.WriteFile(filepath.Join(dir, "packed-refs"), []byte(text.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	wants := map[string]string{long: id(refs), "refs/tags/last": id(refs + 1), "refs/pull/": "", "pull/7/head": "", "refs/pull/5000/head": ""}
	for n := 0; n < refs; n += 97 {
		wants[fmt.Sprintf("refs/pull/%d/head", n)] = id(n)
	}
	for name, want := range wants {
		got, err := r.lookupPacked(name)
		wanted, _ := scanner.ParseObjectID(want)
		if err != nil || got != wanted {
			t.Errorf("%.40s: %s, %v; want %s", name, got, err, want)
		}
	}
}
