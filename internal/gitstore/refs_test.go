package gitstore

import (
	"bytes"
	"crypto/sha1"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/internal/packfile/packtest"
	"github.com/djleaks/djleaks/scanner"
)

func refLines(t *testing.T, s *Repository) []string {
	t.Helper()
	refs, err := s.Refs()
	must(t, err)
	var out []string
	for _, ref := range refs {
		out = append(out, ref.Name+" "+ref.ID.String()+" "+ref.Commit.String())
	}
	return out
}

// gitRefs is the same of Git, refs below refs/ only.
func gitRefs(r *repo) []string {
	var out []string
	for line := range strings.Lines(r.git("for-each-ref", "--format=%(refname) %(objectname) %(objecttype) %(*objectname) %(*objecttype)")) {
		f := strings.Fields(line)
		commit := ""
		switch {
		case f[2] == "commit":
			commit = f[1]
		case len(f) > 4 && f[4] == "commit":
			commit = f[3]
		}
		out = append(out, f[0]+" "+f[1]+" "+commit)
	}
	return out
}

func below(lines []string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(s string) bool { return !strings.HasPrefix(s, "refs/") })
}

func TestRefsAreThoseOfForEachRef(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "f", "1")
	r.git("branch", "feature/x")
	r.git("tag", "light")
	r.git("tag", "-a", "-m", "m", "annotated")
	r.git("tag", "-a", "-m", "m", "tree", "HEAD^{tree}")
	r.git("tag", "-a", "-m", "m", "blob", "HEAD:f")
	r.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/heads/feature/x")
	r.write("f", "stashed")
	r.git("stash", "-q")
	if got, want := below(refLines(t, r.open())), gitRefs(r); !slices.Equal(got, want) {
		t.Errorf("loose: got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	r.git("pack-refs", "--all")
	r.commit("two", "f", "2") // main is loose and packed now, and differs
	r.git("branch", strings.Repeat("long/", 120)+"x")
	r.git("update-ref", "refs/heads/\xff\xfe", "HEAD")
	r.git("pack-refs")
	r.git("update-ref", "-d", "refs/tags/light")
	if got, want := below(refLines(t, r.open())), gitRefs(r); !slices.Equal(got, want) {
		t.Errorf("packed: got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestRefsOfTagsNameTheTagObjects(t *testing.T) {
	r := newRepo(t)
	commit := r.commit("one", "f", "1")
	r.git("tag", "-a", "-m", "m", "inner")
	r.git("tag", "-a", "-m", "m", "outer", "inner")
	refs, err := r.open().Refs()
	must(t, err)
	i := slices.IndexFunc(refs, func(ref Ref) bool { return ref.Name == "refs/tags/outer" })
	if want := []scanner.ObjectID{r.id("outer"), r.id("inner")}; !slices.Equal(refs[i].Tags, want) || refs[i].Commit != commit {
		t.Errorf("%+v", refs[i])
	}
}

func TestRefsThatAreBrokenHideNoOthers(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "f", "1")
	r.git("branch", "good")
	heads := filepath.Join(r.dir, ".git/refs/heads")
	gone := strings.Repeat("12", 20)
	for name, text := range map[string]string{
		"empty": "", "junk": "hello\n", "x.lock": "", ".DS_Store": "\x00\x01", "gone": gone + "\n", "loop": "ref: refs/heads/loop\n",
		"out": "ref: ../../../../etc/passwd\n", "unborn": "ref: refs/heads/never\n",
	} {
		must(t, os.WriteFile(filepath.Join(heads, name), []byte(text), 0o644))
	}
	must(t, os.WriteFile(filepath.Join(r.dir, ".git/packed-refs"),
		[]byte("# pack-refs with: peeled fully-peeled sorted\nnonsense\nxx"+r.git("rev-parse", "good")+" refs/tags/shifted\n"+
			r.git("rev-parse", "good")+" refs/tags/packed\n"), 0o644))
	s := r.open()
	var names []string
	refs, err := s.Refs()
	must(t, err)
	for _, ref := range refs {
		if ref.Commit != "" {
			names = append(names, ref.Name)
		}
	}
	if want := []string{"HEAD", "refs/heads/good", "refs/heads/main", "refs/tags/packed"}; !slices.Equal(names, want) {
		t.Errorf("refs: %q, want %q", names, want)
	}
	if id, err := s.Resolve("shifted"); !errors.Is(err, ErrUnknownRevision) {
		t.Errorf("a line that is not a ref resolves to %s, %v", id, err)
	}
	var incomplete []string
	for _, w := range s.Warnings() {
		if w.Incomplete() {
			incomplete = append(incomplete, filepath.Base(w.Path))
		}
	}
	slices.Sort(incomplete)
	if want := []string{"empty", "gone", "junk", "out", "packed-refs"}; !slices.Equal(incomplete, want) {
		t.Errorf("warned of %q, want %q", incomplete, want)
	}
}

func TestRefsHaveTheHeadsOfAllWorktreesAndOperations(t *testing.T) {
	r := conflict(t)
	r.git("update-ref", "ORIG_HEAD", "HEAD")
	r.git("worktree", "add", "-q", "--detach", "../other", "HEAD~1")
	lines := strings.Join(refLines(t, r.open()), "\n")
	for name, rev := range map[string]string{"HEAD": "HEAD", "ORIG_HEAD": "HEAD", "MERGE_HEAD": "side", "worktrees/other/HEAD": "HEAD~1"} {
		if want := name + " " + r.git("rev-parse", rev); !strings.Contains("\n"+lines, "\n"+want) {
			t.Errorf("%s is missing in\n%s", want, lines)
		}
	}
	lines = strings.Join(refLines(t, r.in("../other").open()), "\n")
	if want := "main-worktree/HEAD " + r.git("rev-parse", "HEAD"); !strings.Contains(lines, want) {
		t.Errorf("%s is missing in\n%s", want, lines)
	}
}

// In a pack the names of objects are not computed again, so that two tags can
// name each other.
func TestTagsThatNameEachOtherAreIncomplete(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "f", "1")
	var pack packtest.Pack
	names := [][]byte{bytes.Repeat([]byte{0xd1}, 20), bytes.Repeat([]byte{0xd2}, 20)}
	for i, name := range names {
		text := fmt.Appendf(nil, "object %x\ntype tag\ntag v\ntagger A <a@example.org> 1 +0000\n\nx\n", names[1-i])
		pack.Raw(name, packfile.Tag, nil, int64(len(text)), packtest.Deflate(text))
	}
	pack.Write(t, filepath.Join(r.dir, ".git/objects"), "circle", packtest.Version2)
	must(t, os.WriteFile(filepath.Join(r.dir, ".git/refs/tags/forged"), fmt.Appendf(nil, "%x\n", names[0]), 0o644))
	s := r.open()
	_, err := s.Refs()
	must(t, err)
	if w := s.Warnings(); len(w) != 1 || !w[0].Incomplete() || w[0].Path != "refs/tags/forged" {
		t.Errorf("warned of %v", w)
	}
}

func TestHeadIsUnbornDetachedOrABranch(t *testing.T) {
	r := newRepo(t)
	head, err := r.open().Head()
	if err != nil || head.Commit != "" || head.Target != "refs/heads/main" {
		t.Errorf("unborn: %+v, %v", head, err)
	}
	id := r.commit("one", "f", "1")
	head, err = r.open().Head()
	if err != nil || head.Commit != id || head.Target != "refs/heads/main" {
		t.Errorf("branch: %+v, %v", head, err)
	}
	r.git("pack-refs", "--all")
	if head, err = r.open().Head(); err != nil || head.Commit != id {
		t.Errorf("packed: %+v, %v", head, err)
	}
	r.git("checkout", "-q", "--detach")
	if head, err = r.open().Head(); err != nil || head.Commit != id || head.Target != "" {
		t.Errorf("detached: %+v, %v", head, err)
	}
	// As very old versions wrote it.
	must(t, os.Remove(filepath.Join(r.dir, ".git/HEAD")))
	must(t, os.Symlink("refs/heads/main", filepath.Join(r.dir, ".git/HEAD")))
	if head, err = r.open().Head(); err != nil || head.Commit != id || head.Target != "refs/heads/main" {
		t.Errorf("link: %+v, %v", head, err)
	}
}

func TestHeadOfABranchWhoseFileIsBrokenIsNotUnborn(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "f", "1")
	must(t, os.WriteFile(filepath.Join(r.dir, ".git/refs/heads/main"), nil, 0o644))
	if head, err := r.open().Head(); err == nil {
		t.Errorf("an emptied branch was taken for an unborn one: %+v", head)
	}
}

