package dossier

import (
	"strings"
	"testing"

	"github.com/djleaks/djleaks/scanner"
)

func TestTheProofNamesAValueOfTheSite(t *testing.T) {
	for feature, want := range map[string]string{
		"signed-cookie sessions":            "the session cookie",
		"pickled signed-cookie sessions":    "the session cookie",
		"JSON Web Tokens of the Simple JWT": "an access token",
		"messages cookie":                   "the messages cookie",
		"":                                  "a row of session_data",
	} {
		b := book{radius: &Radius{Effects: []scanner.Effect{{Feature: feature}}}}
		b.prove()
		last := b.steps[len(b.steps)-1]
		if last.Run != "djleaks key match" || !strings.Contains(last.Do, want) {
			t.Errorf("%q: %q, run %q", feature, last.Do, last.Run)
		}
	}
}

func TestOnlyGeneratedKeysArePurged(t *testing.T) {
	b := book{keys: []*scanner.Key{{Fingerprint: "0123456789abcdef", Class: scanner.ClassDjango}, {Fingerprint: "fedcba9876543210", Class: scanner.ClassWeak}}}
	if got := b.purgeKit(); got != "djleaks purge-kit 0123456789abcdef --output ../djleaks-purge" {
		t.Error(got)
	}
	if got := (&book{keys: b.keys[1:]}).purgeKit(); got != "" {
		t.Error(got)
	}
}
