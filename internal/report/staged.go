package report

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// stagedLines is how many lines a stopped commit or push prints at most, unless
// more is asked for. What holds for all keys, what could not be read and the
// verdict come first; the rest is shared by the keys: with advice for each if
// they are one or two, else one line for each of stagedKeys.
const (
	stagedLines = 12
	stagedKeys  = 5
)

// unpublished reports whether the scan was made before anything left the
// repository: of what is staged, of commits that a push or a change of a branch
// would bring. Then no key has leaked yet, and the answer is short.
func unpublished(r *scanner.Report) bool {
	return r.Scope.Kind == scanner.ScopeStaged || r.Scope.Kind == scanner.ScopePush || r.Scope.Kind == scanner.ScopeCommit
}

// staged tells somebody whose commit or push was stopped what to do now.
func (t *text) staged() {
	keys := t.report.Failing()
	if len(keys) == 0 || t.opt.All || t.opt.Verbose {
		keys, _ = shown(t.report, t.opt.All)
	}
	keys = withPlaces(keys)
	n, advise := t.stagedShare(keys)
	if t.opt.Stopped {
		t.line(t.bold.Sprint("djleaks: " + stoppedWords(t.report)))
	}
	for i := range keys[:n] {
		t.stagedKey(&keys[i], advise)
	}
	t.more(len(keys)-n, "", "key", "keys")
	if n > 0 {
		if !advise {
			t.replacement("", &keys[0])
		}
		t.stagedAdvice(&keys[0])
	}
	t.stagedCoverage()
	_, hidden := shown(t.report, t.opt.All)
	t.line(t.verdictPaint().Sprint(verdictWords(t.report, hidden)))
}

// withPlaces are the keys that have a place.
func withPlaces(keys []scanner.Key) []scanner.Key {
	return slices.DeleteFunc(slices.Clone(keys), func(k scanner.Key) bool { return len(k.Occurrences) == 0 })
}

// stagedAdvice says what to do about the keys, of which this is the first.
func (t *text) stagedAdvice(first *scanner.Key) {
	if t.report.Scope.Kind == scanner.ScopePush {
		command, note := takeOut(t.report, first)
		t.line(t.bold.Sprint("take out:  "), command, t.dim.Sprint("  "+note))
	}
	if t.opt.Fixable {
		t.line(t.bold.Sprint("fix:       "), t.called("djleaks fix --write"), t.dim.Sprint("  (takes it out of the code; without --write shows how)"))
	} else if command, note := freshKey(t.opt.replacementOf(&first.Occurrences[0]), cmp.Or(t.opt.Program, "djleaks")); command != "" {
		t.line(t.bold.Sprint("fresh key: "), command, t.dim.Sprint("  ("+note+")"))
	}
	accept := "djleaks accept " + string(first.Fingerprint) + ` --reason "…"`
	if o := &first.Occurrences[0]; t.report.Scope.AcceptFrom != "" {
		t.line(t.bold.Sprint("to accept: "), accept, t.dim.Sprint(acceptBefore))
	} else if o.Part != "" {
		t.line(t.bold.Sprint("to accept: "), t.called(accept), t.dim.Sprint("  (a name takes no comment)"))
	} else {
		t.line(t.bold.Sprint("to accept: "), "# djleaks: allow[reason]", t.dim.Sprint("  on the line of the key or the line before"))
	}
	if m := nearMiss(t.report); m != nil {
		t.line(t.warn.Sprint("no effect: "), fmt.Sprintf("the comment at %s:%d", clean(m.Path), m.Line), t.dim.Sprint("  "+clean(m.Text)))
	}
}

// acceptBefore says when an acceptance counts where nobody accepts their own key.
const acceptBefore = "  in a change of its own, merged before this one"

