package dossier

import (
	"slices"
	"strconv"
	"strings"

	"github.com/djleaks/djleaks/internal/project"
	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// cleanUp undoes commits that only this repository has.
func (b *book) cleanUp() {
	if !slices.ContainsFunc(b.keys, func(k *scanner.Key) bool { return !isNeverCommitted(k) }) {
		b.add(scanner.ThisHour, "It was added and never committed, so no push takes it along. Let Git forget everything that no commit and no index has.", "git gc --quiet --prune=now")
		b.add(scanner.ThisHour, "Prove it.", "djleaks audit")
		return
	}
	l := localPlaces(b.keys)
	b.add(scanner.ThisHour, "Nobody else has it: no push is known. Before the next push, these commands undo it as if it had never been committed. They change commits that are not pushed; do them in a clean work tree.", "")
	b.commits(&l)
	var drop []string
	for _, n := range l.stashes { // the last first: their numbers move up
		drop = append(drop, "git stash drop 'stash@{"+strconv.Itoa(n)+"}'")
	}
	if len(drop) > 0 {
		b.add(scanner.ThisHour, "It is in the stash. Look at each entry before it goes: git stash show -p.", strings.Join(drop, "\n"))
	}
	for _, ref := range l.tags {
		b.add(scanner.ThisHour, "A tag holds it. Delete the tag, and set it again on the new commit.", "git tag -d "+say.Quote(strings.TrimPrefix(ref, "refs/tags/")))
	}
	forget := ""
	for _, ref := range []string{"ORIG_HEAD", "REBASE_HEAD", "CHERRY_PICK_HEAD", "MERGE_HEAD"} {
		if len(l.commits) > 0 && ref == "ORIG_HEAD" || slices.Contains(l.others, ref) {
			forget += "git update-ref -d " + ref + "\n"
		}
	}
	b.add(scanner.ThisHour, "Then let Git forget the old commits. This also drops everything else that only the reflog remembers.",
		forget+"git reflog expire --expire=now --expire-unreachable=now --all\ngit gc --quiet --prune=now")
	b.add(scanner.ThisHour, "Prove it.", "djleaks audit")
}

// isNeverCommitted reports whether no commit has held any place of a key.
func isNeverCommitted(k *scanner.Key) bool {
	return len(k.Occurrences) > 0 && !slices.ContainsFunc(k.Occurrences, func(o scanner.Occurrence) bool { return !o.NeverCommitted() })
}

// local is where keys are that nobody else has.
type local struct {
	files   []project.Site // in the tree of HEAD
	commits []string       // that brought them, to be changed; the oldest first
	stashes []int          // by number, the last first
	tags    []string
	others  []string
}

func localPlaces(keys []*scanner.Key) (l local) {
	var commits []scanner.Commit
	seen := map[string]bool{}
	for _, k := range keys {
		for i := range k.Occurrences {
			o := &k.Occurrences[i]
			onBranch := o.Status == scanner.StatusHistory
			for _, ref := range o.Refs {
				switch scanner.KindOfRef(ref) {
				case scanner.HeadRef, scanner.BranchRef:
					onBranch = true
				case scanner.StashRef:
					l.stashes = append(l.stashes, stashNumber(ref))
				case scanner.TagRef:
					l.tags = append(l.tags, ref)
				default:
					l.others = append(l.others, ref)
				}
			}
			if slices.Contains(o.Refs, "HEAD") {
				l.files = append(l.files, project.Site{Path: o.Path, Line: o.Line})
			}
			if !onBranch {
				continue
			}
			for _, c := range o.Introduced {
				if !seen[c.Commit] {
					seen[c.Commit] = true
					commits = append(commits, c)
				}
			}
		}
	}
	slices.SortStableFunc(commits, func(a, b scanner.Commit) int { return a.Date.Compare(b.Date) })
	for _, c := range commits {
		l.commits = append(l.commits, c.Commit)
	}
	slices.Sort(l.stashes)
	slices.Reverse(l.stashes)
	l.stashes = slices.Compact(l.stashes)
	slices.Sort(l.tags)
	l.tags = slices.Compact(l.tags)
	return l
}

// stashNumber is N of refs/stash@{N} and refs/stash@{N}^3; refs/stash is 0.
func stashNumber(ref string) int {
	_, rest, _ := strings.Cut(ref, "@{")
	digits, _, _ := strings.Cut(rest, "}")
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}

// commits rewrites the commits that brought a key: the last one by an
// amendment, an older one by a rebase that stops there.
func (b *book) commits(l *local) {
	if len(l.commits) == 0 {
		return
	}
	var files []string
	for _, f := range l.files {
		if !slices.Contains(files, say.Quote(f.Path)) {
			files = append(files, say.Quote(f.Path))
		}
	}
	fix := "djleaks fix --write " + strings.Join(files, " ")
	if len(files) == 0 {
		fix = "djleaks fix --write"
	}
	if len(l.commits) == 1 && l.commits[0] == b.r.Scope.Head {
		b.add(scanner.ThisHour, "The last commit brought it: take the key out, and make the commit again.", fix+"\ngit commit --all --amend --no-edit")
		return
	}
	first := l.commits[0]
	onto := first + "~1"
	if b.first != nil && b.first(first) {
		onto = "--root"
	}
	b.add(scanner.ThisHour, "Commit "+first[:min(10, len(first))]+" brought it. The rebase stops there: take the key out, and let it go on. If a later commit touches the same lines, Git asks.",
		"GIT_SEQUENCE_EDITOR=\"sed -i.bak '1s/^pick/edit/'\" git rebase --interactive "+onto+"\n"+fix+"\ngit commit --all --amend --no-edit\ngit rebase --continue")
	for _, c := range l.commits[1:min(len(l.commits), mostRewrites)] {
		b.add(scanner.ThisHour, "Commit "+c[:min(10, len(c))]+" brought it as well. Run djleaks audit after the first rebase: if the key is still in it, do the same with this commit.", "")
	}
}

// mostRewrites is how many further commits are named.
const mostRewrites = 5
