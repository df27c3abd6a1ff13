package report

import (
	"slices"
	"strconv"
	"strings"

	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// hasDossiers reports whether a report is of an audit that judged its keys.
func hasDossiers(r *scanner.Report) bool {
	for _, list := range [][]scanner.Key{r.Keys, r.Accepted} {
		for i := range list {
			if list[i].Dossier != nil {
				return true
			}
		}
	}
	return false
}

// decision is that of a key, or "".
func decision(k *scanner.Key) scanner.Decision {
	if k.Dossier == nil {
		return ""
	}
	return k.Decision
}

// decisionWords is a decision as an order.
func decisionWords(d scanner.Decision) string {
	switch d {
	case scanner.RotateNow:
		return "rotate now"
	case scanner.Rotate:
		return "rotate"
	case scanner.RevokeFallback:
		return "revoke as fallback"
	case scanner.CleanUpLocally:
		return "clean up locally"
	case scanner.AlreadyRotated:
		return "already rotated"
	case scanner.AcceptedKey:
		return "accepted"
	}
	return "nothing to do"
}

// keyTitle is the decision about a key, and where it is.
func keyTitle(k *scanner.Key) string {
	if d := decision(k); d != "" {
		return decisionWords(d) + ": " + keyStatus(k)
	}
	return keyStatus(k)
}

// byDecision are the open keys of a decision.
func byDecision(r *scanner.Report, d scanner.Decision) (out []*scanner.Key) {
	for i := range r.Keys {
		if decision(&r.Keys[i]) == d {
			out = append(out, &r.Keys[i])
		}
	}
	return out
}

// answer is what a reader wants to know first: how many keys of which decision,
// and of a single one which it is.
func answer(r *scanner.Report) (first string, rest []string) {
	for _, d := range scanner.Decisions() {
		keys := byDecision(r, d)
		if len(keys) == 0 {
			continue
		}
		words := say.Counted(len(keys), "key", "keys") + " to " + decisionWords(d)
		switch d {
		case scanner.Rotate:
			if !slices.ContainsFunc(keys, func(k *scanner.Key) bool { return k.Severity >= scanner.High || k.Live != nil }) {
				words += " if in use" // keys of tests, say
			}
		case scanner.AlreadyRotated:
			words = say.Counted(len(keys), "key", "keys") + " already rotated"
		case scanner.RevokeFallback:
			words = say.Counted(len(keys), "key", "keys") + " to take out of SECRET_KEY_FALLBACKS"
		}
		if first != "" {
			rest = append(rest, words)
			continue
		}
		first = words
		if len(keys) == 1 {
			first += ": " + clean(keys[0].Masked)
			for _, fact := range []string{publicWords(keys[0]), heldWords(keys[0])} {
				if fact != "" {
					first += ", " + fact
				}
			}
		} else if n := longestExposure(keys); n > 0 {
			open := ", public"
			if !slices.ContainsFunc(keys, func(k *scanner.Key) bool { return k.Pushed != nil }) {
				open = ", readable by anyone who has this repository,"
			}
			if slices.ContainsFunc(keys, isCut) {
				first += open + " for " + days(n) + " or more"
			} else {
				first += open + " for up to " + days(n)
			}
		}
	}
	return first, rest
}

func longestExposure(keys []*scanner.Key) (n int) {
	for _, k := range keys {
		if k.Exposure != nil {
			n = max(n, k.Exposure.Days)
		}
	}
	return n
}

// isCut reports whether a key may be older than its first commit here.
func isCut(k *scanner.Key) bool {
	return k.Dossier != nil && k.Exposure != nil && k.Exposure.FirstSource == "shallow"
}

// exposedDays says how long others could have a key.
func exposedDays(k *scanner.Key) string {
	if isCut(k) {
		return "at least " + days(k.Exposure.Days)
	}
	return days(k.Exposure.Days)
}

// days says how long something has lasted.
func days(n int) string {
	if n == 0 {
		return "less than a day"
	}
	return say.Counted(n, "day", "days")
}

// publicWords says for how long others could have a key: "public for 742 days".
func publicWords(k *scanner.Key) string {
	switch {
	case k.Dossier == nil:
		return ""
	case k.Exposure == nil && k.Pushed != nil && !*k.Pushed:
		return "only in this repository"
	case k.Exposure == nil:
		return ""
	case k.Pushed == nil:
		return "readable for " + exposedDays(k) + " by anyone who has this repository"
	}
	return "public for " + exposedDays(k)
}

// heldWords says in how many refs a key is now: "in 3 branches".
func heldWords(k *scanner.Key) string {
	if k.Dossier == nil {
		return ""
	}
	h := &k.Held
	var parts []string
	if h.Head {
		parts = append(parts, "HEAD")
	}
	for _, x := range []struct {
		n         int
		one, many string
	}{
		{h.Branches, "branch", "branches"}, {h.Remotes, "remote-tracking branch", "remote-tracking branches"}, {h.Tags, "tag", "tags"},
		{h.PullRequests, "pull request", "pull requests"}, {h.Stashes, "stash entry", "stash entries"}, {h.Others, "other ref", "other refs"},
	} {
		if x.n > 0 {
			parts = append(parts, say.Counted(x.n, x.one, x.many))
		}
	}
	switch {
	case len(parts) > 0:
		return "in " + listed(parts)
	case h.Reflog:
		return "only in a reflog"
	case h.Unreachable:
		return "only in objects that nothing leads to"
	}
	return "only in old commits"
}

// listed joins with commas and a last "and".
func listed(parts []string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
}

// exposureWords says since when others could have a key, and how that is known.
func exposureWords(k *scanner.Key) string {
	if k.Dossier == nil {
		return ""
	}
	e := k.Exposure
	switch {
	case k.Pushed != nil && !*k.Pushed:
		return "Only this repository has it, as far as it says: no push is known."
	case e == nil:
		return "Whether others can have it is not known."
	}
	source := map[string]string{"push": "when it was pushed from here", "committer-date": "by the date of the commit", "author-date": "by the author's date", "shallow": "or earlier: this shallow clone begins there"}[e.FirstSource]
	if source == "" {
		source = clean(e.FirstSource)
	}
	words := "Others could have it from " + day(e.First) + " (" + source + ")"
	if e.LastSource == "rotated" {
		words += " until " + day(e.Last) + ", when it was rotated"
	} else {
		words += " until now"
	}
	words += ": " + exposedDays(k) + "."
	if e.Key != "" {
		words += " That is since they could have the key " + clean(string(e.Key)) + ", the same secret."
	}
	if k.Pushed == nil {
		words += " Whether it was pushed cannot be told from this repository."
	}
	return words
}

// liveWords says whether Django runs with a key.
func liveWords(k *scanner.Key) string {
	switch {
	case k.Dossier == nil:
		return ""
	case k.Live == nil:
		return "Whether Django runs with it is not known."
	case !*k.Live:
		return "Django does not run with it where you asked."
	}
	var where []string
	for _, w := range k.LiveIn {
		where = append(where, clean(w))
	}
	return "LIVE: in use as " + listed(where) + "."
}

// lineageWords says which keys came before and after.
func lineageWords(k *scanner.Key) (out []string) {
	if k.Dossier == nil {
		return nil
	}
	l := &k.Lineage
	if l.Replaces != "" && l.Replaces == l.ReplacedBy { // swapped, or each on a branch of its own
		out = append(out, "In one change it replaced the key "+clean(string(l.Replaces))+"; in another it was replaced by that key.")
		return append(out, relatedWords(k)...)
	}
	if l.Replaces != "" {
		out = append(out, "It replaced the key "+clean(string(l.Replaces))+".")
	}
	if l.ReplacedBy != "" {
		out = append(out, "It was replaced by the key "+clean(string(l.ReplacedBy))+".")
	}
	return append(out, relatedWords(k)...)
}

// relatedWords says which keys are the same secret.
func relatedWords(k *scanner.Key) (out []string) {
	for _, same := range k.Related {
		out = append(out, "The key "+clean(string(same.Fingerprint))+" is the same secret"+differenceWords(same.How)+": to go from one to the other rotates nothing.")
	}
	return out
}

// differenceWords says how two keys of the same symbols differ.
func differenceWords(d scanner.Difference) string {
	switch d {
	case scanner.DiffersInPrefix:
		return ", with or without startproject's prefix"
	case scanner.DiffersInQuotes:
		return ", with or without quotes"
	case scanner.DiffersInWhiteSpace:
		return ", with or without white space around it"
	case scanner.DiffersInBase64:
		return ", in base64 or as it is"
	}
	return ""
}

// effectWords says what an effect means.
func effectWords(e scanner.Consequence) string {
	switch e {
	case scanner.EffectCode:
		return "an attacker runs code"
	case scanner.EffectIdentity:
		return "an attacker becomes a user"
	case scanner.EffectData:
		return "data is lost by rotating, or readable"
	case scanner.EffectLinks:
		return "links, tokens and sessions end"
	}
	return clean(string(e))
}

// helpWords says whether fallbacks keep a feature working.
func helpWords(h scanner.Help) string {
	switch h {
	case scanner.Helps:
		return "SECRET_KEY_FALLBACKS would keep it working"
	case scanner.HelpsNot:
		return "SECRET_KEY_FALLBACKS does not help"
	}
	return "whether SECRET_KEY_FALLBACKS helps depends on a version that is not known"
}

// radius is the blast radius of a report: that of the key with the longest one,
// because the features are those of the project.
func radius(r *scanner.Report) (effects []scanner.Effect) {
	for i := range r.Keys {
		if k := &r.Keys[i]; k.Dossier != nil && len(k.BlastRadius) > len(effects) {
			effects = k.BlastRadius
		}
	}
	return effects
}

// pathAndLine is where an effect was seen.
func pathAndLine(path string, line int) string {
	switch {
	case path == "":
		return ""
	case line == 0:
		return clean(path)
	}
	return clean(path) + ":" + strconv.Itoa(line)
}

// djangoWords names the version that the effects are true for.
func djangoWords(p *scanner.Project) string {
	if p.Django == "" {
		return "Django of unknown version"
	}
	words := "Django " + clean(p.Django)
	if at := pathAndLine(p.DjangoPath, p.DjangoLine); at != "" {
		words += ", " + at
	}
	return words
}

// windowWords says how long what the old key signed is accepted.
func windowWords(w *scanner.Window) string {
	if w.Seconds == 0 {
		return ""
	}
	words := "What the old key signed is accepted for up to " + say.Counted(max(1, w.Seconds/86400), "day", "days") + " (" + clean(w.Setting)
	if at := pathAndLine(w.Path, w.Line); at != "" {
		words += ", " + at
	}
	return words + ")."
}

// whenWords is the name of a box.
func whenWords(w scanner.When) string {
	switch w {
	case scanner.ThisHour:
		return "this hour"
	case scanner.Today:
		return "today"
	case scanner.ThisWeek:
		return "this week"
	}
	return clean(string(w))
}

// boxes are the steps of a play by box, in order.
type box struct {
	When  scanner.When
	Steps []scanner.Step
}

func boxesOf(p *scanner.Play) (out []box) {
	for _, when := range []scanner.When{scanner.ThisHour, scanner.Today, scanner.ThisWeek} {
		b := box{When: when}
		for _, s := range p.Steps {
			if s.When == when {
				b.Steps = append(b.Steps, s)
			}
		}
		if len(b.Steps) > 0 {
			out = append(out, b)
		}
	}
	return out
}

// runLines are the lines of what a step says to run, each clean.
func runLines(run string) (out []string) {
	if run == "" {
		return nil
	}
	for line := range strings.SplitSeq(run, "\n") {
		out = append(out, indentKept(line))
	}
	return out
}

// indentKept is clean for a line of code, which may end with a colon.
func indentKept(line string) string {
	rest := strings.TrimLeft(line, " ")
	return line[:len(line)-len(rest)] + escaped(rest, longest, false)
}

// changeWords tell one change of a timeline without its commit.
func changeWords(c *scanner.Change) string {
	at := " at " + wherePath(c.Path)
	switch c.Kind {
	case scanner.ChangeMoved, scanner.ChangeCopied:
		return string(c.Kind) + at + " from " + wherePath(c.From)
	case scanner.ChangeReplaced:
		return "replaced" + at + " by the key " + clean(string(c.By))
	case scanner.ChangeRenamed:
		return "the setting renamed" + at
	case scanner.ChangeFallback:
		return "put into SECRET_KEY_FALLBACKS" + at
	}
	return clean(string(c.Kind)) + at
}

func wherePath(path string) string {
	if path == "" {
		return "a message"
	}
	return clean(path)
}
