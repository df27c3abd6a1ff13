package scanner_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
)

func TestKeysAreTakenOutOfNames(t *testing.T) {
	generated, insecure, other := testkit.Key(1), testkit.InsecureKey(2), testkit.InsecureKey(3)
	r := &scanner.Redactor{}
	r.Add(scanner.NewSecret(generated), scanner.ClassDjango)
	r.Add(scanner.NewSecret(insecure), scanner.ClassDjangoInsecure)
	r.Add(scanner.NewSecret("my-secret-key-123"), scanner.ClassWeak)
	r.Add(scanner.NewSecret("production"), scanner.ClassWeak)
	r.Add(scanner.NewSecret("abc"), scanner.ClassWeak)
	mask := func(s string, class scanner.Class) string { return scanner.NewSecret(s).Mask(class) }
	one, two, three := mask(generated, scanner.ClassDjango), mask(insecure, scanner.ClassDjangoInsecure), mask(other, scanner.ClassDjangoInsecure)
	for text, want := range map[string]string{
		"":                               "",
		"settings.py":                    "settings.py",
		generated:                        one,
		"keys/" + generated + ".py":      "keys/" + one + ".py",
		"x" + generated + generated:      "x" + one + one,
		"refs/heads/" + insecure:         "refs/heads/" + two,
		other + " and " + generated:      three + " and " + one,
		other + ".py":                    three + ".py",
		"no " + generated[:20]:           "no " + generated[:20],
		"my-secret-key-123 it was":       "…(17) it was",
		"not-my-secret-key-1234":         "not-my-secret-key-1234",
		"settings/production.py":         "settings/production.py",
		"abc":                            "abc",
		"fix/django-insecure-in-tests":   "fix/django-insecure-in-tests",
		"django-insecure-key-2024":       "django-insecure-key-2024",
		"django-insecure-" + "x1y2z3w4":  "django-insecure-…(24)",
		two:                              two,
		"django-insecure-…(66) and rest": "django-insecure-…(66) and rest",
	} {
		if got := r.Redact(text); got != want {
			t.Errorf("%d bytes: got %q", len(text), scanner.NewSecret(got))
		}
		if again := r.Redact(r.Redact(text)); again != r.Redact(text) {
			t.Errorf("a second time changes %q", again)
		}
	}
	if got := r.RedactAll("was production until May, non-production now"); got != "was …(10) until May, non-…(10) now" {
		t.Errorf("got %q", got)
	}
	var none *scanner.Redactor
	none.Add(scanner.NewSecret(generated), scanner.ClassDjango)
	if got := none.Redact(other + generated); strings.Contains(got, other[20:]) {
		t.Error("a nil redactor leaves a key with Django's prefix")
	}
}

// fill puts a text into every string that a value has room for.
func fill(v reflect.Value, text string) (n int) {
	switch v.Kind() {
	case reflect.Map, reflect.Interface, reflect.Array:
		panic("Redacted does not look into a " + v.Type().String())
	case reflect.String:
		v.SetString(text)
		return 1
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				n += fill(v.Field(i), text)
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			n += fill(v.Index(i), text)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		n += fill(v.Elem(), text)
	}
	return n
}

// holds counts the strings that hold a text.
func holds(v reflect.Value, text string) (n int) {
	switch v.Kind() {
	case reflect.String:
		if strings.Contains(v.String(), text) {
			return 1
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				n += holds(v.Field(i), text)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			n += holds(v.Index(i), text)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			n += holds(v.Elem(), text)
		}
	}
	return n
}

func TestEveryStringOfAReportIsRedacted(t *testing.T) {
	key := testkit.Key(4)
	r := &scanner.Redactor{}
	r.Add(scanner.NewSecret(key), scanner.ClassRandom)
	var report scanner.Report
	all := fill(reflect.ValueOf(&report).Elem(), "a "+key+" b")
	report.Keys[0].Occurrences[0].Introduced[0].Date = time.Unix(1, 0)
	redacted := scanner.Redacted(r, &report)
	if n := holds(reflect.ValueOf(redacted), key); n > 0 || all < 300 {
		t.Errorf("%d of %d strings still hold the key", n, all)
	}
	if n := holds(reflect.ValueOf(report), key); n != all {
		t.Errorf("the report itself has changed in %d strings", all-n)
	}
	if !redacted.Keys[0].Occurrences[0].Introduced[0].Date.Equal(time.Unix(1, 0)) {
		t.Error("a date is lost")
	}
	if clean := (&scanner.Report{Scope: scanner.Scope{Range: "main..topic"}}); scanner.Redacted(r, clean) != clean {
		t.Error("a report without a key is copied")
	}
}

// Whoever takes a word for a key may take one of ours.
func TestOwnWordsStayWhereAKeyIsOneOfThem(t *testing.T) {
	r := &scanner.Redactor{}
	for _, word := range []string{"django-insecure", "django-secret-key", "placeholder", "history-only"} {
		r.Add(scanner.NewSecret(word), scanner.ClassPlaceholder)
	}
	k := scanner.Key{
		Class: scanner.ClassDjangoInsecure, Rule: "django-secret-key", Masked: "django-insecure-ab…(66)",
		Occurrences: []scanner.Occurrence{{Rule: "django-secret-key", Path: "conf/django-insecure/django-secret-key.py"}},
	}
	got := scanner.Redacted(r, k)
	if got.Class != k.Class || got.Rule != k.Rule || got.Masked != k.Masked || got.Occurrences[0].Rule != k.Rule {
		t.Errorf("%+v", got)
	}
	if path := got.Occurrences[0].Path; path != "conf/…(15)/…(17).py" {
		t.Errorf("a path of the repository keeps keys: %s", path)
	}
}

func TestTheReasonOfAnAcceptanceLosesKeysThatAreWords(t *testing.T) {
	r := &scanner.Redactor{}
	r.Add(scanner.NewSecret("changeme"), scanner.ClassPlaceholder)
	k := scanner.Redacted(r, scanner.Key{Reasons: []string{"a name like changeme"}, Accepted: &scanner.Acceptance{Reason: "changeme is replaced at deployment"}})
	if k.Accepted.Reason != "…(8) is replaced at deployment" || k.Reasons[0] != "a name like changeme" {
		t.Errorf("%q, %q", k.Accepted.Reason, k.Reasons[0])
	}
}

func TestTheNameOfTheSettingIsNotAKeyToHide(t *testing.T) {
	r := &scanner.Redactor{}
	for _, value := range []string{"SECRET_KEY", "DJANGO_SECRET_KEY", "MY-SECRET_KEY"} {
		r.Add(scanner.NewSecret(value), scanner.ClassPlaceholder)
	}
	const steps = "set SECRET_KEY; never SECRET_KEY_FALLBACKS; DJANGO_SECRET_KEY=x; MY-SECRET_KEY"
	if got := r.RedactAll(steps); got != "set SECRET_KEY; never SECRET_KEY_FALLBACKS; DJANGO_SECRET_KEY=x; …(13)" {
		t.Error(got)
	}
}
