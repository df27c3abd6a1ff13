package scan

import (
	"bytes"
	"crypto/sha1"
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/cache"
	"github.com/djleaks/djleaks/internal/project"
	"github.com/djleaks/djleaks/internal/testkit"
)

// TestCodeIsReadOnceAndNotWhatChanged changes the code of a site between
// audits with a cache.
func TestCodeIsReadOnceAndNotWhatChanged(t *testing.T) {
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
	lists, _ := filepath.Glob(filepath.Join(folder, "code-*"))
	if len(lists) != 1 {
		t.Fatalf("%d lists of what code says", len(lists))
	}
	if (*codeFacts)(nil).find("b", "x.py") != nil {
		t.Error("something is known without a cache")
	}
}

// TestFactsAreKeptWhole fails if code says something that a cache loses.
func TestFactsAreKeptWhole(t *testing.T) {
	const code = `from django.core import signing
from .mail import send as post

class Token(PasswordResetTokenGenerator):
    def _make_hash_value(self, user):
        self.signer = signing.Signer(salt=settings.SECRET_KEY)
        return self.signer.sign(user.pk + 1)

KEY = derive(settings.SECRET_KEY, *more)
def made(): return getattr(settings, "SECRET_KEY")
app.secret_key = KEY
`
	var reader project.Reader
	facts := reader.Facts("site/tokens.py", []byte(code))
	if facts.Quotes() {
		t.Fatalf("%+v quotes a string", facts.Python)
	}
	var again project.Facts
	if err := cache.Decode(cache.Encode(facts), &again); err != nil || !reflect.DeepEqual(&again, facts) {
		t.Errorf("%v\n%+v\ninstead of\n%+v", err, again.Python, facts.Python)
	}
	lists := 0
	for _, field := range reflect.VisibleFields(reflect.TypeFor[project.File]()) {
		if field.Type.Kind() == reflect.Slice && reflect.ValueOf(*facts.Python).FieldByIndex(field.Index).Len() > 0 {
			lists++
		}
	}
	if lists < 9 {
		t.Errorf("only %d kinds of facts are tried: %+v", lists, facts.Python)
	}
	moved := facts.At("other.py")
	if want := reader.Facts("other.py", []byte(code)); !reflect.DeepEqual(moved, want) || facts.Python.Path != "site/tokens.py" {
		t.Errorf("%+v\ninstead of\n%+v", moved.Python, want.Python)
	}
}

// TestWhatIsQuotedIsNotKept has a key wherever code can have a string.
func TestWhatIsQuotedIsNotKept(t *testing.T) {
	key := testkit.Key(1)
	for _, line := range []string{
		"Signer('%s')", "Signer(f'%s')", "Signer(key=b'%s')", "Signer(['a', '%s'])", "Signer({'%s': 1})", "Signer(x['%s'])", "Signer('%s' + y)",
		"Signer('' '%s')", "Signer(1 if x else '%s')", "app.secret_key = '%s'", "app.secret_key = f'%s'", "app.secret_key = {'%s': 1}",
		"X = getattr(settings, '%s')\nSigner(X)", "class A(B('%s')): pass\nSigner()", "Signer(lambda: '%s')", "from x import y  # %s\nSigner()",
		"def f():\n    return '%s' + settings.SECRET_KEY\nSigner()",
	} {
		var reader project.Reader
		facts := reader.Facts("tokens.py", fmt.Appendf(nil, "from django.core.signing import Signer\n"+line+"\n", key))
		if facts.Python == nil {
			t.Errorf("%s: it says nothing", line)
		} else if kept := cache.Encode(facts); !facts.Quotes() && bytes.Contains(kept, []byte(key[:8])) {
			t.Errorf("%s: the cache would hold the key", line)
		}
	}
}
