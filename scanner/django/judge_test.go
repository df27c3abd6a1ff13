package django

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/scanner/django/forms"
)

// madeOf is a text of n parts, drawn with a seed.
func madeOf(seed uint64, n int, parts ...string) []byte {
	r := rand.New(rand.NewPCG(seed, 1))
	var text strings.Builder
	for range n {
		text.WriteString(parts[r.IntN(len(parts))])
	}
	return []byte(text.String())
}

// What is kept from match to match must not change what is said of the next one.
func TestWhatIsKeptOfATextChangesNothing(t *testing.T) {
	deployed, tested := 0, 0
	for seed := range uint64(60) {
		text := madeOf(seed, 200, "heroku ", "config:set ", "A=b ", "\\\n", "\n", "helm ", "upgrade ", "xhelm ", strings.Repeat("x ", 60))
		heads := madeOf(seed, 200, "[testenv]", "[tool:pytest]\n", "\n[", "\n[a]", "a = b\n", "]", "\n", strings.Repeat("y", 700))
		r := rand.New(rand.NewPCG(seed, 2))
		var kept surroundings
		for at := 0; at < len(text); at += r.IntN(40) {
			var fresh command
			want := fresh.deploys(text, at)
			if got := kept.command.deploys(text, at); got != want {
				t.Fatalf("seed %d: a command at %d deploys: %v, want %v", seed, at, got, want)
			}
			if want {
				deployed++
			}
		}
		for at := 0; at < len(heads); at += r.IntN(40) {
			var fresh section
			want := fresh.isTest(heads, at)
			if got := kept.section.isTest(heads, at); got != want {
				t.Fatalf("seed %d: the section at %d is a test's: %v, want %v", seed, at, got, want)
			}
			if want {
				tested++
			}
		}
	}
	if deployed == 0 || tested == 0 {
		t.Errorf("%d commands deploy, %d sections are a test's: these texts test nothing", deployed, tested)
	}
}

func TestTheVerdictOfTheLastValueIsNotThatOfAnother(t *testing.T) {
	var j judge
	for _, c := range []struct {
		name, value string
		key         bool
	}{
		{"SECRET_KEY", "changeme", true},
		{"SECRET_KEY", "changeme", true},
		{"COLOR", "changeme", false},
		{"SECRET_KEY", "changeme", true},
		{"SECRET_KEY", "", false},
	} {
		a := &forms.Assignment{Name: c.name, Values: []string{c.value}}
		if v := j.verdictOf(a); v.key != c.key || v.name != c.name {
			t.Errorf("%s = %q is a key: %v, want %v", c.name, c.value, v.key, c.key)
		}
	}
}

func TestATextIsReadNoFurtherThanThereIsRoom(t *testing.T) {
	const n = 40_000
	var text []byte
	for i := range n {
		text = append(text, "SECRET_KEY: "+strings.Repeat("ab", i%50)+"c"+strings.Repeat("de", i/50%50)+"f"+strings.Repeat("gh", i/2500)+"\n"...)
	}
	g := gathered{reading: forms.Read(text, New().Anchors().Append(nil, text, 0, len(text)))}
	j, read := judge{around: surroundings{text: text}}, 0
	g.reading.Each(func(a *forms.Assignment) {
		read++
		if m, ok := j.match(a); ok {
			g.add(m)
		}
	})
	if read > n/2 {
		t.Errorf("%d of %d assignments were read", read, n)
	}
}
