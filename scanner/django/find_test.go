package django

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
)

// What surrounds it may cost as much as it likes: a key on a line of its own is
// found, and so is one on a long line with room for it.
func TestAKeyAmongHostileTextIsFound(t *testing.T) {
	key := testkit.Key(11)
	want := scanner.NewSecret(key).Fingerprint()
	for _, name := range []string{"one line", "one line of names", "one line of calls", "assignments", "comparisons", "one word", "long lines", "crowded lines", "minified", "queries", "continued lines", "carriage returns", "negations"} {
		for _, line := range []string{"SECRET_KEY = '%s'", "DJANGO_SECRET_KEY = SECRET_KEY = '%s'", "SECRET_KEY = env('SECRET_KEY', default='%s')", "SECRET_KEY = (\n  '%s'\n)", "x = 1; y = 2; SECRET_KEY = '%s'; z = 3"} {
			among := func(size int) bool {
				around := "import os\n" + testkit.Hostile[name](size)
				found := findIn([]byte(around + "\n\n" + fmt.Sprintf(line, key) + "\n\n" + around))
				return slices.ContainsFunc(found, func(m scanner.Match) bool { return m.Secret.Fingerprint() == want && !m.Has(scanner.NoName) })
			}
			if among(8<<10) != among(80<<10) { // an environment file takes no Python, however short
				t.Errorf("%s: %s: found by the size of what surrounds it", name, line)
			}
		}
	}
	text := testkit.Repeated("e.secretKey=t,", 128<<10) + "e.secretKey='" + key + "'," + testkit.Repeated("e.secretKey=t,", 128<<10)
	if found := findIn([]byte(text)); len(found) != 1 || found[0].Secret.Fingerprint() != want {
		t.Errorf("%d matches on one line", len(found))
	}
}

// show is every way in which a match could be printed.
func show(m *scanner.Match) string {
	text, _ := json.Marshal(m.Secret)
	return fmt.Sprint(m.Secret.Mask(m.Class), m.Secret, string(text)) + fmt.Sprintf("%v %+v %#v %s %q %x", m.Secret, m.Secret, m.Secret, m.Secret, m.Secret, m.Secret)
}

func checkMatches(t *testing.T, text []byte) {
	found := findIn(text)
	before := 0
	for i := range found {
		m := &found[i]
		if m.Offset < before || m.Length < 0 || m.Offset+m.Length > len(text) {
			t.Fatalf("match %d at %d+%d of %d, after %d", i, m.Offset, m.Length, len(text), before)
		}
		before = m.Offset
		if m.Class == "" || m.Rule == "" || m.Form == "" {
			t.Fatalf("match %d lacks a class, a rule or a form", i)
		}
		if severity, why := New().Severity(m, "a/b.py"); severity == scanner.Silent || why == "" {
			t.Fatalf("match %d is silent or without a reason", i)
		}
		secret := m.Secret.Reveal()
		if random := strings.TrimPrefix(secret, scanner.InsecurePrefix); m.Class.Generated() && len(random) > 8 {
			shown := strings.ReplaceAll(show(m), scanner.InsecurePrefix+random[:2], "")
			for j := 2; j+4 <= len(random); j++ {
				if part := random[j : j+4]; strings.Contains(shown, part) && strings.Trim(part, "0123456789") != "" {
					t.Fatalf("match %d shows four characters of its value", i)
				}
			}
		}
	}
	again := findIn(text)
	if len(again) != len(found) {
		t.Fatalf("%d matches, then %d", len(found), len(again))
	}
	for i := range found {
		if found[i].Offset != again[i].Offset || found[i].Secret.Fingerprint() != again[i].Secret.Fingerprint() {
			t.Fatalf("match %d differs the second time", i)
		}
	}
}

// FuzzFind holds for every text: matches lie inside it in ascending order,
// nothing printed shows a part of a generated value, and the same text gives
// the same matches.
func FuzzFind(f *testing.F) {
	for _, text := range testkit.CaseTexts(f) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) { checkMatches(t, text) })
}

