package django_test

import (
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django"
)

func TestSettingsThatAProjectNamesAreKeysInEveryForm(t *testing.T) {
	d, err := django.New().WithNames([]string{"PORTAL_SALT", "PEPPER"})
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{
		"PORTAL_SALT = '%s'\n", "x = 1\nPEPPER = PORTAL_SALT = (\n    '%s'\n)\n", "DEBUG=1\nPEPPER=%s\n",
		"settings:\n  pepper: \"%s\"\n", "{\"PORTAL_SALT\": \"%s\"}", "DEBUG = 1  # PEPPER\nPORTAL_SALT = '%s'  # PEPPER\n",
	} {
		key := testkit.Key(11)
		text := []byte(strings.Replace(form, "%s", key, 1))
		found := d.Find(text, d.Anchors().Append(nil, text, 0, len(text)))
		if len(found) != 1 {
			t.Errorf("form %.12q: %d matches", form, len(found))
			continue
		}
		m := found[0]
		if string(text[m.Offset:m.Offset+m.Length]) != key || m.Secret.Reveal() != key || m.Has(scanner.OtherName) ||
			!strings.EqualFold(m.Name, "PORTAL_SALT") && !strings.EqualFold(m.Name, "PEPPER") {
			t.Errorf("form %.12q: name %q, offset %d, length %d", form, m.Name, m.Offset, m.Length)
		}
		plain := django.New()
		if other := plain.Find(text, plain.Anchors().Append(nil, text, 0, len(text))); len(other) != 0 {
			t.Errorf("form %.12q: found without the name", form)
		}
	}
}

func TestAFurtherNameIsAWholeWord(t *testing.T) {
	d, err := django.New().WithNames([]string{"PEPPER"})
	if err != nil {
		t.Fatal(err)
	}
	text := []byte("PEPPERMINT = '" + testkit.Key(12) + "'\n")
	if found := d.Find(text, d.Anchors().Append(nil, text, 0, len(text))); len(found) != 0 {
		t.Error("a longer name counts")
	}
	for _, name := range []string{"", "KEY", "A B C", "x-y-z", "9LIVES"} {
		if _, err := django.New().WithNames([]string{name}); err == nil {
			t.Errorf("%q is taken for a name", name)
		}
	}
}
