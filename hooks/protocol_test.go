package hooks

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

var (
	idA, idB, idC    = strings.Repeat("a", 40), strings.Repeat("b", 40), strings.Repeat("c", 40)
	zero40, zero64   = strings.Repeat("0", 40), strings.Repeat("0", 64)
	longA, longB     = strings.Repeat("a", 64), strings.Repeat("b", 64)
	emptyEnvironment = func(string) string { return "" }
)

func environment(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func TestPrePushIsToldInFourWays(t *testing.T) {
	for _, c := range []struct {
		name, stdin string
		args, env   []string
		want        scanner.Revisions
	}{
		{"existing branch", "refs/heads/main " + idA + " refs/heads/main " + idB + "\n", []string{"origin", "url"}, nil,
			scanner.Revisions{Include: []string{idA}, Exclude: []string{idB}, NotOnRemotes: true, Updated: map[string]string{"refs/heads/main": idA}, Why: "push of main to origin"}},
		{"new branch", "refs/heads/x " + idA + " refs/heads/x " + zero40 + "\n", nil, nil,
			scanner.Revisions{Include: []string{idA}, NotOnRemotes: true, Created: map[string]string{"refs/heads/x": idA}, Why: "push of x"}},
		{"sha-256", "refs/heads/x " + longA + " refs/heads/x " + zero64 + "\nrefs/heads/y " + longA + " refs/heads/y " + longB + "\n", nil, nil,
			scanner.Revisions{Include: []string{longA}, Exclude: []string{longB}, NotOnRemotes: true, Created: map[string]string{"refs/heads/x": longA}, Updated: map[string]string{"refs/heads/y": longA}, Why: "push of x, y"}},
		{"two refs", "refs/heads/x " + idA + " refs/heads/x " + zero40 + "\nrefs/tags/v1 " + idC + " refs/tags/v1 " + idB + "\n", nil, nil,
			scanner.Revisions{Include: []string{idA, idC}, Exclude: []string{idB}, NotOnRemotes: true, Created: map[string]string{"refs/heads/x": idA}, Updated: map[string]string{"refs/tags/v1": idC}, Why: "push of x, refs/tags/v1"}},
		{"deletion", "(delete) " + zero40 + " refs/heads/x " + idB + "\n", nil, nil,
			scanner.Revisions{NotOnRemotes: true, Why: "deletions only"}},
		{"deletion with 64", "(delete) " + zero64 + " refs/heads/x " + longB + "\n", nil, nil,
			scanner.Revisions{NotOnRemotes: true, Why: "deletions only"}},
		{"expression with spaces", "HEAD@{1 day ago} " + idA + " refs/heads/x " + zero40 + "\n", nil, nil,
			scanner.Revisions{Include: []string{idA}, NotOnRemotes: true, Created: map[string]string{"refs/heads/x": idA}, Why: "push of x"}},
		{"no line break at the end", "refs/heads/x " + idA + " refs/heads/x " + zero40, nil, nil,
			scanner.Revisions{Include: []string{idA}, NotOnRemotes: true, Created: map[string]string{"refs/heads/x": idA}, Why: "push of x"}},
		{"an address is not named", "refs/heads/x " + idA + " refs/heads/x " + zero40, []string{"https://u:p@h/r", "https://u:p@h/r"}, nil,
			scanner.Revisions{Include: []string{idA}, NotOnRemotes: true, Created: map[string]string{"refs/heads/x": idA}, Why: "push of x"}},
		{"lines beat the environment", "refs/heads/x " + idA + " refs/heads/x " + zero40, nil, []string{"PRE_COMMIT_TO_REF", idB},
			scanner.Revisions{Include: []string{idA}, NotOnRemotes: true, Created: map[string]string{"refs/heads/x": idA}, Why: "push of x"}},
		{"framework, both ends", "", nil, []string{"PRE_COMMIT_FROM_REF", idA, "PRE_COMMIT_TO_REF", idB, "PRE_COMMIT_REMOTE_NAME", "origin", "PRE_COMMIT_LOCAL_BRANCH", "refs/heads/x"},
			scanner.Revisions{Include: []string{idB}, Exclude: []string{idA}, Local: true, NotOnRemotes: true, Why: "all that no remote has, for a push to origin"}},
		{"framework, the remote branch", "", nil, []string{"PRE_COMMIT_TO_REF", idB, "PRE_COMMIT_REMOTE_NAME", "origin", "PRE_COMMIT_REMOTE_BRANCH", "refs/heads/x"},
			scanner.Revisions{Include: []string{idB}, Local: true, NotOnRemotes: true, Created: map[string]string{"refs/heads/x": idB}, Why: "all that no remote has, for a push to origin"}},
		{"by hand", "", nil, []string{"PRE_COMMIT_FROM_REF", "main", "PRE_COMMIT_TO_REF", "HEAD"},
			scanner.Revisions{Include: []string{"HEAD"}, Exclude: []string{"main"}, Why: "main..HEAD"}},
		{"prek, root push", "", nil, []string{"PRE_COMMIT_TO_REF", idB, "PRE_COMMIT_REMOTE_NAME", "origin"},
			scanner.Revisions{Include: []string{idB}, Local: true, NotOnRemotes: true, Why: "all that no remote has, for a push to origin"}},
		{"pre-commit, root push", "", nil, []string{"PRE_COMMIT_LOCAL_BRANCH", "refs/heads/x", "PRE_COMMIT_REMOTE_NAME", "origin"},
			scanner.Revisions{Include: []string{"refs/heads/x"}, Local: true, NotOnRemotes: true, Why: "all that no remote has, for a push to origin"}},
		{"arguments alone", "", []string{"origin", "url"}, nil,
			scanner.Revisions{Local: true, NotOnRemotes: true, Why: "all that no remote has, for a push to origin"}},
	} {
		got, err := PrePushRange(c.args, strings.NewReader(c.stdin), environment(c.env...))
		if err != nil || fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", c.want) {
			t.Errorf("%s:\n got %+v, %v\nwant %+v", c.name, got, err, c.want)
		}
	}
}

