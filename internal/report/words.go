package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// classWords says in words what a key of a class is.
func classWords(c scanner.Class) string {
	switch c {
	case scanner.ClassDjangoInsecure:
		return "a key made by startproject"
	case scanner.ClassDjango:
		return "a key made by Django's generator"
	case scanner.ClassRandom:
		return "a random key, made by a generator"
	case scanner.ClassPublic:
		return "a key that everybody can know"
	case scanner.ClassWeak:
		return "a key made up by a person and guessable"
	case scanner.ClassPlaceholder:
		return "a placeholder"
	}
	return clean(string(c))
}

// statusWords says where a key is now.
func statusWords(s scanner.Status) string {
	switch s {
	case scanner.StatusLive:
		return "in current code"
	case scanner.StatusHistory:
		return "only in history"
	case scanner.StatusUnreachable:
		return "in no branch or tag"
	case scanner.StatusStaged:
		return "about to be committed"
	case scanner.StatusWorktree:
		return "in a file"
	}
	return clean(string(s))
}

// keyStatus is statusWords with what limits it: the day since when a key is
// only history, or the kind of refs that still hold it.
func keyStatus(k *scanner.Key) string {
	words := statusWords(k.Status)
	switch {
	case k.Status == scanner.StatusLive && keyRank(k) == rankReview:
		return "still in pull requests"
	case k.Status == scanner.StatusLive && keyRank(k) == rankTag:
		return "still in tags"
	case k.Status != scanner.StatusHistory:
		return words
	}
	// The dates are those of authors: after a rebase a removal can be older than what it
	// removes.
	var removed, last time.Time
	for i := range k.Occurrences {
		removed = newest(removed, k.Occurrences[i].Removed)
		last = newest(last, k.Occurrences[i].Introduced)
	}
	if removed.IsZero() {
		return words
	}
	if removed.After(last) {
		last = removed
	}
	return words + " since " + day(last)
}

// placeStatus is keyStatus of one place.
func placeStatus(o *scanner.Occurrence) string {
	return keyStatus(&scanner.Key{Status: o.Status, Occurrences: []scanner.Occurrence{*o}})
}

// reasons are those of a key that say more than its class and than each other.
func reasons(k *scanner.Key) []string {
	var out []string
	for _, reason := range k.Reasons {
		said := strings.Contains(classWords(k.Class), reason) || slices.ContainsFunc(k.Reasons, func(other string) bool {
			return len(other) > len(reason) && strings.HasPrefix(other, reason)
		})
		if !said {
			out = append(out, clean(reason))
		}
	}
	return out
}

// newest is the later one of t and the dates of some commits.
func newest(t time.Time, commits []scanner.Commit) time.Time {
	for i := range commits {
		if commits[i].Date.After(t) {
			t = commits[i].Date
		}
	}
	return t
}

// current reports whether a status names a text that a reader can open now.
func current(s scanner.Status) bool {
	return s == scanner.StatusLive || s == scanner.StatusStaged || s == scanner.StatusWorktree
}

// short is the abbreviated name of an object.
func short(id string) string { return clean(id[:min(len(id), 10)]) }

func day(t time.Time) string { return t.Format(time.DateOnly) }

// authorName is an author's name. Some people have their address for a name; what
// follows the @ is not ours to spread.
func authorName(name string) string {
	if i := strings.IndexByte(name, '@'); i > 0 && i < len(name)-1 && name[i-1] != ' ' && name[i+1] != ' ' {
		end := i
		for end < len(name) && name[end] != ' ' && name[end] != '>' {
			end++
		}
		name = strings.TrimSpace(name[:i] + name[end:])
	}
	name = clean(name)
	if name == "" {
		return "somebody without a name"
	}
	return name
}

// place is an occurrence as editors write a position.
func place(o *scanner.Occurrence) string {
	return where(o) + ":" + strconv.Itoa(o.Line) + ":" + strconv.Itoa(o.Column)
}

// where is the file of an occurrence, or what it has instead.
func where(o *scanner.Occurrence) string {
	switch {
	case o.Part == scanner.PartName:
		return "name of " + clean(o.Path)
	case o.Path != "":
		return clean(o.Path)
	case o.Part == scanner.PartRef && o.Tag != "":
		return "name of a tag to " + short(o.Commit)
	case o.Tag != "" && o.Part == scanner.PartHeaders:
		return "headers of tag " + clean(o.Tag)
	case o.Tag != "":
		return "message of tag " + clean(o.Tag)
	case o.Part == scanner.PartHeaders:
		return "headers of " + short(o.Commit)
	case o.Part == scanner.PartRef:
		return "name of a ref to " + short(o.Commit)
	case o.Commit != "":
		return "message of " + short(o.Commit)
	case o.Blob != "":
		return "blob " + short(o.Blob)
	}
	return "standard input"
}

// bytesWords writes a size in decimal units, as disks and networks count.
func bytesWords(n int64) string {
	const units = "kMGTPE"
	if n < 1000 {
		return say.Counted(n, "byte", "bytes")
	}
	value, unit := float64(n), -1
	for value >= 999.5 && unit < len(units)-1 {
		value, unit = value/1000, unit+1
	}
	if value < 9.95 {
		return fmt.Sprintf("%.1f %cB", value, units[unit])
	}
	return fmt.Sprintf("%.0f %cB", value, units[unit])
}

