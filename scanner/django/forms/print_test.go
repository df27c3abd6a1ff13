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
	var all []any
	reading.Each(func(a *forms.Assignment) { all = append(all, *a, a) })
	assignments := len(all)
	for _, r := range reading.Refused {
		all = append(all, r, &r)
	}
	if assignments == 0 || assignments == len(all) {
		t.Fatalf("read %d assignments and %d refused values", assignments/2, len(reading.Refused))
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		out := fmt.Sprintf(verb, all)
		if strings.Contains(out, key[:4]) || strings.Contains(out, refused[:4]) {
			t.Errorf("%s prints a value", verb)
		}
		if !strings.Contains(out, "SECRET_KEY") {
			t.Errorf("%s does not say of what", verb)
		}
	}
}
