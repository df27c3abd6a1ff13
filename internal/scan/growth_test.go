package scan

import (
	"crypto/sha1"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
)

// histories is how many random histories TestACacheAnswersAsAFullAudit makes, and
// seed the first of them.
var (
	histories = flag.Int("histories", 2, "random histories that are audited with a cache and without")
	firstSeed = flag.Uint64("seed", 1, "seed of the first random history")
)

// randomHistory is a bare repository to which anything happens that Git allows, and
// some of what it does not.
type randomHistory struct {
	*rand.Rand
	t       *testing.T
	dir     string
	creator *gitstore.Creator
	commits []madeCommit
	refs    map[string]int // branch → index of its commit
	hidden  []string       // objects that were taken away
}

type madeCommit struct {
	id    scanner.ObjectID
	files map[string]string
}

func newRandomHistory(t *testing.T, seed uint64) *randomHistory {
	h := &randomHistory{Rand: rand.New(rand.NewPCG(seed, 7)), t: t, dir: filepath.Join(t.TempDir(), fmt.Sprint(seed)), refs: map[string]int{}}
	var err error
	if h.creator, err = gitstore.Create(h.dir); err != nil {
		t.Fatal(err)
	}
	h.commit("main")
	return h
}

// git runs a command, which Git refuses if an object is missing.
func (h *randomHistory) git(args ...string) { _ = testkit.GitCommand(h.dir, args...).Run() }

// make writes a commit with these files.
func (h *randomHistory) make(files map[string]string, parents ...int) int {
	var ids []scanner.ObjectID
	for _, p := range parents {
		ids = append(ids, h.commits[p].id)
	}
	message := "change"
	if h.IntN(8) == 0 {
		message = "oops: SECRET_KEY = '" + testkit.Key(h.IntN(3)) + "'"
	}
	id, err := h.creator.Commit(files, ids, "Ada", time.Unix(1_600_000_000+int64(h.IntN(1000)), 0).UTC(), message)
	if err != nil {
		h.t.Fatal(err)
	}
	h.commits = append(h.commits, madeCommit{id, files})
	return len(h.commits) - 1
}

func (h *randomHistory) point(branch string, commit int) {
	h.refs[branch] = commit
	if err := h.creator.SetRef("refs/heads/"+branch, h.commits[commit].id); err != nil {
		h.t.Fatal(err)
	}
}

func (h *randomHistory) branch() string {
	names := slices.Sorted(maps.Keys(h.refs))
	return names[h.IntN(len(names))]
}

// commit puts a few commits on a branch.
func (h *randomHistory) commit(branch string) {
	for range 1 + h.IntN(3) {
		var parents []int
		files := map[string]string{"README": "x", "manage.py": ""}
		if tip, ok := h.refs[branch]; ok {
			parents = []int{tip}
			files = maps.Clone(h.commits[tip].files)
		}
		h.change(files)
		h.point(branch, h.make(files, parents...))
	}
}

// change changes files: a key comes or goes, a folder moves, a file is deleted.
func (h *randomHistory) change(files map[string]string) {
	path := fmt.Sprintf("%s/settings%d.py", []string{"a", "a/b", "c", "d/e/f"}[h.IntN(4)], h.IntN(2))
	switch n := h.IntN(20); {
	case n < 7:
		files[path] = fmt.Sprintf("DEBUG = %d\nSECRET_KEY = '%s'\n", h.IntN(3), testkit.Key(h.IntN(4)))
	case n < 12:
		files[path] = fmt.Sprintf("DEBUG = %d\n", h.IntN(50))
	case n < 14:
		delete(files, path)
	case n < 16: // a folder as it was is somewhere else
		to := fmt.Sprint("moved", h.IntN(3), "/")
		for name, text := range maps.Clone(files) {
			if strings.HasPrefix(name, "a/") {
				files[to+name] = text
			}
		}
	case n == 16 || n == 19:
		h.changeSource(files)
	case n == 17 && h.IntN(3) == 0:
		files["secret_key.txt"] = testkit.Key(6)
	case n == 18:
		files[path] = "SECRET_KEY = '" + testkit.Key(h.IntN(4)) + "'  # djleaks: allow -- test\n"
	default:
		files["app.py"] = fmt.Sprint("print(", h.IntN(1000), ")\n")
	}
}

