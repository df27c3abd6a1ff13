package policy

import (
	"cmp"
	"encoding/hex"
	"strings"
	"time"

	"github.com/djleaks/djleaks/scanner"
)

// rawEntry is an entry as it is written, in the configuration and in a line of
// the baseline.
type rawEntry struct {
	Fingerprint string `json:"fingerprint"`
	Path        string `json:"path,omitempty"`
	Reason      string `json:"reason"`
	Expires     string `json:"expires,omitempty"`
	Rotated     string `json:"rotated,omitempty"`
	Status      string `json:"status,omitempty"`
	By          string `json:"by,omitempty"`
	Until       string `json:"until,omitempty"` // another word for expires
}

// entryWords are the names of its fields.
func entryWords() []string {
	return []string{"fingerprint", "reason", "path", "expires", "until", "rotated", "status", "by"}
}

// maxReason is the longest reason, in bytes: a sentence or two.
const maxReason = 500

// set gives a field its text; false if there is no such field.
func (r *rawEntry) set(name, text string) bool {
	switch name {
	case "fingerprint":
		r.Fingerprint = text
	case "reason":
		r.Reason = text
	case "path":
		r.Path = text
	case "expires":
		r.Expires = text
	case "until":
		r.Until = text
	case "rotated":
		r.Rotated = text
	case "status":
		r.Status = text
	case "by":
		r.By = text
	default:
		return false
	}
	return true
}

// entry checks what is written. If something is wrong it returns the field,
// the problem and a hint.
func (r rawEntry) entry() (e Entry, field, problem, hint string) {
	e = Entry{Fingerprint: scanner.Fingerprint(r.Fingerprint), Reason: strings.TrimSpace(r.Reason), Path: r.Path}
	if problem, hint := checkFingerprint(r.Fingerprint); problem != "" {
		return e, "fingerprint", problem, hint
	}
	switch {
	case e.Reason == "":
		return e, "reason", "a reason is missing", "say why this key may stay, for whoever reads it in a year"
	case len(e.Reason) > maxReason:
		return e, "reason", "the reason is longer than 500 bytes", ""
	}
	if r.Path != "" {
		if err := checkGlob(r.Path); err != nil {
			return e, "path", err.Error(), ""
		}
	}
	if r.Until != "" && r.Expires != "" && r.Expires != r.Until {
		return e, "until", "until and expires are two words for one day", "write one of them"
	}
	var isDay bool
	if e.Expires, isDay = day(cmp.Or(r.Until, r.Expires)); !isDay {
		return e, "expires", "expires is not a date", `write it as "2027-01-31"`
	}
	if e.Rotated, isDay = day(r.Rotated); !isDay {
		return e, "rotated", "rotated is not a date", `write it as "2026-05-01"`
	}
	if e.By = strings.TrimSpace(r.By); len(e.By) > maxBy {
		return e, "by", "by is longer than 100 bytes", "write a name"
	}
	switch e.Status = Status(r.Status); e.Status {
	case "", StatusAccepted:
	case StatusRotated:
		if e.Rotated.IsZero() {
			return e, "status", "a rotated key has the day on which it was replaced", `add rotated = "2026-05-01"`
		}
	default:
		return e, "status", "the status is not one of accepted, rotated", ""
	}
	return e, "", "", ""
}

// day reads a date; the zero time means "".
func day(s string) (t time.Time, ok bool) {
	if s == "" {
		return t, true
	}
	t, err := time.Parse(time.DateOnly, s)
	return t, err == nil
}

// maxBy is the longest name of a person, in bytes.
const maxBy = 100

func (e *Entry) raw() rawEntry {
	r := rawEntry{Fingerprint: string(e.Fingerprint), Path: e.Path, Reason: e.Reason, Status: string(e.Status), By: e.By}
	if !e.Expires.IsZero() {
		r.Expires = e.Expires.Format(time.DateOnly)
	}
	if !e.Rotated.IsZero() {
		r.Rotated = e.Rotated.Format(time.DateOnly)
	}
	return r
}

// ParseFingerprint reads a fingerprint that somebody typed. problem and hint say
// what is wrong with it, and never quote it: it could be the key itself.
func ParseFingerprint(s string) (f scanner.Fingerprint, problem, hint string) {
	problem, hint = checkFingerprint(s)
	return scanner.Fingerprint(s), problem, hint
}

// checkFingerprint never quotes what it refuses: it could be the key itself.
func checkFingerprint(s string) (problem, hint string) {
	const command = "djleaks key fingerprint prints it"
	_, err := hex.DecodeString(s)
	switch {
	case s == "":
		return "the fingerprint is missing", command
	case err == nil && len(s) == 64:
		return "this is a whole SHA-256", "the fingerprint is its first 16 digits"
	case err != nil || len(s) != 16:
		return "this is not a fingerprint", "it has 16 hexadecimal digits; " + command
	case s != strings.ToLower(s):
		return "this fingerprint has capital letters", "write it in small ones"
	}
	return "", ""
}
