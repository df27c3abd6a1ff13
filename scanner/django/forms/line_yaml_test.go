package forms

import (
	"strings"
	"testing"
)

// What a key of YAML is in is looked for above it, line by line: not where its value is
// no key of any name.
func TestWhatIsAboveAKeyIsOnlyReadForAValue(t *testing.T) {
	spent := func(value string) int {
		text := []byte("---\nweb:\n" + strings.Repeat("  name: value\n", 40) + "  secret_key: " + value + "\n")
		doc := newDocument(thePlan(), text, anchorSet().Append(nil, text, 0, len(text)), formatYAML)
		var names []string
		doc.read(func(a *Assignment) { names = append(names, a.Name) })
		if len(names) != 1 {
			t.Fatalf("%s: %v", value, names)
		}
		return doc.spent
	}
	secret := spent("made up")
	for _, value := range []string{"{{ web_key }}", "${WEB_KEY}", "********"} {
		if reference := spent(value); reference > secret-40*len("  name: value") {
			t.Errorf("%s costs %d, a value %d", value, reference, secret)
		}
	}
}
