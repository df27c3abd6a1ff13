package scan

import (
	"crypto/sha1"
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
)

// TestWhatSaysNothingIsReadOnceAndNotWhatChanged changes the code of a site between
// audits with a cache.
func TestWhatSaysNothingIsReadOnceAndNotWhatChanged(t *testing.T) {
	h := newRandomHistory(t, 1)
	folder := filepath.Join(h.dir, "djleaks")
	files := map[string]string{
		"site/settings.py": "INSTALLED_APPS = []\nROOT_URLCONF = 'x'\nSECRET_KEY = '" + testkit.Key(1) + "'\n",
		"site/plain.py":    "print(1)\n", "site/other.py": "print(2)\n",
	}
	for i, change := range []map[string]string{
		{},
		{"site/other.py": "print(3)\n"},
		{"site/plain.py": "from django.core import signing\nsigning.dumps(1)\n"},
		{"conf/plain.py": "print(2)\n"},
	} {
		maps.Copy(files, change)
		h.point("main", h.make(maps.Clone(files), h.refs["main"]))
		got, _ := auditOn(t, h.dir, folder, 1, nil)
		want, _ := auditOn(t, h.dir, "", 1, nil)
		if got != want {
			t.Errorf("%d: %s\nwithout a cache:\n%s", i, got, want)
		}
		if signs := strings.Contains(got, `"path": "site/plain.py"`); signs != (i >= 2) {
			t.Errorf("%d: it is %v that plain.py signs", i, signs)
		}
	}
	gone := files["site/other.py"]
	h.hide(fmt.Sprintf("%x", sha1.Sum(fmt.Appendf(nil, "blob %d\x00%s", len(gone), gone))), true)
	h.point("other", h.refs["main"]) // so that something has changed
	got, _ := auditOn(t, h.dir, folder, 1, nil)
	if want, _ := auditOn(t, h.dir, "", 1, nil); got != want || !strings.Contains(got, "object is missing") {
		t.Errorf("with a file that is gone: %s\nwithout a cache:\n%s", got, want)
	}
	lists, _ := filepath.Glob(filepath.Join(folder, "silent-*"))
	if len(lists) != 1 {
		t.Fatalf("%d lists of silent files", len(lists))
	}
	all, rest := &silentFiles{before: map[scanner.ObjectID]uint32{"a": 1, "b": 2}, now: map[scanner.ObjectID]uint32{}}, (*silentFiles)(nil)
	if size, known := all.find("b"); !known || size != 2 || len(all.now) != 1 {
		t.Errorf("%d, %v, %v", size, known, all.now)
	}
	if _, known := rest.find("b"); known {
		t.Error("something is known without a cache")
	}
}
