package scan

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/djleaks/djleaks/internal/dossier"
	"github.com/djleaks/djleaks/scanner"
)

// Live is what somebody says about the keys that Django runs with.
type Live struct {
	Env          []string // names of environment variables that hold a key
	Fingerprints []string // "HEX", or "NAME HEX" as the line for the host prints it
}

// given reads what was said. What is not understood is reported, and then nothing is
// said of the keys that are not among the rest.
func (l *Live) given(getenv func(string) string) (out dossier.Live, notes []string) {
	out.Keys = map[scanner.Fingerprint]dossier.Use{}
	asked, wrong := false, false
	add := func(fp scanner.Fingerprint, where string, fallback bool) {
		use, found := out.Keys[fp]
		use.Where = append(use.Where, where)
		use.Fallback = fallback && (!found || use.Fallback)
		out.Keys[fp] = use
	}
	for _, name := range l.Env {
		asked = true
		value := getenv(name)
		if value == "" {
			wrong = true
			notes = append(notes, "--live-env "+name+" is not set: which keys are in use is not known")
			continue
		}
		add(scanner.NewSecret(value).Fingerprint(), "the variable "+name, strings.Contains(strings.ToUpper(name), "FALLBACK"))
	}
	for n, line := range l.Fingerprints {
		words := strings.Fields(line)
		if len(words) == 0 || strings.Contains(line, "objects imported automatically") {
			continue // what the shell of Django 5.2 and newer says by itself
		}
		asked = true
		fp, ok := fingerprint(words[len(words)-1])
		if len(words) == 2 {
			_, hex := fingerprint(words[0])
			ok = ok && !hex
		}
		if !ok || len(words) > 2 {
			wrong = true
			notes = append(notes, fmt.Sprintf("--live-fingerprint: entry %d is not a fingerprint, which has 16 hexadecimal digits: which keys are in use is not known", n+1))
			continue
		}
		where := "a fingerprint that was given"
		fallback := false
		if len(words) == 2 {
			where, fallback = words[0], strings.Contains(words[0], "FALLBACK")
		}
		add(fp, where, fallback)
	}
	out.Complete = asked && !wrong
	return out, notes
}

// fingerprint takes the short form and a whole SHA-256.
func fingerprint(s string) (scanner.Fingerprint, bool) {
	s = strings.ToLower(s)
	if _, err := hex.DecodeString(s); err != nil || len(s) != 16 && len(s) != 64 {
		return "", false
	}
	return scanner.Fingerprint(s[:16]), true
}
