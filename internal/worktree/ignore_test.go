package worktree

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
)

// FuzzIgnore reads hostile lists: it ends, and what is in an ignored folder is
// ignored.
func FuzzIgnore(f *testing.F) {
	f.Add("*.py\n!settings.py\n/build/\n", "build/settings.py")
	f.Add("a/**/b\n\\#x\n[!a-c]?\n", "a/x/y/b")
	f.Add(strings.Repeat("**/a*", 40), strings.Repeat("a/", 60)+"b")
	f.Fuzz(func(t *testing.T, text, name string) {
		if len(text) > 1000 || len(name) > 300 || name == "." || !fs.ValidPath(name) {
			return
		}
		list := patterns([]byte(text), "")
		if ignores(list, name, true) && !ignores(list, name+"/below", false) {
			t.Errorf("%q ignores %q, and not what is in it", text, name)
		}
		ignores(patterns([]byte(text), "folder"), name, false)
	})
}

// TestWhatIsIgnoredIsWhatGitIgnores asks Git about made lists, each in a folder
// of its own: what check-ignore answers of a path can depend on the path before.
func TestWhatIsIgnoredIsWhatGitIgnores(t *testing.T) {
	const folders = 800
	draw := rand.New(rand.NewPCG(11, 12))
	pick := func(words ...string) string { return words[draw.IntN(len(words))] }
	dir := t.TempDir()
	type question struct {
		name string
		ours bool
	}
	var all []question
	var asked bytes.Buffer
	for n := range folders {
		folder := fmt.Sprintf("f%d", n)
		var text strings.Builder
		for range 1 + draw.IntN(4) {
			text.WriteString(pick("", "", "", "!", "/", "**/", "#"))
			for i := range 1 + draw.IntN(3) {
				if i > 0 {
					text.WriteString(pick("/", "/", "/**/"))
				}
				text.WriteString(pick("a", "b", "*", "a*", "?", "[ab]", "[!a]", "a.py", "*.py", "x{a,b}", "**", `\a`))
			}
			text.WriteString(pick("", "", "/", "/**", " ", "\r") + "\n")
		}
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, folder, ".gitignore"), []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		list := patterns([]byte(text.String()), folder)
		name := folder
		for range 1 + draw.IntN(3) {
			name += "/" + pick("a", "b", "c", "a.py", "b.py", "ab", "x{a,b}")
		}
		all = append(all, question{name, ignores(list, name, false)})
		asked.WriteString(name + "\n")
	}
	testkit.Git(t, dir, "", "init", "-q")
	// Each line: FILE:LINE:PATTERN, a tab, the path; nothing before the tab if no pattern matches.
	lines := strings.Split(strings.TrimSuffix(testkit.Git(t, dir, asked.String(), "check-ignore", "--stdin", "--no-index", "--verbose", "--non-matching"), "\n"), "\n")
	if len(lines) != len(all) {
		t.Fatalf("%d answers to %d questions", len(lines), len(all))
	}
	hidden, wrong := 0, 0
	for i, line := range lines {
		by, _, _ := strings.Cut(line, "\t")
		pattern := strings.SplitN(by, ":", 3)
		gits := by != "::" && !strings.HasPrefix(pattern[2], "!")
		if gits {
			hidden++
		}
		if gits != all[i].ours {
			if wrong++; wrong <= 10 {
				text, _ := os.ReadFile(filepath.Join(dir, filepath.Dir(strings.SplitN(all[i].name, "/", 2)[0]+"/x"), ".gitignore"))
				t.Errorf("%s: ignored by Git: %v, by us: %v; %q of %q", all[i].name, gits, all[i].ours, by, text)
			}
		}
	}
	if wrong > 0 {
		t.Errorf("%d of %d are wrong", wrong, len(all))
	}
	if hidden < len(all)/20 {
		t.Errorf("Git ignores only %d of %d: this asks nothing", hidden, len(all))
	}
}
