package forms

import (
	"slices"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
)

// Charts are full of names that are never a key's, whatever they are given, and of names
// that are used: no form is asked about them.
func TestNoFormIsAskedAboutTheNameOfNoKey(t *testing.T) {
	text := []byte("---\n" + strings.Repeat("- valueFrom:\n    secretKeyRef:\n      name: web\n  secretName: web\n  clientSecret: web\n  value: s3://$(SECRET_KEY)@${secret_key}, {{ secret_key }} {% f(SECRET_KEY) %}\n", 100))
	anchors := anchorSet().Append(nil, text, 0, len(text))
	p := *thePlan()
	var asked []string
	p.names[formatYAML] = []step{{name: func(doc *document, anchor int) answer {
		from, to := nameAt(doc, anchor)
		asked = append(asked, string(text[from:to]))
		return claimed
	}}}
	newDocument(&p, text, anchors, formatYAML).read(func(*Assignment) {})
	if want := slices.Repeat([]string{"clientSecret"}, 100); !slices.Equal(asked, want) {
		t.Errorf("%d names were asked about: %v", len(asked), slices.Compact(asked))
	}
	if len(anchors) != 600 {
		t.Errorf("%d anchors", len(anchors))
	}
}

func TestANameInBracketsIsGivenWhatFollowsThem(t *testing.T) {
	for _, before := range []string{"(SECRET_KEY) = ", "( SECRET_KEY )=", "${SECRET_KEY}=", "(SECRET_KEY) : "} {
		text := []byte(before + `"` + testkit.Key(1) + "\"\n")
		var found []string
		Read(text, anchorSet().Append(nil, text, 0, len(text))).Each(func(a *Assignment) {
			found = append(found, a.Values[0])
		})
		if !slices.Equal(found, []string{testkit.Key(1)}) {
			t.Errorf("%s: %d keys", before, len(found))
		}
	}
}

// A key near such a name is found as near any other, but for one that it is given:
// that is somebody else's.
func TestTheValueOfANameOfNoKeyIsNotAKeyNearIt(t *testing.T) {
	near, given := testkit.Key(1), testkit.Key(2)
	text := []byte("---\n# '" + near + "'\nsecretKeyRef: '" + given + "'\n")
	var found []string
	Read(text, anchorSet().Append(nil, text, 0, len(text))).Each(func(a *Assignment) {
		found = append(found, a.Values[0])
	})
	if !slices.Equal(found, []string{near}) {
		t.Errorf("%d keys are found, the first as %v", len(found), slices.Index(found, near) == 0)
	}
}