// FuzzPython puts any code after a name.
func FuzzPython(f *testing.F) {
	for _, s := range []string{`'a' + "b"`, `os.environ.get("X", "y").split(",")`, `[k for k in x if k]`, `("a" if DEBUG else b["c"])`, `f"{a}b"`, `'%s' % ('a',)`, `b'\x41'.decode()`, `{'a': lambda: 'b'}`, `"""a` + "\n" + `b"""`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, code string) {
		checkMatches(t, []byte("import os\nimport sys\nSECRET_KEY = "+code+"\nSECRET_KEY_FALLBACKS = "+code))
	})
}

func TestALineBreakBeforeATextMovesLinesAndNothingElse(t *testing.T) {
	for _, text := range testkit.CaseTexts(t) {
		if bytes.HasPrefix(text, []byte("\xef\xbb\xbf")) {
			continue
		}
		a, b := findIn(text), findIn(append([]byte("\n"), text...))
		if len(a) != len(b) {
			t.Errorf("%d matches, %d after a line break, in %.40q", len(a), len(b), text)
			continue
		}
		for i := range a {
			if b[i].Offset != a[i].Offset+1 || a[i].Secret.Fingerprint() != b[i].Secret.Fingerprint() || a[i].Class != b[i].Class {
				t.Errorf("match %d moves from %d to %d in %.40q", i, a[i].Offset, b[i].Offset, text)
			}
		}
	}
}

func TestTwoSpellingsOfAKeyHaveOneFingerprint(t *testing.T) {
	key := testkit.Key(7)
	want := scanner.NewSecret(key).Fingerprint()
	for _, text := range []string{
		"SECRET_KEY = '" + key + "'", "SECRET_KEY = '" + key[:9] + "' \\\n  '" + key[9:] + "'", "SECRET_KEY = '" + testkit.Written(key, "|py") + "'",
		"SECRET_KEY = ''.join(['" + key[:30] + "', '" + key[30:] + "'])",
	} {
		m := findIn([]byte("import os\n" + text + "\n"))
		if len(m) != 1 || m[0].Secret.Fingerprint() != want {
			t.Errorf("%d matches, or another fingerprint, in a text of %d bytes", len(m), len(text))
		}
	}
}

func BenchmarkFind(b *testing.B) {
	settings := []byte(testkit.Expand(strings.Repeat("INSTALLED = ['a.b.c', 'd.e.f']\n", 100) + "# SECURITY WARNING: keep the secret key used in production secret!\nSECRET_KEY = '{{insecure 1}}'\n" + strings.Repeat("X = {'a': 1}\n", 100)))
	for name, text := range map[string][]byte{"settings": append([]byte("import os\n"), settings...), "cases": bytes.Join(testkit.CaseTexts(b), []byte("\n"))} {
		b.Run(name, func(b *testing.B) {
			d := New()
			anchors := d.Anchors().Append(nil, text, 0, len(text))
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				d.Find(text, anchors)
			}
		})
	}
}

// BenchmarkHostile times texts that a careless reader takes the square of their
// size for, at two sizes: both should take the same time a byte.
func BenchmarkHostile(b *testing.B) {
	d := New()
	for _, name := range slices.Sorted(maps.Keys(testkit.Hostile)) {
		for _, size := range []int{64 << 10, 256 << 10} {
			text := []byte(testkit.Hostile[name](size))
			anchors := d.Anchors().Append(nil, text, 0, len(text))
			b.Run(fmt.Sprintf("%s/%dK", name, size>>10), func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					d.Find(text, anchors)
				}
			})
		}
	}
}

// BenchmarkTexts times each text with an anchor below the folder that
// DJLEAKS_BENCH_TEXTS names (say, the blobs of a repository) and reports the
// median.
func BenchmarkTexts(b *testing.B) {
	dir := os.Getenv("DJLEAKS_BENCH_TEXTS")
	if dir == "" {
		dir = "../../testdata/detect/django"
	}
	d := New()
	var texts [][]byte
	var anchors [][]int32
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if a := d.Anchors().Append(nil, text, 0, len(text)); len(a) > 0 {
			texts, anchors = append(texts, text), append(anchors, a)
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	took := make([]time.Duration, len(texts))
	for b.Loop() {
		for i, text := range texts {
			start := time.Now()
			d.Find(text, anchors[i])
			took[i] = time.Since(start)
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds())/1000, "µs/median")
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds())/1000, "µs/99%")
	b.ReportMetric(float64(len(texts)), "texts")
}
