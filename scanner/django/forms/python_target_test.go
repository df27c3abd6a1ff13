package forms

import (
	"strings"
	"testing"
)

// What a name is bound to is looked for where it can be a key, and only there: a
// schema has thousands of client_secret = x, and each asked the whole text.
func TestNamesOfNoKeyAreNotFollowed(t *testing.T) {
	for name, want := range map[string]bool{"SECRET_KEY": true, "client_secret": false} {
		text := []byte("_token = 'value'\n" + name + " = _token\n")
		anchor := strings.Index(strings.ToLower(string(text)), "secret")
		var got []Assignment
		Read(text, []int32{int32(anchor)}).Each(func(a *Assignment) { got = append(got, *a) })
		if found := len(got) == 1 && got[0].Values[0] == "value"; found != want {
			t.Errorf("%s: read %v", name, got)
		}
	}
}
