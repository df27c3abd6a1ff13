package report

import (
	"slices"

	"github.com/djleaks/djleaks/scanner"
)

// A stopped commit prints at most twelve lines: three for each of two keys, or
// one for each of stagedKeys, their number and one advice; two that hold for
// all keys, two of what could not be read, and the verdict.
const stagedKeys = 5

// stillHere reports whether the scan was made before anything left the
// repository: of what is staged, of commits that a push or a change of a branch
// would bring. Then no key has leaked yet, and the answer is short.
func stillHere(r *scanner.Report) bool {
	return r.Scope.Kind == "staged" || r.Scope.Kind == "push" || r.Scope.Kind == "commit"
}

// staged tells somebody whose commit or push was stopped what to do now.
func (t *text) staged() {
	keys := failingKeys(t.report)
	if len(keys) == 0 || t.opt.All || t.opt.Verbose {
		keys, _ = shown(t.report, t.opt.All)
	}
	keys = slices.DeleteFunc(slices.Clone(keys), func(k scanner.Key) bool { return len(k.Occurrences) == 0 })
	n := t.limit(len(keys), stagedKeys)
	for i := range keys[:n] {
		t.stagedKey(&keys[i], n <= 2)
	}
	t.more(len(keys)-n, "", "key", "keys")
	if n > 2 {
		t.instead("", &keys[0])
	}
	if n > 0 && t.report.Scope.Kind == "push" {
		t.line(t.bold.Sprint("take out:  "), "git commit --amend", t.dim.Sprint("  if it is the last commit, else git rebase -i"))
	}
	if n > 0 {
		t.line(t.bold.Sprint("fresh key: "), "djleaks key new", t.dim.Sprint("  (put it in the environment, not in a file that Git tracks)"))
		t.line(t.bold.Sprint("to accept: "), "# djleaks: allow[reason]", t.dim.Sprint("  on the line of the key or the line before"))
	}
	if t.report.Verdict == scanner.Clean {
		t.line(t.dim.Sprint(coverageWords(t.report)))
	} else if !t.report.Coverage.Complete {
		t.line(t.warn.Sprint(coverageWords(t.report)))
		if len(t.report.Coverage.Skipped) > 0 {
			t.line("  ", skipWords(t.report.Coverage.Skipped[0]))
		}
	}
	_, hidden := shown(t.report, t.opt.All)
	t.verdict(hidden)
}

func (t *text) stagedKey(k *scanner.Key, advise bool) {
	more := ""
	if n := len(k.Occurrences) - 1; n > 0 {
		more = " and " + count(int64(n), "more place", "more places")
	}
	t.line(t.bold.Sprint(place(&k.Occurrences[0])), more, "  ", t.severity(k.Severity).Sprint(k.Severity.String()), "  ",
		clean(k.Masked), t.dim.Sprint("  "+clean(string(k.Fingerprint))))
	if !advise {
		return
	}
	if in := k.Occurrences[0].Introduced; t.report.Scope.Kind == "push" && len(in) > 0 {
		t.line("  commit:  ", short(in[0].Commit), " by ", person(in[0].Author))
	}
	why := classWords(k.Class)
	if more := reasons(k); len(more) > 0 {
		why = more[0]
	}
	t.line("  why:     ", why)
	t.instead("  ", k)
}

func (t *text) instead(indent string, k *scanner.Key) {
	t.line(indent, "instead: ", insteadOf(&k.Occurrences[0]).String())
}
