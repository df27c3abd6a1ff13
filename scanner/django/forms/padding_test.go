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
		may := doc.mayBePadded(3)
		switch runs := doc.paddings(3); {
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
