package django_test

import (
	"fmt"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django"
)

// A detector looks at the anchors of a text, which the caller searches first:
// most texts have none.
func Example() {
	text := []byte("import os\n\nSECRET_KEY = os.environ.get('SECRET_KEY', '" + testkit.Key(1) + "')\n")
	d := django.New()
	anchors := d.Anchors().Append(nil, text, 0, len(text))
	for _, m := range d.Find(text, anchors) {
		line, column := scanner.Position(text, m.Offset)
		severity, why := d.Severity(&m, "shop/settings.py")
		fmt.Printf("%d:%d %s (%s), %s: %s\n", line, column, m.Name, m.Form, m.Secret.Mask(m.Class), severity)
		fmt.Println(why)
	}
	// Output:
	// 3:44 SECRET_KEY (python-env-default), (#…(50): critical
	// made by Django's generator; if the variable is missing, the site runs with this value
}

// A project can name further settings that hold keys of its own.
func ExampleDetector_WithNames() {
	d, err := django.New().WithNames([]string{"PORTAL_SALT"})
	if err != nil {
		fmt.Println(err)
		return
	}
	text := []byte("PORTAL_SALT = '" + testkit.Key(2) + "'\n")
	for _, m := range d.Find(text, d.Anchors().Append(nil, text, 0, len(text))) {
		fmt.Println(m.Name, m.Class)
	}
	// Output: PORTAL_SALT django
}
