package dossier

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/djleaks/djleaks/internal/project"
	"github.com/djleaks/djleaks/internal/radius"
	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// playbook is what to do about the keys of each decision, the most urgent first.
// A step is there only if it applies.
func playbook(r *scanner.Report, f *Facts, depends *radius.Radius) []scanner.Play {
	var out []scanner.Play
	var lookedBack time.Time
	for _, d := range scanner.Decisions() {
		var keys []*scanner.Key
		for k := range r.AllKeys() {
			if k.Decision == d {
				keys = append(keys, k)
			}
		}
		if len(keys) == 0 || d == scanner.AcceptedKey {
			continue
		}
		b := &book{r: r, project: f.Project, radius: depends, keys: keys, first: f.First, variable: "DJANGO_SECRET_KEY", lookedBack: lookedBack}
		if b.project != nil {
			b.variable = cmp.Or(b.project.Variable(), b.variable)
		}
		if day, ok := b.exposed(); ok && (lookedBack.IsZero() || day.Before(lookedBack)) {
			lookedBack = day
		}
		b.write(d, slices.ContainsFunc(out, func(p scanner.Play) bool { return p.Decision == scanner.RotateNow }))
		play := scanner.Play{Decision: d, Steps: b.steps}
		for _, k := range keys {
			play.Keys = append(play.Keys, k.Fingerprint)
		}
		out = append(out, play)
	}
	return out
}

// book is one play that is being written.
type book struct {
	r        *scanner.Report
	project  *project.Project // may be nil
	radius   *radius.Radius
	keys     []*scanner.Key
	first    func(commit string) bool // whether a commit has no parent; may be nil
	variable string                   // the environment variable that the code reads, or is to read
	// lookedBack is the day from which on an earlier play looks back; zero if
	// none does.
	lookedBack time.Time
	steps      []scanner.Step
}

func (b *book) write(d scanner.Decision, rotating bool) {
	switch d {
	case scanner.RotateNow:
		b.rotate()
	case scanner.Rotate:
		if rotating {
			b.askProduction("")
			b.add(scanner.ThisHour, "A key that runs is replaced by the same new key, with the steps above. One that does not needs no rotation: only the look-back below.", "")
			b.lookBack()
			b.record()
			return
		}
		b.askProduction(" If it runs with none of these keys, nothing has to be replaced: go on with the look-back of today.")
		b.rotate()
	case scanner.RevokeFallback:
		b.revoke()
	case scanner.CleanUpLocally:
		b.cleanUp()
	case scanner.AlreadyRotated:
		b.lookBack()
		b.record()
		b.purge()
	}
}

func (b *book) add(when scanner.When, do, run string) *scanner.Step {
	b.steps = append(b.steps, scanner.Step{When: when, Do: do, Run: run})
	return &b.steps[len(b.steps)-1]
}

func (b *book) at(when scanner.When, at project.Site, do, run string) {
	s := b.add(when, do, run)
	s.Path, s.Line = at.Path, at.Line
}

// rotate is the rotation of a key that others have.
func (b *book) rotate() {
	if b.has(func(k *scanner.Key) bool { return k.Live == nil }) && b.keys[0].Decision == scanner.RotateNow {
		b.askProduction("")
	}
	b.saveData()
	b.newKey()
	b.code()
	b.add(scanner.ThisHour, "Deploy to all processes at once: web, workers, schedulers. Never list a leaked key in SECRET_KEY_FALLBACKS: whatever is forged with it would stay valid.", "")
	b.endSessions()
	b.lookBack()
	b.replaceAtSource()
	b.prove()
	b.add(scanner.Today, "Ask who else has the key: other services that check the same tokens, staging, backups of .env. Compare fingerprints, and rotate together.", "")
	b.record()
	b.advisory()
	b.add(scanner.ThisWeek, "Stop the next one before it is committed.", "djleaks hook install")
	b.purge()
}

func (b *book) has(what func(*scanner.Key) bool) bool { return slices.ContainsFunc(b.keys, what) }

// hostLine prints the fingerprints of the keys that Django runs with, whatever
// they come from: a default of the settings counts, which `echo $VARIABLE` does
// not see. No key leaves the host.
const hostLine = `python manage.py shell -v 0 -c 'import hashlib; from django.conf import settings as s; [print(n, hashlib.sha256(k if isinstance(k, bytes) else str(k).encode()).hexdigest()[:16]) for n, k in [("SECRET_KEY", s.SECRET_KEY)] + [("SECRET_KEY_FALLBACKS", k) for k in getattr(s, "SECRET_KEY_FALLBACKS", [])]]'`

