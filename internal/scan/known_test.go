package scan

import (
	"fmt"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/cienv"
	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
)

// shape is a small history in which a key comes to a place where it may or may not
// count as known. A line is a commit: its name, "<" and its parents, ":" and what
// it changes: PATH=TEXT (a name of shapeTexts), PATH@link=TARGET, PATH@exec=TEXT, PATH@module, or
// -PATH for what it removes. The question is what "head" adds to "base".
type shape struct {
	name    string
	history string
	ci      scanner.Verdict // of base..head by the settings of the base
	staged  scanner.Verdict // of the same as one commit on base, by its own settings; "" if it is the same
}

const stop, pass = scanner.KeysFound, scanner.Clean

// shapeTexts are what the files of the shapes hold. All of them that hold a key hold the same one.
var shapeTexts = map[string]string{
	"key":        "import os\n\nSECRET_KEY = '{{insecure 1}}'\n",
	"edited":     "import os\n\nSECRET_KEY = '{{insecure 1}}'\nTIMEOUT = 3\n",
	"requoted":   "import os\nSECRET_KEY = (\n    \"{{insecure 1}}\"\n)\n",
	"moreover":   "import os\n\nSECRET_KEY = '{{insecure 1}}'\nJWT_SECRET_KEY = '{{key 9}}'\n",
	"crlf":       "import os\r\n\r\nSECRET_KEY = '{{insecure 1}}'\r\n",
	"allowed":    "import os\n\nSECRET_KEY = '{{insecure 1}}'  # djleaks: allow[a demo]\n",
	"allowed2":   "import os\n# djleaks: allow[a demo]\nNAME = 'a name'\nSECRET_KEY = '{{insecure 1}}'\n",
	"expired":    "import os\n\nSECRET_KEY = '{{insecure 1}}'  # djleaks: allow[]\n",
	"commented":  "import os\n\n# SECRET_KEY = '{{insecure 1}}'\n",
	"docstring":  "\"\"\"Settings.\n\nSECRET_KEY = '{{insecure 1}}'\n\"\"\"\n",
	"fallback":   "import os\n\nSECRET_KEY_FALLBACKS = ['{{insecure 1}}']\n",
	"default":    "import os\n\nSECRET_KEY = os.environ.get('SECRET_KEY', '{{insecure 1}}')\n",
	"testing":    "import sys\n\nif 'test' in sys.argv:\n    SECRET_KEY = '{{insecure 1}}'\n",
	"env":        "DEBUG=0\nSECRET_KEY={{insecure 1}}\n",
	"doc":        "# Setup\n\n    SECRET_KEY = '{{insecure 1}}'\n",
	"dockerfile": "FROM python:3\nARG SECRET_KEY={{insecure 1}}\nRUN python manage.py collectstatic\n",
	"json":       "{\"SECRET_KEY\": \"{{insecure 1}}\"}\n",
	"clean":      "import os\n\nSECRET_KEY = os.environ['SECRET_KEY']\n",
	"other":      "import os\n\nSECRET_KEY = '{{insecure 2}}'\n",
	"tail":       "import os\n\nSECRET_KEY = '{{key 1}}'\n",
	"notes":      "Some notes.\n",
	"notes2":     "Some other notes.\n",
	"exclude":    "exclude = [\"vendor/**\"]\n",
	"excludes":   "exclude = [\"vendor/**\", \"mysite/**\"]\n",
	"severity":   "[severity]\n\"demo/**\" = \"note\"\n",
	"severities": "[severity]\n\"demo/**\" = \"note\"\n\"mysite/**\" = \"note\"\n",
	"fail-on":    "fail-on = \"critical\"\n",
	"accept":     "[[accept]]\nfingerprint = \"FINGERPRINT\"\nreason = \"a demo\"\npath = \"demo/**\"\n",
	"accept-all": "[[accept]]\nfingerprint = \"FINGERPRINT\"\nreason = \"a demo\"\n",
	"attributes": "*.py text working-tree-encoding=UTF-16\n",
}

