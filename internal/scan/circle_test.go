package scan

import (
	"bytes"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/internal/packfile/packtest"
	"github.com/djleaks/djleaks/internal/testkit"
)

// In a pack names are not computed again, so that a tree can be in itself. Then an audit reads every object all the same: a key in
// the circle is found in all three ways in which one can be, and the report is incomplete, because its places are not
// all of them. Without a key there is no place to be missed.
func TestATreeInItselfHidesNothing(t *testing.T) {
	key := testkit.InsecureKey(1)
	settings := fmt.Sprintf("DEBUG = False\nSECRET_KEY = '%s'\n", key)
	for name, c := range map[string]struct {
		in, out map[string]string // files in the folder that is in itself, and beside it
		found   bool
	}{
		"a key in the circle":           {in: map[string]string{"settings.py": settings}, found: true},
		"a file that is a key":          {in: map[string]string{"secret_key.txt": testkit.Key(2) + "\n"}, found: true},
		"a file that the settings read": {map[string]string{"site.dat": testkit.Key(3) + "\n"}, map[string]string{"settings.py": "SECRET_KEY = open('d/site.dat').read()\n"}, true},
		"no key":                        {in: map[string]string{"settings.py": "SECRET_KEY = environ['KEY']\n", "urls.py": "urlpatterns = []\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			head, objects := packCircle(t, dir, c.in, c.out)
			packtest.WriteFile(t, filepath.Join(dir, ".git", "HEAD"), []byte("ref: refs/heads/main\n"))
			packtest.WriteFile(t, filepath.Join(dir, ".git", "refs", "heads", "main"), []byte(head+"\n"))
			repo, err := gitstore.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer repo.Close()
			s := &Scan{Version: "0", Jobs: 1, Getenv: func(string) string { return "" }}
			report, err := s.Audit(t.Context(), repo, "")
			if err != nil {
				t.Fatal(err)
			}
			if found := len(report.Keys) > 0; found != c.found {
				t.Errorf("a key is found: %v, want %v", found, c.found)
			}
			if incomplete := report.Coverage.SkippedCount() > 0; incomplete != c.found {
				t.Errorf("incomplete: %v, want %v: %+v", incomplete, c.found, report.Coverage.Skipped)
			}
			if read := report.Coverage.Blobs; read != int64(objects) {
				t.Errorf("%d blobs were read, want %d", read, objects)
			}
			// A range is about places, and it has no others.
			report, err = s.Range(t.Context(), repo, "", head)
			if err != nil {
				t.Fatal(err)
			}
			if report.Coverage.SkippedCount() == 0 {
				t.Error("the range says that it is complete")
			}
			if found := len(report.Keys) > 0; found != c.found {
				t.Errorf("a key is found in the range: %v, want %v", found, c.found)
			}
		})
	}
}

// packCircle writes a pack with a commit whose tree has files and a folder d, which has files and, as d/d, itself. It returns the
// commit's name and how many files there are.
func packCircle(t *testing.T, dir string, in, out map[string]string) (commit string, blobs int) {
	t.Helper()
	var pack packtest.Pack
	circle := bytes.Repeat([]byte{0xc1}, 20)
	tree := func(id []byte, files map[string]string) []byte {
		text := fmt.Appendf(nil, "40000 d\x00%s", circle)
		for name, content := range files {
			blob := pack.Whole(packfile.Blob, []byte(content))
			text = fmt.Appendf(text, "100644 %s\x00%s", name, blob.ID)
			blobs++
		}
		if id == nil {
			id = packtest.ID(packfile.Tree, text)
		}
		pack.Raw(id, packfile.Tree, nil, int64(len(text)), packtest.Deflate(text))
		return id
	}
	tree(circle, in)
	text := fmt.Sprintf("tree %x\nauthor A <a@example.org> 1 +0000\ncommitter A <a@example.org> 1 +0000\n\nx\n", tree(nil, out))
	head := pack.Whole(packfile.Commit, []byte(text))
	pack.Write(t, filepath.Join(dir, ".git", "objects"), "circle", packtest.Version2)
	return fmt.Sprintf("%x", head.ID), blobs
}
