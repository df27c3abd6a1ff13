package report

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/djleaks/djleaks/scanner"
)

// An alert is what CI systems track: one key at one path. A key has an alert
// for each path that holds it at HEAD, because only those can be shown beside
// their lines; a key that is elsewhere has one, at its first place.
type alert struct {
	key *scanner.Key
	at  *scanner.Occurrence
}

// atHead reports whether the file of an occurrence is what a reader has open: at
// HEAD, staged, or in the work tree.
func atHead(o *scanner.Occurrence) bool { return placeRank(o) == rankHead }

// alerts are those of the keys that are shown. A key without any place has
// none; no scan makes such a key.
func alerts(r *scanner.Report, opt Options) []alert {
	keys, _ := shown(r, opt.All)
	var out []alert
	for i := range keys {
		out = append(out, keyAlerts(&keys[i])...)
	}
	return out
}

func keyAlerts(k *scanner.Key) []alert {
	var out []alert
	seen := map[string]bool{}
	for i := range k.Occurrences {
		o := &k.Occurrences[i]
		if atHead(o) && !seen[where(o)] {
			seen[where(o)] = true
			out = append(out, alert{k, o})
		}
	}
	if len(out) == 0 && len(k.Occurrences) > 0 {
		out = append(out, alert{k, &k.Occurrences[0]})
	}
	return out
}

// id names an alert for as long as the key is at this path, whatever happens to
// lines and commits: 32 hexadecimal digits.
func (a alert) id() string {
	sum := sha256.Sum256([]byte("djleaks alert\x00" + string(a.key.Fingerprint) + "\x00" + where(a.at)))
	return hex.EncodeToString(sum[:16])
}

// title is one sentence about an alert, without its place and full stop.
func (a alert) title() string {
	subject := "This"
	if a.at.Name != "" {
		subject = clean(a.at.Name)
	}
	return subject + " is " + title(a.key)
}

// ruleTexts finds the texts of a rule; a rule that is not in the options has
// its id for a title.
func ruleTexts(rules []scanner.Rule, id string) scanner.Rule {
	for _, r := range rules {
		if r.ID == id {
			return r
		}
	}
	const text = "A key that Django signs with is in the repository."
	return scanner.Rule{ID: id, Title: id, Text: text, Severity: scanner.High, Fix: "Make a new key and read it from the environment."}
}

// event is one change in the life of a key.
type event struct {
	verb   string // introduced, removed
	at     *scanner.Occurrence
	commit scanner.Commit
}

// events are the changes of a key in order of time.
func events(k *scanner.Key) []event {
	var out []event
	for i := range k.Occurrences {
		o := &k.Occurrences[i]
		for _, c := range o.Introduced {
			out = append(out, event{"introduced", o, c})
		}
		for _, c := range o.Removed {
			out = append(out, event{"removed", o, c})
		}
	}
	slices.SortStableFunc(out, func(a, b event) int { return a.commit.Date.Compare(b.commit.Date) })
	return out
}

// words say an event without its place and author.
func (e event) words() string {
	before := ""
	if e.commit.AtOrBefore {
		before = "at or before "
	}
	return e.verb + " " + before + day(e.commit.Date) + " in " + short(e.commit.Commit)
}