func shapeText(name string) string {
	wide := strings.TrimSuffix(name, ".utf16")
	text := testkit.Expand(shapeTexts[wide])
	text = strings.ReplaceAll(text, "FINGERPRINT", string(scanner.NewSecret(testkit.InsecureKey(1)).Fingerprint()))
	if wide != name {
		return string(testkit.Encode(text, "utf-16le-bom"))
	}
	return text
}

var shapes = []shape{
	// What is as bad as it was.
	{"an edit beside it", "base: mysite/settings.py=key\nhead < base: mysite/settings.py=edited", pass, ""},
	{"other quotes", "base: mysite/settings.py=key\nhead < base: mysite/settings.py=requoted", pass, ""},
	{"other line ends", "base: mysite/settings.py=key\nhead < base: mysite/settings.py=crlf", pass, ""},
	{"another encoding", "base: mysite/settings.py=key\nhead < base: mysite/settings.py=key.utf16 .gitattributes=attributes", pass, ""},
	{"a move within one level", "base: mysite/settings.py=key\nhead < base: -mysite/settings.py site2/settings.py=key", pass, ""},
	{"another case of the name", "base: mysite/settings.py=key\nhead < base: -mysite/settings.py mysite/Settings.py=key", pass, ""},
	{"another mode", "base: mysite/settings.py=key\nhead < base: mysite/settings.py@exec=key", pass, ""},
	{"a file that becomes a package", "base: mysite/settings.py=key\nhead < base: -mysite/settings.py mysite/settings/__init__.py=key", pass, ""},
	{"a move to the tests", "base: mysite/settings.py=key\nhead < base: -mysite/settings.py tests/test_settings.py=key", pass, ""},
	{"a copy whose original changes", "base: mysite/settings.py=key\nhead < base: mysite/settings.py=edited site2/settings.py=key", pass, ""},
	{"removed and put back", "base: mysite/settings.py=key\na < base: mysite/settings.py=clean\nhead < a: mysite/settings.py=key", pass, pass},
	{"what the base has is merged", "fork: notes=notes\nbase < fork: mysite/settings.py=key\na < fork: notes=notes2\nhead < a base: mysite/settings.py=key notes=notes2", pass, pass},
	{"taken out", "base: mysite/settings.py=key\nhead < base: mysite/settings.py=clean", pass, ""},

	// Where it counted for less.
	{"a move out of the tests", "base: tests/test_settings.py=key\nhead < base: -tests/test_settings.py mysite/settings.py=key", stop, ""},
	{"a copy out of the tests, which change", "base: tests/test_settings.py=key\nhead < base: tests/test_settings.py=edited mysite/settings.py=key", stop, ""},
	{"a move out of the tests with another mode", "base: tests/test_settings.py=key\nhead < base: -tests/test_settings.py mysite/settings.py@exec=key", stop, ""},
	{"a move out of the tests in two steps", "base: tests/test_settings.py=key\na < base: -tests/test_settings.py tests/b/settings.py=key\nhead < a: -tests/b/settings.py mysite/settings.py=edited", stop, stop},
	{"a move out of the tests and an edit beside", "base: tests/test_settings.py=key\nhead < base: -tests/test_settings.py mysite/settings.py=moreover", stop, ""},
	{"a folder of tests that is renamed", "base: tests/a/settings.py=key tests/a/b.py=clean\nhead < base: -tests/a/settings.py -tests/a/b.py mysite/a/settings.py=key mysite/a/b.py=clean", stop, ""},
	{"out of the tests in another encoding", "base: tests/test_settings.py=key.utf16\nhead < base: -tests/test_settings.py mysite/settings.py=key", stop, ""},
	{"into another encoding", "base: tests/test_settings.py=key\nhead < base: -tests/test_settings.py mysite/settings.py=key.utf16", stop, ""},
	{"out of an excluded folder", "base: .djleaks.toml=exclude vendor/settings.py=key\nhead < base: -vendor/settings.py mysite/settings.py=key", stop, ""},
	{"out of an excluded folder that stays", "base: .djleaks.toml=exclude vendor/settings.py=key\nhead < base: vendor/settings.py=edited mysite/settings.py=key", stop, ""},
	{"out of an excluded folder by way of a commit", "base: .djleaks.toml=exclude vendor/settings.py=key\na < base: -vendor/settings.py vendor/b/settings.py=key\nhead < a: -vendor/b/settings.py mysite/settings.py=key", stop, stop},
	{"out of a [severity] folder", "base: .djleaks.toml=severity demo/settings.py=key\nhead < base: -demo/settings.py mysite/settings.py=key", stop, ""},
	{"out of an accepted path", "base: .djleaks.toml=accept demo/settings.py=key\nhead < base: -demo/settings.py mysite/settings.py=key", stop, ""},
	{"out of an accepted path that stays", "base: .djleaks.toml=accept demo/settings.py=key\nhead < base: demo/settings.py=edited mysite/settings.py=key", stop, ""},
	{"its comment is deleted", "base: mysite/settings.py=allowed\nhead < base: mysite/settings.py=key", stop, ""},
	{"its comment moves to another line", "base: mysite/settings.py=allowed\nhead < base: mysite/settings.py=allowed2", stop, ""},
	{"its comment loses its reason", "base: mysite/settings.py=allowed\nhead < base: mysite/settings.py=expired", stop, ""},
	{"a move without its comment", "base: demo/settings.py=allowed\nhead < base: -demo/settings.py mysite/settings.py=key", stop, ""},
	{"a comment in the code becomes code", "base: mysite/settings.py=commented\nhead < base: mysite/settings.py=key", pass, ""},
	{"a docstring becomes code", "base: mysite/settings.py=docstring\nhead < base: mysite/settings.py=key", pass, ""},
	{"from the variables to the settings", "base: .env=env\nhead < base: -.env mysite/settings.py=key", pass, ""},
	{"from the documentation to the settings", "base: docs/setup.md=doc\nhead < base: -docs/setup.md mysite/settings.py=key", stop, ""},
	{"from an example to the settings", "base: mysite/settings.py.example=key\nhead < base: -mysite/settings.py.example mysite/settings.py=key", stop, ""},
	{"from a build to the settings", "base: Dockerfile=dockerfile\nhead < base: -Dockerfile mysite/settings.py=key", pass, ""},
	{"from the fallbacks to the key", "base: mysite/settings.py=fallback\nhead < base: mysite/settings.py=key", pass, ""},
	{"from a default to the key", "base: mysite/settings.py=default\nhead < base: mysite/settings.py=key", pass, ""},
	{"only for tests, then always", "base: mysite/settings.py=testing\nhead < base: mysite/settings.py=key", stop, ""},

	// What is not an old place at all.
	{"an original that does not change", "base: site2/settings.py=key\nhead < base: mysite/settings.py=key", stop, ""},
	{"a link that becomes the file", "base: tests/test_settings.py=key mysite/settings.py@link=../tests/test_settings.py\nhead < base: mysite/settings.py=key", stop, ""},
	{"a submodule that becomes files", "base: lib@module notes=notes\nhead < base: -lib lib/settings.py=key", stop, ""},
	{"a file that becomes a folder", "base: mysite=notes\nhead < base: -mysite mysite/settings.py=key", stop, ""},
	{"a part of it was there", "base: mysite/settings.py=tail\nhead < base: mysite/settings.py=key", stop, ""},
	{"it was in a message", "base: notes=notes\nhead < base: mysite/settings.py=key", stop, ""},
	{"removed in the base, and reverted", "a: mysite/settings.py=key\nbase < a: mysite/settings.py=clean\nhead < base: mysite/settings.py=key", stop, ""},
	{"removed in the base, from a branch before", "a: mysite/settings.py=key\nbase < a: mysite/settings.py=clean\nb < a: notes=notes\nhead < b base: mysite/settings.py=key notes=notes", stop, stop},
	{"removed in the base, kept by a merge, and brought to the tests", "a: mysite/settings.py=key\nbase < a: mysite/settings.py=clean\nb < a: tests/test_settings.py=key\nhead < b base: mysite/settings.py=key tests/test_settings.py=key", stop, stop},
	{"brought and taken out again", "base: notes=notes\na < base: mysite/settings.py=key\nhead < a: mysite/settings.py=clean", stop, pass},
	{"brought, and moved to the tests", "base: notes=notes\na < base: mysite/settings.py=key\nhead < a: -mysite/settings.py tests/test_settings.py=key", stop, pass},
	{"brought by a merge alone", "fork: notes=notes\nbase < fork: notes=notes2\na < fork: b=notes\nhead < base a: mysite/settings.py=key notes=notes2 b=notes", stop, stop},
	{"brought by an octopus", "base: notes=notes\na < base: a=notes\nb < base: b=notes\nc < base: tests/test_settings.py=key\nhead < a b c: a=notes b=notes mysite/settings.py=key", stop, stop},
	{"out of the tests by a merge alone", "fork: tests/test_settings.py=key\nbase < fork: notes=notes\na < fork: b=notes\nhead < base a: -tests/test_settings.py mysite/settings.py=key notes=notes b=notes", stop, stop},
	{"a merge takes the side without the comment", "fork: mysite/settings.py=allowed\nbase < fork: notes=notes\na < fork: mysite/settings.py=key\nhead < base a: mysite/settings.py=key notes=notes", stop, stop},
	{"an unrelated history", "base: notes=notes\na: mysite/settings.py=key\nhead < base a: mysite/settings.py=key notes=notes", stop, stop},
	{"an unrelated history that has it in the tests", "base: tests/test_settings.py=key\na: b=notes\nhead < base a: -tests/test_settings.py mysite/settings.py=key b=notes", stop, stop},
	{"the same tree under another root", "base: tests/test_settings.py=key\nhead: mysite/settings.py=key", stop, stop},

	// Nobody accepts their own key; a developer's own commit takes the work tree.
	{"excluded by the change", "base: .djleaks.toml=exclude\nhead < base: .djleaks.toml=excludes mysite/settings.py=key", stop, pass},
	{"less severe by the change", "base: .djleaks.toml=severity\nhead < base: .djleaks.toml=severities mysite/settings.py=key", stop, pass},
	{"accepted by the change", "base: .djleaks.toml=accept\nhead < base: .djleaks.toml=accept-all mysite/settings.py=key", stop, pass},
	{"accepted by a comment of the change", "base: notes=notes\nhead < base: mysite/settings.py=allowed", stop, pass},
	{"accepted in one commit, and brought in the next", "base: .djleaks.toml=accept\na < base: .djleaks.toml=accept-all\nhead < a: mysite/settings.py=key", stop, pass},
	{"a configuration that the change removes", "base: .djleaks.toml=accept-all mysite/settings.py=key\nhead < base: -.djleaks.toml mysite/settings.py=edited", pass, pass},
}