func TestResolveFindsWhatRevParseFinds(t *testing.T) {
	r := conflict(t)
	r.git("merge", "--abort")
	if _, err := r.try("merge", "-q", "-s", "ours", "side"); err != nil {
		t.Fatal(err)
	}
	r.git("tag", "-a", "-m", "m", "v1", "HEAD~1")
	r.git("branch", "v1", "side")
	r.git("update-ref", "refs/remotes/origin/main", "HEAD~1")
	r.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
	r.git("update-ref", "ORIG_HEAD", "HEAD~1")
	full := r.git("rev-parse", "HEAD")
	blob := r.git("rev-parse", "HEAD:c.py")
	for _, packed := range []bool{false, true} {
		if packed {
			r.git("gc", "-q")
		}
		s := r.open()
		for _, rev := range []string{"HEAD", "@", "main", "refs/heads/main", "heads/main", "v1", "tags/v1", "v1^{}", "v1^{commit}", "v1^{tree}",
			"origin/main", "origin", "HEAD~1", "HEAD~", "HEAD^", "HEAD^2", "HEAD^2~1", "@~1^0", "HEAD^0", "HEAD~2", "v1~1", "ORIG_HEAD",
			full, full[:12], full[:7] + "~1", strings.ToUpper(full[:10]), blob[:9]} {
			want, wantErr := r.try("rev-parse", "--verify", rev)
			got, err := s.Resolve(rev)
			if wantErr != nil || err != nil || got.String() != want {
				t.Errorf("%s: %s, %v; Git says %s, %v", rev, got, err, want, wantErr)
			}
		}
		for _, rev := range []string{"", "nothing", "HEAD~99", "HEAD^3", "HEAD^{", "HEAD^x", "ffffffff", "abc", "../../etc/passwd", "config", "HEAD~99999999999999999999"} {
			if got, err := s.Resolve(rev); !errors.Is(err, ErrUnknownRevision) {
				t.Errorf("%q is %s, %v", rev, got, err)
			}
		}
	}
}