// readWords says what was read: "28,874 blobs (810 MB) in 10,410 commits".
func readWords(r *scanner.Report) string {
	c := &r.Coverage
	one, many := "blob", "blobs"
	switch r.Scope.Kind {
	case scanner.ScopeFiles:
		one, many = "file", "files"
	case scanner.ScopeStaged:
		one, many = "staged file", "staged files"
	}
	s := "read " + say.Counted(c.Blobs, one, many) + " (" + bytesWords(c.Bytes) + ")"
	if c.Commits > 0 {
		s += " in " + say.Counted(c.Commits, "commit", "commits")
	}
	if r.Scope.Range != "" {
		s += " of " + rangeWords(r.Scope.Range)
	}
	return s
}

// rangeWords is a range with the names of its objects abbreviated.
func rangeWords(spec string) string {
	base, head, ok := strings.Cut(spec, "..")
	if !ok {
		return clean(spec)
	}
	for _, end := range []*string{&base, &head} {
		if isObjectName(*end) {
			*end = short(*end)
		}
	}
	return clean(base + ".." + head)
}

// coverageWords is the line that says whether the silence is earned.
func coverageWords(r *scanner.Report) string {
	if r.Coverage.Complete {
		return readWords(r) + "; nothing skipped"
	}
	n := r.Coverage.SkippedCount()
	what := say.Counted(n, "thing", "things") + " could not be read"
	if n == 0 {
		what = "not everything was read"
	}
	return "INCOMPLETE: " + what + "; " + readWords(r)
}

// verdictWords is the last line: what was found and whether it fails.
func verdictWords(r *scanner.Report, hidden int) string {
	var s string
	failing := r.Failing()
	below := int64(max(0, len(r.Keys)-len(failing)-hidden))
	switch {
	case len(failing) > 0:
		s = say.Counted(len(failing), "key", "keys") + found(r) + " (" + severityCounts(failing) + ")"
		if below > 0 {
			s += "; " + say.Thousands(below) + " below " + r.FailOn.String()
		}
	case below > 0:
		s = say.Counted(below, "key", "keys") + " below " + r.FailOn.String() + ", none at or above it"
	case r.Coverage.Complete:
		s = "clean: no key found"
	default:
		s = "no key found in what could be read"
	}
	if hidden > 0 {
		s += "; " + say.Counted(hidden, "note", "notes") + " hidden (--all shows them)"
	}
	if n := int64(len(r.Accepted)); n > 0 {
		s += "; " + say.Thousands(n) + " accepted"
	}
	if n := len(r.NeverCommitted); n > 0 {
		s += "; " + say.Thousands(n) + " never committed"
	}
	if n := int64(len(r.Known)); n > 0 {
		s += "; " + say.Thousands(n) + " known before"
	}
	return s
}

func found(r *scanner.Report) string {
	switch {
	case r.Scope.Named:
		return " found"
	case r.Scope.Kind == scanner.ScopeStaged, r.Scope.Kind == scanner.ScopeCommit:
		return " about to be committed"
	case r.Scope.Kind == scanner.ScopePush:
		return " about to be pushed"
	}
	return " found"
}

func severityCounts(keys []scanner.Key) string {
	var parts []string
	for s := scanner.Critical; s >= scanner.Note; s-- {
		n := 0
		for _, k := range keys {
			if k.Severity == s {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, strconv.Itoa(n)+" "+s.String())
		}
	}
	return strings.Join(parts, ", ")
}

// title is a key in one phrase: what it is and what it is called.
func title(k *scanner.Key) string {
	return clean(k.Masked) + ", " + classWords(k.Class)
}

// acceptedWords say what accepts a key, why, and how far it stretches.
func acceptedWords(a *scanner.Acceptance) string {
	s := clean(string(a.By)) + ": " + clean(a.Reason)
	if n := len(a.Stretches); n > 0 {
		s += " (also for " + say.Counted(n, "version", "versions") + " without the comment: " + short(a.Stretches[0])
		if n > 1 {
			s += ", …"
		}
		s += ")"
	}
	return s
}

// notes are what a reader should learn though nothing is missing: those of the
// coverage, and comments that accept nothing. They are clean.
func notes(r *scanner.Report) []string {
	var out []string
	for _, note := range r.Coverage.Notes {
		out = append(out, clean(note))
	}
	for i := range r.Remarks {
		m := &r.Remarks[i]
		out = append(out, fmt.Sprintf("%s:%d: %s", cmp.Or(clean(m.Path), "standard input"), m.Line, remarkWords(m)))
	}
	return out
}

// remarkWords say what is wrong with a comment.
func remarkWords(m *scanner.Remark) string {
	s := "this comment accepts nothing: " + clean(m.Text)
	if m.Kind == scanner.NearMiss {
		s += "; write djleaks: allow[reason]"
	}
	return s
}