// stream is the shapes as one stream for git fast-import: branches of the shape's number and the commit's name.
func stream() string {
	var out strings.Builder
	for n, s := range shapes {
		out.WriteString(commits(fmt.Sprintf("%d/", n), s.history))
	}
	return out.String()
}

// commits are those of one history, as branches with a prefix.
func commits(prefix, history string) string {
	var out strings.Builder
	data := func(text string) { fmt.Fprintf(&out, "data %d\n%s\n", len(text), text) }
	for at, line := range strings.Split(history, "\n") {
		head, changes, _ := strings.Cut(line, ":")
		name, parents, _ := strings.Cut(head, " < ")
		fmt.Fprintf(&out, "reset refs/heads/%s\ncommit refs/heads/%s\ncommitter Ada <ada@example.com> %d +0000\n", prefix+name, prefix+name, 1_700_000_000+100*at)
		data("x")
		for i, parent := range strings.Fields(parents) {
			fmt.Fprintf(&out, "%s refs/heads/%s\n", []string{"from", "merge"}[min(i, 1)], prefix+parent)
		}
		for _, change := range strings.Fields(changes) {
			path, text, _ := strings.Cut(change, "=")
			path, kind, _ := strings.Cut(path, "@")
			switch {
			case path[0] == '-':
				fmt.Fprintf(&out, "D %s\n", path[1:])
				continue
			case kind == "module":
				fmt.Fprintf(&out, "M 160000 %s %s\n", strings.Repeat("1", 40), path)
				continue
			case kind == "link":
				fmt.Fprintf(&out, "M 120000 inline %s\n", path)
			case kind == "exec":
				fmt.Fprintf(&out, "M 100755 inline %s\n", path)
				text = shapeText(text)
			default:
				fmt.Fprintf(&out, "M 100644 inline %s\n", path)
				text = shapeText(text)
			}
			data(text)
		}
	}
	return out.String()
}

