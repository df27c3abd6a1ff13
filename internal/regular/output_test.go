package regular

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
)

func TestNothingIsWrittenThroughALink(t *testing.T) {
	outside, here := t.TempDir(), t.TempDir()
	here, err := filepath.EvalSymlinks(here)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(here)
	testkit.Write(t, "sub/old", "")
	testkit.Write(t, filepath.Join(outside, "precious"), "")
	link(t, filepath.Join(outside, "precious"), "link")
	link(t, filepath.Join(outside, "not yet"), "dangling")
	link(t, outside, "folder")
	link(t, "old", "sub/inner")
	if err := os.Mkdir("deep", 0o755); err != nil {
		t.Fatal(err)
	}
	for path, through := range map[string]string{
		"new": "", "./new": "", "sub/old": "", "sub/new": "", "sub/more/new": "", "/dev/null": "",
		filepath.Join(outside, "precious"): "", filepath.Join(here, "sub", "new"): "",
		"link": "link", "./link": "link", "sub/../link": "link", "dangling": "dangling", "sub/inner": filepath.Join("sub", "inner"),
		"folder/new": "folder", "folder/precious": "folder", "folder": "folder",
		filepath.Join(here, "link"):                 filepath.Join(here, "link"),
		filepath.Join(here, "folder", "new"):        filepath.Join(here, "folder"),
		"../" + filepath.Base(here) + "/folder/new": filepath.Join("..", filepath.Base(here), "folder"),
	} {
		err := CheckOutput(path)
		if through == "" && err != nil {
			t.Errorf("%s: %v", path, err)
		}
		var at *os.PathError
		if through != "" && (!errors.Is(err, ErrLink) || !errors.As(err, &at) || at.Path != through) {
			t.Errorf("%s: %v, want %s", path, err, through)
		}
	}
}