func TestPrePushIsNotCleanWithoutKnowingWhatIsPushed(t *testing.T) {
	if _, err := PrePushRange(nil, strings.NewReader("\n"), emptyEnvironment); !errors.Is(err, ErrNoRange) {
		t.Errorf("nothing at all: %v", err)
	}
	for _, c := range []struct{ name, stdin, from string }{
		{"half a line", "refs/heads/x " + idA, ""},
		{"no object name", "refs/heads/x main refs/heads/x " + zero40, ""},
		{"short zeros", "refs/heads/x " + idA + " refs/heads/x 000", ""},
		{"from without to", "", idA},
		{"endless line", strings.Repeat("x", 2<<20), ""},
	} {
		if got, err := PrePushRange([]string{"origin"}, strings.NewReader(c.stdin), environment("PRE_COMMIT_FROM_REF", c.from)); err == nil {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

func TestPreReceiveReadsEveryRefAndTheQuarantine(t *testing.T) {
	stdin := idA + " " + idB + " refs/heads/main\n" + zero40 + " " + idC + " refs/heads/new\n" + idA + " " + zero40 + " refs/heads/gone\n"
	p, err := ReadPreReceive(strings.NewReader(stdin), environment("GIT_QUARANTINE_PATH", "/r/objects/tmp_objdir-incoming-x", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "/r/objects:/pool/objects"))
	if err != nil || !slices.Equal(p.Range.Include, []string{idB, idC}) || !slices.Equal(p.Range.Exclude, []string{idA}) || !p.Range.NotInRefs ||
		len(p.Range.Created) != 1 || p.Range.Created["refs/heads/new"] != idC ||
		p.Quarantine != "/r/objects/tmp_objdir-incoming-x" || !slices.Equal(p.Alternates, []string{"/r/objects", "/pool/objects"}) || len(p.Updates) != 3 {
		t.Errorf("%+v, %v", p, err)
	}
	p, err = ReadPreReceive(strings.NewReader(idA+" "+zero40+" refs/heads/gone\n"), emptyEnvironment)
	if err != nil || !p.Range.Empty() {
		t.Errorf("a deletion costs something: %+v, %v", p, err)
	}
	for _, bad := range []string{"", "\n", idA + "\n", "x y z\n", idA + " " + idB + " a b\n"} {
		if p, err := ReadPreReceive(strings.NewReader(bad), emptyEnvironment); err == nil {
			t.Errorf("%q: %+v", bad, p)
		}
	}
}

func TestUpdateReadsItsArguments(t *testing.T) {
	p, err := ReadUpdate([]string{"refs/heads/main", idA, idB}, emptyEnvironment)
	if err != nil || !slices.Equal(p.Range.Include, []string{idB}) {
		t.Errorf("%+v, %v", p, err)
	}
	if _, err := ReadUpdate([]string{"refs/heads/main"}, emptyEnvironment); err == nil {
		t.Error("half the arguments were taken")
	}
}

func TestReferenceTransactionLooksAtWhatCanStillBeStopped(t *testing.T) {
	commit := idA + " " + idB + " HEAD\n" + idA + " " + idB + " refs/heads/main\n"
	for _, c := range []struct {
		name, state, stdin string
		include            []string
	}{
		{"commit", "prepared", commit, []string{idB}},
		{"any old value", "prepared", zero40 + " " + idB + " refs/heads/main\n", []string{idB}},
		{"already done", "committed", commit, nil},
		{"given up", "aborted", commit, nil},
		{"fetch", "prepared", idA + " " + idB + " refs/remotes/origin/main\n", nil},
		{"stash", "prepared", zero40 + " " + idB + " refs/stash\n", nil},
		{"rebase notes", "prepared", zero40 + " " + idB + " ORIG_HEAD\n", nil},
		{"tag", "prepared", zero40 + " " + idB + " refs/tags/v1\n", []string{idB}},
		{"switch of branches", "prepared", "ref:refs/heads/a ref:refs/heads/b HEAD\n", nil},
		{"onto a commit", "prepared", "ref:refs/heads/a " + idB + " HEAD\n", []string{idB}},
		{"deletion", "prepared", idA + " " + zero40 + " refs/heads/main\n", nil},
	} {
		r, err := ReadTransaction([]string{c.state}, strings.NewReader(c.stdin))
		if err != nil || !slices.Equal(r.Include, c.include) || r.Empty() != (c.include == nil) {
			t.Errorf("%s: %+v, %v", c.name, r, err)
		}
	}
	if _, err := ReadTransaction(nil, strings.NewReader(commit)); err == nil {
		t.Error("no state was taken for one")
	}
	if _, err := ReadTransaction([]string{"prepared"}, strings.NewReader(idA+" main refs/heads/x\n")); err == nil {
		t.Error("a word was taken for an object name")
	}
}

func TestGitLabShowsEveryLineOnItsPages(t *testing.T) {
	var out bytes.Buffer
	w := ServerOutput(&out, environment("GL_PROTOCOL", "web"))
	for _, part := range []string{"one\ntw", "o\n", "three"} {
		if _, err := io.WriteString(w, part); err != nil {
			t.Fatal(err)
		}
	}
	if out.String() != "GL-HOOK-ERR: one\nGL-HOOK-ERR: two\nGL-HOOK-ERR: three" {
		t.Errorf("%q", out.String())
	}
	out.Reset()
	_, _ = io.WriteString(ServerOutput(&out, environment("GL_PROTOCOL", "ssh")), "one\n")
	if out.String() != "one\n" {
		t.Errorf("%q", out.String())
	}
}

func FuzzPush(f *testing.F) {
	f.Add("refs/heads/main " + idA + " refs/heads/main " + zero40 + "\n")
	f.Add("(delete) " + zero64 + " refs/heads/x " + longB + "\n")
	f.Fuzz(func(t *testing.T, stdin string) {
		r, err := PrePushRange(nil, strings.NewReader(stdin), emptyEnvironment)
		if err == nil && r.Empty() && !strings.Contains(stdin, zero40) {
			t.Error("nothing to examine, though nothing is deleted")
		}
		_, _ = ReadPreReceive(strings.NewReader(stdin), emptyEnvironment)
		_, _ = ReadTransaction([]string{"prepared"}, strings.NewReader(stdin))
	})
}

func FuzzRecognise(f *testing.F) {
	for _, hook := range Names() {
		for _, k := range []scriptKind{local, shared, global, forward} {
			f.Add(script{hook, k, "/a b/it's"}.text(), "/p")
		}
	}
	f.Fuzz(func(t *testing.T, text, program string) {
		if k, ok := recognise(text); ok && k.exact && templates[k.version-1](k.script) != text {
			t.Error("called exact, and is not")
		}
		if k, start, end, ok := findBlock(text); ok && (start < 0 || end > len(text) || start > end || k.kind != block) {
			t.Errorf("block at %d:%d", start, end)
		}
		if unquote(say.SingleQuote(program)) != program {
			t.Errorf("%q comes back as %q", program, unquote(say.SingleQuote(program)))
		}
	})
}