// A key is known only through a place that would itself have failed: in a range, in a CI job, in what is pushed to a
// server, and in a commit on the base.
func TestNoHistoryMakesAKeyKnown(t *testing.T) {
	dir := t.TempDir()
	testkit.Git(t, dir, "", "init", "-q", "-b", "main")
	testkit.Git(t, dir, stream(), "fast-import", "--quiet")
	t.Chdir(dir)
	for n, shape := range shapes {
		base, head := fmt.Sprintf("refs/heads/%d/base", n), fmt.Sprintf("refs/heads/%d/head", n)
		s := &Scan{Version: "0", Jobs: 1, Getenv: func(string) string { return "" }}
		try := func(how, configuration string, want scanner.Verdict, search func(*gitstore.Repository) (*scanner.Report, error)) {
			t.Helper()
			repo, err := gitstore.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer repo.Close()
			text, _ := repo.File(configuration, ".djleaks.toml")
			testkit.Write(t, ".djleaks.toml", string(text))
			r, err := search(repo)
			if err != nil {
				t.Fatalf("%s, %s: %v", shape.name, how, err)
			}
			if r.Verdict != want {
				t.Errorf("%s, %s: %s, want %s", shape.name, how, r.Verdict, want)
			}
		}
		try("in CI", head, shape.ci, func(repo *gitstore.Repository) (*scanner.Report, error) {
			return s.Job(t.Context(), repo, &cienv.Job{Target: "main", Head: head, Bases: []cienv.Base{{Revision: base}}})
		})
		try("on a server", base, shape.ci, func(repo *gitstore.Repository) (*scanner.Report, error) {
			return s.Received(t.Context(), repo, scanner.ScopePush, scanner.Revisions{Include: []string{head}, Exclude: []string{base}}, true)
		})
		try("in a range", base, shape.ci, func(repo *gitstore.Repository) (*scanner.Report, error) {
			s := *s
			s.AcceptFrom = FromBase
			return s.Range(t.Context(), repo, base, head)
		})
		tip := testkit.Git(t, dir, "", "rev-parse", base)
		testkit.Write(t, ".git/HEAD", tip)
		testkit.Git(t, dir, "", "read-tree", head)
		want := shape.staged
		if want == "" {
			want = shape.ci
		}
		try("staged", head, want, func(repo *gitstore.Repository) (*scanner.Report, error) { return s.Staged(t.Context(), repo, nil) })
	}
}

