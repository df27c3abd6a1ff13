package forms_test

import (
	"fmt"

	"github.com/djleaks/djleaks/scanner/django/forms"
)

// The forms read names and values, whoever made the value: judging it is up to
// package value.
func ExampleRead() {
	text := []byte("services:\n  web:\n    environment:\n      - SECRET_KEY=change-me\n      - DEBUG=1\n")
	anchors := forms.Anchors().Append(nil, text, 0, len(text))
	forms.Read(text, anchors).Each(func(a *forms.Assignment) {
		fmt.Println(a.Name, a.Form, a.Values[0])
	})
	// Output: SECRET_KEY yaml-item change-me
}