// changeSource changes where settings take their key from, or what is there.
func (h *randomHistory) changeSource(files map[string]string) {
	switch h.IntN(9) {
	case 6, 7: // a name by which any text is read
		files["deploy/compose.yaml"] = fmt.Sprintf("web:\n  environment:\n    PORT: %d\n    FLASK_SECRET_KEY: '%s'\n", h.IntN(3), testkit.Key(8))
	case 8:
		files["admin/settings.py"] = fmt.Sprintf("import os\nDEBUG = %d\nSECRET_KEY = os.environ['FLASK_SECRET_KEY']\n", h.IntN(3))
	case 0:
		files[fmt.Sprintf("site%d/settings.py", h.IntN(2))] = fmt.Sprintf("import os\nDEBUG = %d\nSECRET_KEY = os.environ['APP_KEY']\n", h.IntN(3))
	case 1:
		files[".env"] = "APP_KEY=" + testkit.Key(5) + "\n"
	case 2:
		files["site/settings.py"] = "import os\nDEBUG = 1\n"
	case 3:
		files[".env"] = fmt.Sprintf("DEBUG=%d\n", h.IntN(9))
	case 4:
		files["deploy/.env"] = fmt.Sprintf("ADMIN=%d\nOTHER_KEY=%s\n", h.IntN(3), testkit.Key(7))
	default:
		files["site/config.py"] = "import os\nSECRET_KEY = os.environ['OTHER_KEY']\n"
	}
}

// step does one thing to the repository.
func (h *randomHistory) step() string {
	switch n := h.IntN(38); {
	case n < 11:
		h.commit(h.branch())
		return "a push"
	case n < 13:
		h.commit(fmt.Sprint("new", h.IntN(3)))
		return "a push to a branch that may be new"
	case n < 16:
		a, b := h.refs[h.branch()], h.refs[h.branch()]
		files := maps.Clone(h.commits[a].files)
		maps.Copy(files, h.commits[b].files)
		if h.IntN(3) == 0 {
			h.change(files)
		}
		h.point(h.branch(), h.make(files, a, b))
		return "a merge"
	case n < 19:
		h.point(h.branch(), h.IntN(len(h.commits)))
		return "a force push to another commit"
	case n == 19:
		files := map[string]string{}
		h.change(files)
		h.point(h.branch(), h.make(files))
		return "a force push to a history of its own"
	case n < 22:
		if branch := h.branch(); branch != "main" {
			h.git("update-ref", "-d", "refs/heads/"+branch)
			delete(h.refs, branch)
		}
		return "a deleted ref"
	case n == 22:
		h.unreached()
		return "objects that no ref reaches"
	case n == 23:
		h.git("-c", "user.name=Ada", "-c", "user.email=a@example.com", "tag", "-f", "-a", "-m", "v", fmt.Sprint("v", h.IntN(2)), "main")
		return "a tag"
	case n == 24:
		h.git("update-ref", "refs/tags/tree", "main^{tree}")
		return "a tag of a tree"
	case n == 25:
		h.hideOne()
		return "an object that is gone or comes back"
	case n == 26:
		h.git("repack", "-dq")
		return "a new pack"
	case n == 27:
		h.git("repack", "-adfq")
		return "a repack"
	case n == 28:
		h.git("gc", "-q", "--prune=now")
		return "gc"
	case n == 29:
		h.git("pack-refs", "--all")
		return "packed refs"
	case n < 33:
		h.unreached()
		return "objects that no ref reaches"
	case n < 36:
		h.hideOne()
		return "an object that is gone or comes back"
	}
	return "nothing"
}

// unreached writes a commit that no ref reaches, or only what would be in it.
func (h *randomHistory) unreached() {
	files := map[string]string{"left/settings.py": fmt.Sprintf("DEBUG = %d\nSECRET_KEY = '%s'\n", h.IntN(1<<20), testkit.Key(h.IntN(4)))}
	commit := h.commits[h.make(files)]
	if h.IntN(3) > 0 {
		h.hide(commit.id.String(), false)
		h.commits = h.commits[:len(h.commits)-1]
	}
}

// hide takes a loose object away, for a while or for good.
func (h *randomHistory) hide(id string, forAWhile bool) {
	path := filepath.Join(h.dir, "objects", id[:2], id[2:])
	if forAWhile {
		if os.Rename(path, path+".hidden") == nil {
			h.hidden = append(h.hidden, path)
		}
	} else if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		h.t.Fatal(err)
	}
}

// hideOne takes a loose blob or tree away, or brings all back that were taken.
func (h *randomHistory) hideOne() {
	if len(h.hidden) > 0 {
		for _, path := range h.hidden {
			if err := os.Rename(path+".hidden", path); err != nil {
				h.t.Fatal(err)
			}
		}
		h.hidden = nil
		return
	}
	if h.IntN(2) == 0 { // a version with a key
		files := h.commits[h.refs[h.branch()]].files
		for _, name := range slices.Sorted(maps.Keys(files)) {
			if text := files[name]; strings.Contains(text, "SECRET_KEY = '") {
				h.hide(fmt.Sprintf("%x", sha1.Sum(fmt.Appendf(nil, "blob %d\x00%s", len(text), text))), true)
				return
			}
		}
	}
	loose, _ := filepath.Glob(filepath.Join(h.dir, "objects", "??", "*"))
	if len(loose) > 0 {
		path := loose[h.IntN(len(loose))]
		id := filepath.Base(filepath.Dir(path)) + filepath.Base(path)
		if !slices.ContainsFunc(h.commits, func(c madeCommit) bool { return c.id.String() == id }) {
			h.hide(id, true)
		}
	}
}