// askProduction says what the answer decides in a sentence of its own.
func (b *book) askProduction(decides string) {
	b.add(scanner.ThisHour, "Ask production which keys it runs with. On the host, in the environment of the site, this prints their fingerprints; no key moves."+decides+" Give the lines to: djleaks audit --live-fingerprint -", hostLine)
}

func (b *book) effects(kind scanner.Consequence) []scanner.Effect {
	var out []scanner.Effect
	for _, e := range b.radius.Effects {
		if e.Effect == kind {
			out = append(out, e)
		}
	}
	return out
}

// code is the change at HEAD, and what it would break.
func (b *book) code() {
	b.takeOut()
	if b.project == nil || !b.has(func(k *scanner.Key) bool { r := roleOf(k); return r.signs }) {
		return
	}
	for _, s := range foldStarts(b.project.Starts(b.variable)) {
		what := "This runs Django without " + b.variable + " and would fail from then on"
		if len(s.Again) > 0 {
			what = "This and " + sameLines(s.Again) + " of the file run Django without " + b.variable + " and would fail from then on"
		}
		switch s.Kind {
		case "":
			b.at(scanner.ThisHour, s.Site, what+". Give the build a value that signs nothing, for this one command.", "RUN "+b.variable+"=only-for-the-build "+s.Command)
		case project.GitHub, project.GitLab:
			b.at(scanner.ThisHour, s.Site, what+". Give the job a value that signs nothing.", b.variable+": only-for-tests")
		default:
			b.at(scanner.ThisHour, s.Site, what+", unless "+string(s.Kind)+" sets it.", "")
		}
	}
}

// foldStarts makes one of all commands of a file, where the advice is about the
// file: only a build gets its variable command by command.
func foldStarts(starts []project.Start) []project.Start {
	var out []project.Start
	for _, s := range starts {
		at := slices.IndexFunc(out, func(o project.Start) bool { return s.Kind != "" && o.Kind == s.Kind && o.Path == s.Path })
		if at < 0 {
			out = append(out, s)
			continue
		}
		again := append(append(slices.Clone(out[at].Again), s.Line), s.Again...)
		slices.Sort(again)
		out[at].Again = slices.Compact(again)
	}
	return out
}

