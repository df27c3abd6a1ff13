package scanner_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
)

// shows reports whether text has four characters in a row of a key.
func shows(text, key string) bool {
	for i := 0; i+4 <= len(key); i++ {
		if strings.Contains(text, key[i:i+4]) {
			return true
		}
	}
	return false
}

func TestNoWayOfPrintingASecretTellsIt(t *testing.T) {
	key := testkit.Key(1)
	s := scanner.NewSecret(scanner.InsecurePrefix + key)
	m := scanner.Match{Secret: s, Class: scanner.ClassDjangoInsecure, Rule: "rule"}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("found", "secret", s, "match", m, "pointer", &m)
	encoded, err := json.Marshal(map[string]any{"secret": s, "match": m, "finding": scanner.Finding{Match: m}})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		fmt.Sprint(s), fmt.Sprintf("%v %+v %#v %s %q %x %d", s, s, s, s, s, s, s),
		fmt.Sprintf("%v %+v %#v", m, m, m), fmt.Sprintf("%v %+v %#v", &m, &m, &m), fmt.Sprintf("%v", []scanner.Secret{s}),
		fmt.Errorf("key %v: %w", s, errors.ErrUnsupported).Error(), log.String(), string(encoded),
		s.Mask(scanner.ClassDjangoInsecure), s.Mask(scanner.ClassDjango), s.Mask(scanner.ClassRandom), s.Mask(scanner.ClassWeak),
	} {
		if shows(text, key) {
			t.Error("a way of printing tells the key") // without saying how
		}
	}
}

func TestMaskIsRecognisedByTheOwnerOnly(t *testing.T) {
	key := testkit.Key(2)
	for _, c := range []struct {
		value string
		class scanner.Class
		want  string
	}{
		{key, scanner.ClassDjango, key[:2] + "…(50)"},
		{scanner.InsecurePrefix + key, scanner.ClassDjangoInsecure, scanner.InsecurePrefix + key[:2] + "…(66)"},
		{"correct horse", scanner.ClassWeak, "…(13)"},
		{scanner.InsecurePrefix + "change-me-in-production", scanner.ClassPlaceholder, "…(39)"},
		{"\x1b]0;" + key, scanner.ClassRandom, "…(54)"},
		{"a1b2c3d4", scanner.ClassRandom, "…(8)"},
	} {
		if got := scanner.NewSecret(c.value).Mask(c.class); got != c.want {
			t.Errorf("mask of a %s key of %d bytes is not as expected", c.class, len(c.value))
		}
	}
}

func TestFingerprintIsThatOfSha256sum(t *testing.T) {
	if got := scanner.NewSecret("abc").Fingerprint(); got != "ba7816bf8f01cfea" { // FIPS 180-2, appendix B.1
		t.Errorf("fingerprint %s", got)
	}
}
