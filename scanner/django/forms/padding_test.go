package forms

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// TestNoPaddingIsMissedByALookAtOneByte makes texts of what padding is made from
// and of what ends it, in runs of about the length that counts.
func TestNoPaddingIsMissedByALookAtOneByte(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	parts := []string{" ", "\n", "\r\n", "\t", "\\\n", "# c\n", "// c\n", "/* c */", "/* c\n", "*/", "a", "=", "(", " or", "'", "http://x\n", strings.Repeat(" ", 120), strings.Repeat("\n", 250),
		"#" + strings.Repeat("-", 200) + "\n", "/*" + strings.Repeat("\n*", 90) + "*/"}
	padded, plain := 0, 0
	for range 20_000 {
		var b strings.Builder
		b.WriteString("KEY")
		for range random.IntN(14) {
			b.WriteString(parts[random.IntN(len(parts))])
		}
		text := b.String() + strings.Repeat("x", 2*nearPadding)
		doc := newDocument(thePlan(), []byte(text), []int32{0}, formatPython)
		may, runs := doc.mayBePadded(3), doc.paddings(3)
		for _, r := range runs {
			if want := plainlyShortened(text[r.from:r.to]); string(r.short) != want {
				t.Fatalf("%q stands for %q, want %q", r.short, text[r.from:r.to], want)
			}
		}
		switch {
		case len(runs) > 0 && !may:
			t.Fatalf("%v is passed over in %q", runs, text)
		case len(runs) > 0:
			padded++
		case !may:
			plain++
		}
	}
	if padded < 1000 || plain < 1000 {
		t.Errorf("%d texts have padding, %d are passed over", padded, plain)
	}
}

// plainlyShortened is what shortened says of a run, from the rule and not from what
// an earlier question has found.
func plainlyShortened(run string) string {
	first, last := strings.IndexAny(run, "\r\n"), strings.LastIndexAny(run, "\r\n")
	switch {
	case run[0] == '\\':
		return ""
	case last < 0 || first > 0 && run[first-1] == '\\':
		return " "
	}
	return run[last:]
}

// TestTheNamesInOneLongCommentAreNotAQuestionEach: a search index of a
// documentation is one line of megabytes, and the first address in it begins what
// may be a comment.
func TestTheNamesInOneLongCommentAreNotAQuestionEach(t *testing.T) {
	text := []byte("SECRET_KEY = // " + strings.Repeat("the SECRET_KEY = ", 10) + strings.Repeat("x", 1<<20))
	doc := newDocument(thePlan(), text, []int32{0}, formatPython)
	for at := 12; at < 170; at++ {
		doc.paddingEnd(at)
		if short := doc.shortened(at); string(short) != " " {
			t.Fatalf("%q at %d", short, at)
		}
	}
	if doc.lastRun.from != 12 || doc.lastRun.first != len(text) {
		t.Errorf("the run is looked at anew: %+v", doc.lastRun)
	}
}

// BenchmarkManifests reads what a chart repository is full of: names with and
// without values, and no padding.
func BenchmarkManifests(b *testing.B) {
	text := strings.Repeat(`      containers:
        - name: app
          image: registry.example.org/app:1.0  # pinned
          env:
            - name: DJANGO_SECRET_KEY
              valueFrom:
                secretKeyRef:
                  name: app
                  key: SECRET_KEY
            - name: GORILLA_SESSION_KEY
              value: "30"
`, 500)
	anchors := Anchors().Append(nil, []byte(text), 0, len(text))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Read([]byte(text), anchors).Each(func(*Assignment) {})
	}
}
