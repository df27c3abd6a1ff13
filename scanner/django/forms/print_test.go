package forms_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner/django/forms"
)

func TestAReadingPrintsNoValue(t *testing.T) {
	key, refused := testkit.Key(1), testkit.Key(2)
	text := []byte("if SECRET_KEY == '" + refused + "':\n    raise ValueError\nSECRET_KEY = '" + key + "'\n")
	reading := forms.Read(text, forms.Anchors().Append(nil, text, 0, len(text)))
	if len(reading.Assignments) == 0 || len(reading.Refused) == 0 {
		t.Fatalf("read %d assignments and %d refused values", len(reading.Assignments), len(reading.Refused))
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		out := fmt.Sprintf(verb+" "+verb, reading.Assignments, reading.Refused)
		if strings.Contains(out, key[:4]) || strings.Contains(out, refused[:4]) {
			t.Errorf("%s prints a value", verb)
		}
		if !strings.Contains(out, "SECRET_KEY") {
			t.Errorf("%s does not say of what", verb)
		}
	}
}
