package worktree

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
)

// made makes a work tree of files.
func made(t *testing.T, files map[string]string, tracked ...string) *Tree {
	t.Helper()
	top := t.TempDir()
	for name, text := range files {
		file := filepath.Join(top, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	tree, err := Open(top, tracked)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func (t *Tree) mustHold(tb testing.TB, path, want string) {
	tb.Helper()
	if text, err := t.Read(path); err != nil || string(text) != want {
		tb.Errorf("%s: %q, %v; want %q", path, text, err, want)
	}
}

func TestPathsAreThoseOfTheProject(t *testing.T) {
	tree := made(t, map[string]string{
		".gitignore": "*.log\n/build/\n", "a/.gitignore": "local.py\n!keep.log\n",
		"a/settings.py": "", "a/local.py": "", "a/keep.log": "", "x.log": "", "build/y.py": "",
		".git/config": "", "venv/pyvenv.cfg": "", "venv/z.py": "", "node_modules/m.py": "", "other/.git/config": "", "other/o.py": "",
		"build/tracked.py": "",
	}, "build/tracked.py", "gone.py")
	want := []string{".gitignore", "a/.gitignore", "a/keep.log", "a/settings.py", "build/tracked.py"}
	if !slices.Equal(tree.Paths(), want) {
		t.Errorf("%q, want %q", tree.Paths(), want)
	}
	if !tree.Tracked("gone.py") || tree.Tracked("a/settings.py") {
		t.Error("what is tracked is not what the index has")
	}
}

func TestIgnoredGoesByTheTextThatIsGiven(t *testing.T) {
	tree := made(t, map[string]string{"a/.gitignore": "!.env\n"})
	for _, c := range []struct {
		path, top string
		want      bool
	}{{".env", "", false}, {".env", ".env\n", true}, {"b/.env", ".env\n", true}, {"a/.env", ".env\n", false}, {"b/.env", "/.env\n", false}, {".env", ".env\r\n", true}} {
		if got := tree.Ignored(c.path, ".gitignore", []byte(c.top)); got != c.want {
			t.Errorf("%s with %q: %t", c.path, c.top, got)
		}
	}
}

func TestWriteKeepsModesAndLeavesNothingBehind(t *testing.T) {
	tree := made(t, map[string]string{"a.py": "old"})
	err := tree.Write([]Change{{Path: "a.py", Old: []byte("old"), New: []byte("new")}, {Path: "b/.env", New: []byte("x"), Private: true}, {Path: "c.txt", New: []byte("y")}})
	if err != nil {
		t.Fatal(err)
	}
	for path, mode := range map[string]fs.FileMode{"a.py": 0o640, "b/.env": 0o600, "c.txt": 0o644} {
		info, err := os.Stat(tree.full(path))
		if err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v; want %v", path, info, err, mode)
		}
	}
	tree.mustHold(t, "a.py", "new")
	if left, _ := filepath.Glob(filepath.Join(tree.top, "*djleaks*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestWriteIsAllOrNothing(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "outside.py")
	if err := os.WriteFile(outside, []byte("outside"), 0o644); err != nil {
		t.Fatal(err)
	}
	first := Change{Path: "a.py", Old: []byte("old"), New: []byte("new")}
	for name, second := range map[string]Change{
		"changed since":    {Path: "b.py", Old: []byte("else"), New: []byte("new")},
		"removed, changed": {Path: "b.py", Old: []byte("else")},
		"made since":       {Path: "b.py", New: []byte("new")},
		"gone since":       {Path: "c.py", Old: []byte("old"), New: []byte("new")},
		"a link":           {Path: "link.py", Old: []byte("outside"), New: []byte("new")},
		"through a link":   {Path: "folder/outside.py", Old: []byte("outside"), New: []byte("new")},
		"out of the tree":  {Path: "../x.py", New: []byte("new")},
		"a folder":         {Path: "d", Old: []byte(""), New: []byte("new")},
	} {
		t.Run(name, func(t *testing.T) {
			tree := made(t, map[string]string{"a.py": "old", "b.py": "old", "d/e.py": ""})
			if err := errors.Join(os.Symlink(outside, tree.full("link.py")), os.Symlink(filepath.Dir(outside), tree.full("folder"))); err != nil {
				t.Skip("no links here")
			}
			err := tree.Write([]Change{first, second})
			if err == nil || !strings.HasPrefix(err.Error(), second.Path+": ") {
				t.Errorf("error %v, want one that names %s", err, second.Path)
			}
			tree.mustHold(t, "a.py", "old")
			tree.mustHold(t, "b.py", "old")
			if text, _ := os.ReadFile(outside); string(text) != "outside" {
				t.Error("a file outside of the tree has changed")
			}
		})
	}
}

func TestRestoreGivesTheOldBytesBack(t *testing.T) {
	tree := made(t, map[string]string{"a.py": "old", "b.pyc": "old"})
	changes := []Change{{Path: "a.py", Old: []byte("old"), New: []byte("new")}, {Path: "n.py", New: []byte("new")}, {Path: "b.pyc", Old: []byte("old")}}
	if err := tree.Write(changes); err != nil {
		t.Fatal(err)
	}
	if _, err := tree.Read("b.pyc"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that was to be removed was not removed: %v", err)
	}
	if err := tree.restore(changes); err != nil {
		t.Fatal(err)
	}
	tree.mustHold(t, "a.py", "old")
	tree.mustHold(t, "b.pyc", "old")
	if _, err := tree.Read("n.py"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that was made was not removed: %v", err)
	}
}

// TestIgnoredIsWhatGitIgnores asks Git.
func TestIgnoredIsWhatGitIgnores(t *testing.T) {
	paths := []string{".env", "conf/.env", "a/c/.env", "a/b/.env", "x.env", ".env.local", "a/x/y/b.py", "a/b.py", "b.py", "#x", "x", "!x", "{a,b}.py", "conf/x"}
	for _, ignore := range []string{
		".env\n", "/.env\n", "*.env\n", ".env*\n", "**/.env\n", "conf/\n", "conf/*\n!conf/.env\n", "conf/\n!conf/.env\n", "*\n!.env\n",
		"conf/**\n", "a/**/b.py\n", "!.env\n.env\n", ".env\n!.env\n", "\\#x\n", "x \n", "{a,b}.py\n", "[ab].py\n", "a/b\n", "/a\n", "b.py\n", "?.py\n", "a/*.py\n", "# .env\n", "\\!x\n", ".env\r\n",
	} {
		tree := made(t, map[string]string{".gitignore": ignore})
		testkit.Git(t, tree.top, "", "init", "-q")
		ask := testkit.GitCommand(tree.top, "check-ignore", "--stdin", "--no-index")
		ask.Stdin = strings.NewReader(strings.Join(paths, "\n"))
		answer, err := ask.Output()
		if err != nil && ask.ProcessState.ExitCode() != 1 { // 1: none is ignored
			t.Fatal(err)
		}
		ignored := strings.Split(string(answer), "\n")
		for _, path := range paths {
			want := slices.Contains(ignored, path)
			if got := tree.Ignored(path, ".gitignore", []byte(ignore)); got != want {
				t.Errorf("%q: %s is ignored: %t, Git says %t", ignore, path, got, want)
			}
		}
	}
}