func TestResolveTakesACommitBeforeABlobOfTheSameAbbreviation(t *testing.T) {
	r := newRepo(t)
	id := r.commit("one", "f", "1")
	short := id.String()[:4]
	for n := 0; ; n++ {
		text := fmt.Sprint(n)
		if sum := sha1.Sum([]byte(fmt.Sprintf("blob %d\x00%s", len(text), text))); fmt.Sprintf("%x", sum)[:4] == short {
			r.write("same", text)
			r.git("hash-object", "-w", "same")
			break
		}
	}
	if got, err := r.open().Resolve(short); err != nil || got != id {
		t.Errorf("%s is %s, %v; want %s", short, got, err, id)
	}
	tree := r.id("HEAD^{tree}")
	for n := 0; ; n++ { // and now two commits
		text := fmt.Sprintf("tree %s\nauthor A <a> %d +0000\ncommitter C <c> 1 +0000\n\nm\n", tree, n)
		if sum := sha1.Sum([]byte(fmt.Sprintf("commit %d\x00%s", len(text), text))); fmt.Sprintf("%x", sum)[:4] == short {
			r.write("same", text)
			r.git("hash-object", "-w", "-t", "commit", "same")
			break
		}
	}
	if got, err := r.open().Resolve(short); err == nil {
		t.Errorf("two commits begin with %s, and it is %s", short, got)
	}
}