// stagedCoverage says what was read, where that matters: all of it if nothing
// was found, and otherwise that not all could be read.
func (t *text) stagedCoverage() {
	if t.report.Verdict == scanner.Clean {
		t.line(t.dim.Sprint(coverageWords(t.report)))
		t.notes()
	} else if !t.report.Coverage.Complete {
		t.line(t.warn.Sprint(coverageWords(t.report)))
		if len(t.report.Coverage.Skipped) > 0 {
			t.line("  ", skipWords(t.report.Coverage.Skipped[0]))
		}
	}
}

// stoppedWords say what was stopped, and why, to somebody who may never have
// heard of djleaks.
func stoppedWords(r *scanner.Report) string {
	what := map[scanner.ScopeKind]string{scanner.ScopeStaged: "commit", scanner.ScopeCommit: "change of a ref", scanner.ScopePush: "push"}[r.Scope.Kind]
	keys := "a Django secret key"
	if n := len(r.Failing()); n > 1 {
		keys = say.Thousands(n) + " Django secret keys"
	}
	switch {
	case r.Verdict != scanner.KeysFound:
		return what + " stopped: not everything in it could be read"
	case r.Scope.Kind == scanner.ScopeStaged:
		return what + " stopped: it would add " + keys
	}
	return what + " stopped: " + bringerWords(withPlaces(r.Failing())) + " " + keys
}

// stagedShare says how many keys are shown, and whether each gets its advice.
func (t *text) stagedShare(keys []scanner.Key) (n int, advise bool) {
	left := stagedLines - 3 // a fresh key, to accept, the verdict
	if t.opt.Stopped {
		left--
	}
	perKey := 3
	if t.report.Scope.Kind == scanner.ScopePush {
		left-- // how to take the key out
	}
	if slices.ContainsFunc(keys, func(k scanner.Key) bool { return len(k.Occurrences[0].Introduced) > 0 }) {
		perKey++ // the commit
	}
	if slices.ContainsFunc(keys, func(k scanner.Key) bool { return len(k.Related) > 0 }) {
		perKey++ // what it is the same as
	}
	if !t.report.Coverage.Complete {
		left -= 2
	}
	if nearMiss(t.report) != nil {
		left--
	}
	if len(keys) <= 2 && len(keys)*perKey <= left {
		return len(keys), true
	}
	left-- // the one advice
	if len(keys) > min(left, stagedKeys) {
		left-- // how many more there are
	}
	return t.limit(len(keys), max(1, min(left, stagedKeys))), false
}

// nearMiss is the first comment that is not written as it must be.
func nearMiss(r *scanner.Report) *scanner.Remark {
	for i := range r.Remarks {
		if r.Remarks[i].Kind == scanner.NearMiss {
			return &r.Remarks[i]
		}
	}
	return nil
}

func (t *text) stagedKey(k *scanner.Key, advise bool) {
	more := ""
	if n := len(k.Occurrences) - 1; n > 0 {
		more = " and " + say.Counted(n, "more place", "more places")
	}
	t.line(t.bold.Sprint(place(&k.Occurrences[0])), more, "  ", t.severity(k.Severity).Sprint(k.Severity.String()), "  ",
		clean(k.Masked), t.dim.Sprint("  "+clean(string(k.Fingerprint))))
	if !advise {
		return
	}
	if in := k.Occurrences[0].Introduced; len(in) > 0 {
		where := ""
		if t.report.Scope.Kind == scanner.ScopeStaged {
			where = ", already committed on the side that is merged"
		}
		t.line("  commit:  ", short(in[0].Commit), " by ", authorName(in[0].Author), where)
	}
	why := classWords(k.Class)
	if more := reasons(k); len(more) > 0 {
		why = more[0]
	}
	t.line("  why:     ", why)
	if len(k.Related) > 0 {
		same := k.Related[0]
		t.line("  same as: ", clean(string(same.Fingerprint)), differenceWords(same.How), ": to go from one to the other rotates nothing")
	}
	t.replacement("  ", k)
}

func (t *text) replacement(indent string, k *scanner.Key) {
	t.line(indent, "instead: ", t.opt.replacementOf(&k.Occurrences[0]).String())
}