// sameLines names further lines of a file: "line 7", "lines 7, 9 and 12".
func sameLines(lines []int) string {
	var words []string
	for _, n := range lines[:min(len(lines), mostLines)] {
		words = append(words, strconv.Itoa(n))
	}
	switch more := len(lines) - len(words); {
	case len(lines) == 1:
		return "line " + words[0]
	case more > 0:
		return "lines " + strings.Join(words, ", ") + " and " + strconv.Itoa(more) + " more"
	}
	return "lines " + strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// mostLines is how many further lines of a file are named.
const mostLines = 8

// takeOut is the change of the files that HEAD has: one step for one file, and
// one for many.
func (b *book) takeOut() {
	var sites []project.Site
	seen := map[string]bool{}
	for _, k := range b.keys {
		for i := range k.Occurrences {
			o := &k.Occurrences[i]
			if slices.Contains(o.Refs, "HEAD") && !inFallbacks(o) && o.Severity > scanner.Low && !seen[o.Path] {
				seen[o.Path] = true
				sites = append(sites, project.Site{Path: o.Path, Line: o.Line})
			}
		}
	}
	const change = " out of the code, which then reads the environment; without --write this only shows the change."
	switch len(sites) {
	case 0:
	case 1:
		b.at(scanner.ThisHour, sites[0], "Take it"+change, "djleaks fix "+say.Quote(sites[0].Path))
	default:
		b.add(scanner.ThisHour, "Take the keys in "+strconv.Itoa(len(sites))+" files"+change, "djleaks fix")
	}
}

// revoke takes a leaked key out of SECRET_KEY_FALLBACKS.
func (b *book) revoke() {
	for _, k := range b.keys {
		for i := range k.Occurrences {
			if o := &k.Occurrences[i]; inFallbacks(o) && slices.Contains(o.Refs, "HEAD") {
				b.at(scanner.ThisHour, project.Site{Path: o.Path, Line: o.Line}, "Take the key out of the list. As long as it is there, what is forged with it is accepted.", settingName(o.Name)+" = []")
			}
		}
		if k.Live != nil && *k.Live {
			b.add(scanner.ThisHour, "Django accepts it as a fallback where it runs: take it out of the variable or the file that fills SECRET_KEY_FALLBACKS there.", "")
		}
	}
	b.add(scanner.ThisHour, "Deploy to all processes. Sessions and links that the old key signed end; that is the purpose.", "")
	b.lookBack()
	b.record()
	b.purge()
}

// settingName is a name that can be in a line of code.
func settingName(name string) string {
	for i := 0; i < len(name); i++ {
		if c := name[i]; c != '_' && (c < '0' || c > '9' || i == 0) && (c|32 < 'a' || c|32 > 'z') {
			return "SECRET_KEY_FALLBACKS"
		}
	}
	return name
}

// exposed is the day since which others can have one of the keys; ok is false
// if none has an exposure.
func (b *book) exposed() (day time.Time, ok bool) {
	for _, k := range b.keys {
		if k.Exposure != nil && (!ok || k.Exposure.First.Before(day)) {
			day, ok = k.Exposure.First, true
		}
	}
	return day, ok
}

// record ends the exposure where the next audit sees it.
func (b *book) record() {
	var run strings.Builder
	n := 0
	for _, k := range b.keys {
		if k.Accepted != nil && k.Accepted.Rotated != "" {
			continue
		}
		if n++; n <= mostRecords {
			run.WriteString("djleaks ledger add " + string(k.Fingerprint) + " --rotated YYYY-MM-DD\n")
		}
	}
	if n > 0 {
		b.add(scanner.ThisWeek, "Write down when it was replaced: the exposure ends on that day, and the next audit is quiet about it."+andMore(n), strings.TrimRight(run.String(), "\n"))
	}
}

// mostRecords is how many keys a step writes a command for.
const mostRecords = 5

// andMore says that a step about n keys names only the first ones.
func andMore(n int) string {
	switch n -= mostRecords; {
	case n <= 0:
		return ""
	case n == 1:
		return " And 1 more key likewise."
	}
	return " And " + strconv.Itoa(n) + " more keys likewise."
}

// purge comes last, and reaches less than people hope.
func (b *book) purge() {
	beyond := "clones, forks, caches and backups"
	n := 0
	for _, k := range b.keys {
		n += k.Held.PullRequests
	}
	if n > 0 {
		beyond = "the refs of " + say.Counted(n, "pull request", "pull requests") + ", which only the host can delete, " + beyond
	}
	kit, generated := b.purgeKit()
	b.add(scanner.ThisWeek, "Optional and last: rewrite the history. A key that is rotated opens nothing, and a rewrite does not reach "+beyond+"."+andMore(generated), kit)
}

// advisory is for a project that others install or run: a key in its code, or a
// default of its deployment, is theirs too.
func (b *book) advisory() {
	if b.project == nil || !b.has(func(k *scanner.Key) bool { return roleOf(k).signs }) {
		return
	}
	name, at, published := b.project.Distribution()
	why := "The key is a default: it is the key of everybody who installed " + name + " and set none. Publish an advisory."
	if !published || !b.has(func(k *scanner.Key) bool { return roleOf(k).standard }) {
		if !b.project.Licensed() {
			return
		}
		if !published {
			name, at = path.Base(b.r.Scope.Repository), project.Site{}
		}
		why = "If others install or run " + name + ", this is the key of everybody who set no other. Publish an advisory then."
	}
	text := name + ": hard-coded SECRET_KEY as default\n\n" +
		"Affected: every installation that does not set " + b.variable + ".\n" +
		"Impact: everybody who has the source can sign what Django trusts."
	if worst := b.worst(); worst != "" {
		text += " Worst: " + worst + "."
	}
	text += "\nFix: the default is gone; the site does not start without the variable.\n" +
		"Do now: set " + b.variable + " to a new key (djleaks key new --env-safe), restart, end all sessions.\n" +
		"Check: the key fingerprints of affected installations are "
	for i, k := range b.keys {
		if i > 0 {
			text += ", "
		}
		text += string(k.Fingerprint)
	}
	b.at(scanner.ThisWeek, at, why, text+".")
}

// worst is what the first effect gives an attacker, in its words.
func (b *book) worst() string {
	for _, kind := range []scanner.Consequence{scanner.EffectCode, scanner.EffectIdentity} {
		for _, e := range b.effects(kind) {
			return e.Attack + " (" + e.Feature + ")"
		}
	}
	return ""
}