// TestObjectsAreWhatGoGitDecodes decodes all objects by go-git through testStorer and
// compares with how this package reads them.
func TestObjectsAreWhatGoGitDecodes(t *testing.T) {
	r := conflict(t)
	r.write("dir/x", "x")
	r.git("add", "-A")
	r.git("commit", "-qm", "merge\n\nwith a body")
	r.git("tag", "-a", "-m", "m", "v1")
	r.git("gc", "-q")
	s := r.open()
	store, err := s.testStorer()
	must(t, err)
	for line := range strings.Lines(r.git("cat-file", "--batch-all-objects", "--batch-check")) {
		f := strings.Fields(line)
		id, _ := scanner.ParseObjectID(f[0])
		hash := plumbing.NewHash(f[0])
		switch f[1] {
		case "commit":
			theirs, err := object.GetCommit(store, hash)
			must(t, err)
			ours, err := s.Commit(id)
			must(t, err)
			if ours.Author != theirs.Author.Name || !ours.Date.Equal(theirs.Author.When) || ours.Committed != theirs.Committer.When.Unix() ||
				!strings.HasSuffix(string(ours.Text), "\n\n"+theirs.Message) || ours.Tree.String() != theirs.TreeHash.String() || len(ours.Parents) != len(theirs.ParentHashes) {
				t.Errorf("commit %s: %+v", id, ours)
			}
		case "tag":
			theirs, err := object.GetTag(store, hash)
			must(t, err)
			_, text, err := s.Object(id)
			must(t, err)
			if ours, err := parseTag(id, text); err != nil || ours.object.String() != theirs.Target.String() {
				t.Errorf("tag %s: %+v", id, ours)
			}
		case "tree":
			theirs, err := object.GetTree(store, hash)
			must(t, err)
			data, err := newTreeCache(s).get(id)
			must(t, err)
			tree := newTreeReader(data, 20)
			for _, want := range theirs.Entries {
				e, ok := tree.next()
				if !ok || string(e.name) != want.Name || e.mode != uint32(want.Mode) || string(e.id) != string(want.Hash[:]) {
					t.Errorf("tree %s: %s", id, e.name)
				}
			}
			if _, more := tree.next(); more || tree.failure() != nil {
				t.Errorf("tree %s has more entries", id)
			}
		}
		if store.HasEncodedObject(hash) != nil {
			t.Errorf("%s is not there", id)
		}
		if size, err := store.EncodedObjectSize(hash); err != nil || size == 0 && f[2] != "0" {
			t.Errorf("size of %s: %d, %v", id, size, err)
		}
	}
	if _, err := store.EncodedObject(plumbing.AnyObject, plumbing.NewHash(strings.Repeat("1", 40))); !errors.Is(err, plumbing.ErrObjectNotFound) {
		t.Error(err)
	}
}

func FuzzRefs(f *testing.F) {
	id := strings.Repeat("ab", 20)
	f.Add([]byte(id + "\n"))
	f.Add([]byte("ref: refs/heads/main\n"))
	f.Add([]byte("# pack-refs with: peeled\n" + id + " refs/heads/x\n^" + id + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if v, ok := parseRef(data, 20); ok && (v.target == "") == (v.id == "") {
			t.Errorf("%+v", v)
		}
		parsePackedRefs(string(data), 20, func(name string, id scanner.ObjectID) {
			if !safeRefName(name) || len(id) != 20 || id.IsZero() {
				t.Errorf("%q %s", name, id)
			}
		})
		for _, path := range splitAlternates(string(data), '\n') {
			if path == "" || len(path) > len(data) {
				t.Errorf("%q", path)
			}
		}
		if c, err := parseCommit(scanner.ObjectID(strings.Repeat("x", 20)), data); err == nil && len(c.Tree) != 20 {
			t.Errorf("%+v", c)
		}
		_, _ = parseTag(scanner.ObjectID(strings.Repeat("x", 20)), data)
		splitRevision(string(data))
	})
}

func TestWhatGitRemembersMayBeGone(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "a.py", "a1")
	r.commit("two", "a.py", "a2")
	r.git("reset", "-q", "--hard", "HEAD~1")
	r.git("reflog", "expire", "--expire=now", "--all")
	r.git("gc", "-q", "--prune=now")
	repo := r.open()
	_, err := repo.Refs()
	must(t, err)
	found := 0
	for _, w := range repo.Warnings() {
		if w.Incomplete() {
			t.Errorf("%s", w)
		}
		if w.Path == "ORIG_HEAD" {
			found++
		}
	}
	if found != 1 {
		t.Errorf("%d notes about ORIG_HEAD: %v", found, repo.Warnings())
	}
}
