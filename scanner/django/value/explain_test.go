package value

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
)

func TestAnEvaluationShowsNothingOfTheValue(t *testing.T) {
	for n := range 200 {
		key := testkit.Key(n)
		for _, value := range []string{key, testkit.InsecureKey(n), "prefix-" + key} {
			shown := fmt.Sprintf("%+v %#v", Evaluate(value), Evaluate(value))
			for i := 0; i+4 <= len(key); i++ {
				part := key[i : i+4] // digits may be those of a score
				if strings.Trim(part, "0123456789") != "" && strings.Contains(shown, part) {
					t.Fatalf("four characters of key %d are shown", n)
				}
			}
		}
	}
}

func TestAnEvaluationGivesItsReasons(t *testing.T) {
	for value, want := range map[string]string{
		testkit.Key(1):               "exactly 50 characters",
		"django-insecure-change-me":  "proves nothing",
		"change-me":                  "below 16",
		"${SECRET_KEY}":              "no key, whatever the name",
		"correct horse battery best": "counts as the key",
		strings.Repeat("ab", 20):     "repetition",
		"ci-only-secret-for-tests":   "not a real key",
	} {
		e := Evaluate(value)
		if !strings.Contains(strings.Join(e.Reasons, "; "), want) {
			t.Errorf("class %q: %q lacks %q", e.Class, e.Reasons, want)
		}
	}
}

// The bounds are those that the model was published with, with room for the
// luck of the draw; leet phrases and short keys are known to be hard.
func TestErrorRatesStayLow(t *testing.T) {
	var out strings.Builder
	if err := ErrorRates(&out, 1, 1000); err != nil {
		t.Fatal(err)
	}
	bounds := map[string]float64{"URL-safe base64 of 16": 0.4, "letters and digits, 20": 0.4, "half leet": 9, "camel": 0.6, "hexadecimal, 32": 0.5, "lower case, 50": 0.2, "prefix and phrase": 0.4, "phrases": 0.8, "constants": 0.3}
	rates := regexp.MustCompile(`(?m)^(\S.*?)  +\d+ +([\d.]+) %`).FindAllStringSubmatch(out.String(), -1)
	if len(rates) != len(keySources)+len(textSources) {
		t.Fatalf("%d rates in:\n%s", len(rates), out.String())
	}
	for _, m := range rates {
		bound := 0.05
		for name, b := range bounds {
			if strings.HasPrefix(m[1], name) {
				bound = b
			}
		}
		if got, _ := strconv.ParseFloat(m[2], 64); got > bound {
			t.Errorf("%s: %.2f %% wrong, at most %.2f expected", m[1], got, bound)
		}
	}
}