// TestACacheAnswersAsAFullAudit compares the reports byte for byte, but for what
// they say of the cache. More histories: -args -histories 1000.
func TestACacheAnswersAsAFullAudit(t *testing.T) {
	grown, recalled, audits := 0, 0, 0
	defer func(n int) { fewNew = n }(fewNew)
	for seed := *firstSeed; seed < *firstSeed+uint64(*histories); seed++ {
		h := newRandomHistory(t, seed)
		fewNew = []int{0, 8, 64}[seed%3]
		folder := filepath.Join(h.dir, "djleaks")
		var steps []string
		auditOn(t, h.dir, folder, 1, nil)
		for range 6 {
			steps = append(steps, h.step())
			before := listed(folder)
			got, again := auditOn(t, h.dir, folder, 1, nil)
			want, _ := auditOn(t, h.dir, "", 1, nil)
			audits++
			switch {
			case got != want:
				t.Fatalf("seed %d, after %q:\n%s\nwithout a cache:\n%s", seed, steps, got, want)
			case again:
				recalled++
			case listed(folder) == before:
				grown++
			}
		}
		if err := os.RemoveAll(h.dir); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d audits: %d from what was new, %d unchanged", audits, grown, recalled)
	if grown < audits/4 {
		t.Errorf("%d of %d audits were answered from what was new", grown, audits)
	}
}

// TestWhatSettingsReadIsRemembered asks a memory for a key that only the settings of an
// older commit make one, and for the places that read it.
func TestWhatSettingsReadIsRemembered(t *testing.T) {
	h := newRandomHistory(t, 1)
	folder := filepath.Join(h.dir, "djleaks")
	files := map[string]string{
		"site/settings.py":    "import os\nSECRET_KEY = os.environ['FLASK_SECRET_KEY']\n",
		"deploy/compose.yaml": "web:\n  environment:\n    FLASK_SECRET_KEY: '" + testkit.Key(8) + "'\n",
	}
	h.point("main", h.make(files, h.refs["main"]))
	auditOn(t, h.dir, folder, 1, nil)
	before := listed(folder)
	for _, change := range []map[string]string{
		{"other/settings.py": "import os\nDEBUG = 1\nSECRET_KEY = os.environ['FLASK_SECRET_KEY']\n"}, // another place
		{"site/settings.py": "import os\n\n\nSECRET_KEY = os.environ['FLASK_SECRET_KEY']\n"},         // another line
		{"secret_key.txt": "It is not here.\nAsk Ada.\n"},                                            // a name that may tell a key, and does not
	} {
		maps.Copy(files, change)
		h.point("main", h.make(maps.Clone(files), h.refs["main"]))
		got, _ := auditOn(t, h.dir, folder, 1, nil)
		want, _ := auditOn(t, h.dir, "", 1, nil)
		if got != want {
			t.Errorf("%s\nwithout a cache:\n%s", got, want)
		}
		if listed(folder) != before {
			t.Errorf("after %v everything was read again", slices.Collect(maps.Keys(change)))
		}
		if !strings.Contains(got, "read by ") {
			t.Errorf("no setting reads the key in\n%s", got)
		}
	}
	files["secret_key.txt"] = testkit.Key(9)
	h.point("main", h.make(files, h.refs["main"]))
	got, _ := auditOn(t, h.dir, folder, 1, nil)
	want, _ := auditOn(t, h.dir, "", 1, nil)
	if got != want {
		t.Errorf("%s\nwithout a cache:\n%s", got, want)
	}
}

// listed is the time of the list that only a search of everything writes.
func listed(folder string) string {
	files, _ := filepath.Glob(filepath.Join(folder, "no-key-*"))
	if len(files) != 1 {
		return ""
	}
	info, err := os.Stat(files[0])
	if err != nil {
		return ""
	}
	return info.ModTime().String()
}

// TestAFindingIsRememberedWhole fails if a finding gets a field that a memory does
// not keep.
func TestAFindingIsRememberedWhole(t *testing.T) {
	kept := map[string]bool{"Secret": true}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[foundBefore]()) {
		kept[field.Name] = true
	}
	// Path is that of findings that are not remembered; the others are never set in
	// an audit of objects.
	never := []string{"Match", "Path", "Replacement", "Known", "Worktree"}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[scanner.Finding]()) {
		if !kept[field.Name] && !slices.Contains(never, field.Name) {
			t.Errorf("a memory forgets %s", field.Name)
		}
	}
}