// A server takes a push for what it adds to the refs that change: that a branch beside them has the key at the
// same path is nothing that makes it known, but the main branch has what everybody merges.
func TestABranchMakesNoKeyKnownOnAnother(t *testing.T) {
	for _, c := range []struct {
		name, history string
		ref           string // that "head" is pushed to; the other names are branches that are there
		want          scanner.Verdict
	}{
		{"beside it", "main: notes=notes\nold < main: mysite/settings.py=key\nhead < main: mysite/settings.py=key", "main", stop},
		{"beside it, to a branch", "main: notes=notes\nold < main: mysite/settings.py=key\ntopic < main: a=notes\nhead < topic: mysite/settings.py=key", "topic", stop},
		{"beside it, to a new branch", "main: notes=notes\nold < main: mysite/settings.py=key\nhead < main: mysite/settings.py=key", "new", stop},
		{"beside it, by many branches", "main: notes=notes\nold < main: mysite/settings.py=key\na < main: a=notes\nb < main: a=notes\nc < main: a=notes\nd < main: a=notes\ne < main: a=notes\nf < main: a=notes\ng < main: a=notes\nhead < main: mysite/settings.py=key", "main", stop},
		{"merged into main", "main: notes=notes\nold < main: mysite/settings.py=key\nx < main: notes=notes2\nhead < x old: notes=notes2 mysite/settings.py=key", "main", stop},
		{"merged into main by an octopus", "main: notes=notes\nold < main: mysite/settings.py=key\nx < main: notes=notes2\nhead < main x old: notes=notes2 mysite/settings.py=key", "main", stop},
		{"main moves on to it", "main: notes=notes\nold < main: mysite/settings.py=key\nhead < old: notes=notes2", "main", stop},
		{"main moves on to the very commit", "main: notes=notes\nhead < main: mysite/settings.py=key", "main=", stop},
		{"main goes back to before it was removed", "head: mysite/settings.py=key\nmain < head: mysite/settings.py=clean", "main=", stop},

		{"the branch that has it goes on", "main: notes=notes\nold < main: mysite/settings.py=key\nhead < old: mysite/settings.py=edited", "old", pass},
		{"a new branch goes on from it", "main: notes=notes\nold < main: mysite/settings.py=key\nhead < old: mysite/settings.py=edited", "new", pass},
		{"the branch that has it is rewritten", "main: notes=notes\nold < main: mysite/settings.py=key\nx < main: notes=notes2\nhead < x: mysite/settings.py=edited", "old", pass},
		{"main is merged, which has it", "fork: notes=notes\nmain < fork: mysite/settings.py=key\ntopic < fork: notes=notes2\nhead < topic main: notes=notes2 mysite/settings.py=key", "topic", pass},
		{"a topic without it is merged into main, which has it", "main: mysite/settings.py=key\nold < main: notes=notes\nx < main: a=notes\nhead < x old: a=notes notes=notes", "main", pass},
		{"main moves it", "main: mysite/settings.py=key\nold < main: -mysite/settings.py site2/settings.py=key\nhead < old: notes=notes", "main", pass},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			testkit.Git(t, dir, "", "init", "-q", "--bare", "-b", "main")
			testkit.Git(t, dir, commits("", c.history), "fast-import", "--quiet")
			repo, err := gitstore.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer repo.Close()
			ref, accepted := strings.CutSuffix(c.ref, "=")
			pushed := scanner.Revisions{Include: []string{strings.TrimSpace(testkit.Git(t, dir, "", "rev-parse", "head"))}, NotInRefs: true}
			if !accepted { // else there is a branch "head"
				testkit.Git(t, dir, "", "update-ref", "-d", "refs/heads/head")
			}
			for _, name := range []string{"fork", "x"} {
				testkit.Git(t, dir, "", "update-ref", "-d", "refs/heads/"+name)
			}
			update := map[string]string{"refs/heads/" + ref: pushed.Include[0]}
			if old, err := repo.Resolve("refs/heads/" + ref); err == nil {
				pushed.Exclude, pushed.Updated = []string{old.String()}, update
			} else {
				pushed.Created = update
			}
			s := &Scan{Version: "0", Jobs: 1, Getenv: func(string) string { return "" }}
			r, err := s.Received(t.Context(), repo, scanner.ScopePush, pushed, true)
			if err != nil {
				t.Fatal(err)
			}
			if r.Verdict != c.want {
				t.Errorf("%s, want %s", r.Verdict, c.want)
			}
			if r.Coverage.SkippedCount() > 0 {
				t.Errorf("skipped %+v", r.Coverage.Skipped)
			}
		})
	}
}
