package radius

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/djleaks/djleaks/internal/project/projecttest"
	"github.com/djleaks/djleaks/scanner"
)

// A case is a small repository. What is wanted is on the line where it is
// to be seen, after "# want": EFFECT FALLBACKS FEATURE, where EFFECT has a "?"
// if it is not certain. "# safe FEATURE" and "# unseen FEATURE" want the other
// lists. In the comment of a case the same words want an entry without a place,
// "absent WORDS" that no effect's feature has these words, "django VERSION" and
// "window SECONDS SETTING" what they say.
//
// All effects have to be wanted, but for the links and sessions of a plain
// Django.
var plain = []string{"sessions in the database", "session auth hash", "messages cookie"}

type wanted struct {
	effects, safe, unseen, absent []string
	django, window                string
}

func (w *wanted) line(at, text string) {
	for part := range strings.SplitSeq(text, ";") {
		word, rest, _ := strings.Cut(strings.TrimSpace(part), " ")
		switch word {
		case "want":
			w.effects = append(w.effects, at+" "+rest)
		case "safe":
			w.safe = append(w.safe, at+" "+rest)
		case "unseen":
			w.unseen = append(w.unseen, at+" "+rest)
		case "absent":
			w.absent = append(w.absent, rest)
		case "django":
			w.django = rest
		case "window":
			w.window = rest
		}
	}
}

func readCase(a *txtar.Archive) (w wanted, files map[string]string) {
	files = map[string]string{}
	for line := range strings.SplitSeq(string(a.Comment), "\n") {
		w.line(":0", line)
	}
	for _, f := range a.Files {
		files[f.Name] = string(f.Data)
		for n, line := range strings.Split(string(f.Data), "\n") {
			if _, marks, ok := strings.Cut(line, "# "); ok {
				w.line(fmt.Sprintf("%s:%d", f.Name, n+1), marks)
			}
		}
	}
	return w, files
}

func radiusOf(files map[string]string) Radius { return Of(projecttest.Of(files)) }

func TestEachRowOfTheTableIsSeenInARepository(t *testing.T) {
	cases, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(cases) < 30 {
		t.Fatalf("%d cases: %v", len(cases), err)
	}
	for _, name := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			w, files := readCase(txtar.Parse(text))
			check(t, &w, radiusOf(files))
		})
	}
}

func check(t *testing.T, w *wanted, r Radius) {
	t.Helper()
	var got []string
	last := 0
	for _, e := range r.Effects {
		mark := ""
		if !e.Certain {
			mark = "?"
		}
		entry := fmt.Sprintf("%s:%d %s%s %s %s", e.Path, e.Line, e.Effect, mark, e.Fallbacks, e.Feature)
		if slices.Contains(w.effects, entry) || e.Effect != scanner.EffectLinks || !slices.Contains(plain, e.Feature) {
			got = append(got, entry)
		}
		if e.Reason == "" || e.Attack == "" || e.Rotation == "" {
			t.Errorf("%s says too little: %+v", e.Feature, e)
		}
		if rank(e.Effect) < last {
			t.Errorf("%s comes after less", entry)
		}
		last = rank(e.Effect)
		for _, words := range w.absent {
			if strings.Contains(e.Feature, words) {
				t.Errorf("%q is there: %+v", words, e)
			}
		}
	}
	want := slices.Clone(w.effects)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("effects:\n got  %s\n want %s", strings.Join(got, "\n      "), strings.Join(want, "\n      "))
	}
	for _, list := range []struct {
		what string
		got  []scanner.Evidence
		want []string
	}{{"not affected", r.NotAffected, w.safe}, {"not seen", r.NotSeen, w.unseen}} {
		var entries []string
		for _, e := range list.got {
			entries = append(entries, fmt.Sprintf("%s:%d %s", e.Path, e.Line, e.Feature))
		}
		for _, want := range list.want {
			if !slices.Contains(entries, want) {
				t.Errorf("%s: no %q in\n  %s", list.what, want, strings.Join(entries, "\n  "))
			}
		}
	}
	if w.django != "" && r.Django != w.django {
		t.Errorf("Django %q, want %q", r.Django, w.django)
	}
	if got := fmt.Sprintf("%d %s", r.Window.Seconds, r.Window.Setting); w.window != "" && got != w.window {
		t.Errorf("window %s, want %s", got, w.window)
	}
}
