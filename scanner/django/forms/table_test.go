package forms

import (
	"encoding/base64"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
)

// shown is an example with a key in it.
func shown(e example, key string) string {
	text := strings.ReplaceAll(e.text, "<base64 of …>", base64.StdEncoding.EncodeToString([]byte(key)))
	switch e.id {
	case Value:
		key = strings.TrimPrefix(key, scanner.InsecurePrefix)
	case Base64:
		text = strings.ReplaceAll(text, "ZGphbmdvLWluc2VjdXJlLWF…", base64.StdEncoding.EncodeToString([]byte(key)))
	case CompiledPython:
		return "\x55\x0d\r\n" + strings.Repeat("\x00", 12) + strings.ReplaceAll(text, "…", key)
	}
	return strings.ReplaceAll(text, "…", key)
}

// reads asks a form alone about every anchor of a text.
func (f *form) reads(doc *document) (found []Assignment) {
	emit := func(a *Assignment) { found = append(found, *a) }
	if f.inner != nil {
		f.inner(doc, emit)
	}
	for _, a := range doc.anchors {
		var got answer
		switch kind := kindOfAnchor(doc.text, int(a)); {
		case f.literal != nil && kind == f.anchored:
			f.literal(doc, int(a), emit)
		case f.name != nil && kind == anchorName:
			got = f.name(doc, int(a))
		case f.line != nil && kind == anchorName:
			got = doc.askLine(int(a), []func(statement) answer{f.line})
		}
		found = append(found, got.found...)
	}
	return found
}

func TestEveryFormReadsItsExampleInEveryFormat(t *testing.T) {
	for _, f := range table() {
		for _, e := range f.gives {
			key := testkit.Key(1)
			if e.id == Value || e.id == Base64 {
				key = testkit.InsecureKey(1)
			}
			text := []byte(shown(e, key))
			anchors := anchorSet().Append(nil, text, 0, len(text))
			for k := range format(formatCount) {
				if !f.in.has(k) {
					continue
				}
				found := f.reads(newDocument(thePlan(), text, anchors, k))
				if !slices.ContainsFunc(found, func(a Assignment) bool { return a.Form == e.id && slices.Contains(a.Values, key) }) {
					t.Errorf("%s, in a text of format %s: read as %v", e.id, formatNames[k], found)
				}
			}
		}
	}
}

func TestEveryFormHasACase(t *testing.T) {
	seen := map[scanner.Form]bool{}
	for _, c := range testkit.Cases(t) {
		for _, f := range c.Files {
			Read(f.Text, anchorSet().Append(nil, f.Text, 0, len(f.Text))).Each(func(a *Assignment) { seen[a.Form] = true })
		}
	}
	for _, f := range All() {
		if !seen[f.ID] {
			t.Errorf("no case is read as %s", f.ID)
		}
		delete(seen, f.ID)
	}
	for id := range seen {
		t.Errorf("%s is in no table", id)
	}
}

func TestTheDocumentationListsEveryForm(t *testing.T) {
	text, err := os.ReadFile("../../../docs/formats.md")
	if err != nil {
		t.Fatal(err)
	}
	_, list, ok := strings.Cut(string(text), "\n## Forms\n")
	if !ok {
		t.Fatal("no list of forms")
	}
	list, _, _ = strings.Cut(list, "\n## ")
	var listed []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z0-9-]+)` \\|").FindAllStringSubmatch(list, -1) {
		listed = append(listed, m[1])
	}
	for _, f := range All() {
		if n := slices.Index(listed, string(f.ID)); n < 0 {
			t.Errorf("%s is not listed", f.ID)
		} else {
			listed = slices.Delete(listed, n, n+1)
		}
	}
	for _, id := range listed {
		t.Errorf("%s is listed, and is in no table or twice", id)
	}
}

// valueStarts and signStarts spare most looks into the lists that they are made from.
func TestWhatWordsAndSignsBeginWithIsComplete(t *testing.T) {
	for _, key := range valueKeys {
		if strings.IndexByte(valueStarts, key[0]) < 0 {
			t.Errorf("%s is passed over", key)
		}
	}
	for _, sign := range signs {
		if strings.IndexByte(signStarts, sign[0]) < 0 {
			t.Errorf("%s is passed over", sign)
		}
	}
}
