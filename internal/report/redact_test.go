package report

import (
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
)

// namedAfterKeys is a report in which everything that people name is named after
// keys.
func namedAfterKeys(text string) *scanner.Report {
	r := mixedCase()
	r.Scope.Repository, r.Scope.Range = "https://example.org/"+text, text+"..HEAD"
	r.Coverage.Notes = append(r.Coverage.Notes, text)
	r.Coverage.Skip(scanner.Skip{Path: text, Reason: text})
	for _, list := range [][]scanner.Key{r.Keys, r.Accepted, r.Known} {
		for i := range list {
			k := &list[i]
			k.Reasons = append(k.Reasons, text)
			if k.Accepted != nil {
				k.Accepted.Reason = "it was " + text
			}
			for j := range k.Occurrences {
				o := &k.Occurrences[j]
				o.Path, o.Name, o.Replacement, o.Refs = "a/"+text+".py", text, text, append(o.Refs, "refs/heads/"+text)
				o.Introduced = append(o.Introduced, commit("x", "2024-03-04T09:30:00Z", text))
			}
		}
	}
	return r
}

func TestNoFormatShowsAKeyInAName(t *testing.T) {
	// Letters and digits only: no format writes them in another way.
	found := testkit.Draw("found", 1, 50, testkit.Alnum)
	insecure := scanner.InsecurePrefix + testkit.Draw("insecure", 2, 50, testkit.Alnum)
	keys := &scanner.Redactor{}
	keys.Add(scanner.NewSecret(found), scanner.ClassRandom)
	for _, format := range Formats() {
		opt := testOptions()
		opt.All, opt.Verbose, opt.Found = true, true, keys
		for name, text := range map[string]string{"a key that was found": found, "startproject's prefix": insecure} {
			r := namedAfterKeys(text)
			shown := render(t, format, r, opt)
			random := strings.TrimPrefix(text, scanner.InsecurePrefix)
			for i := 2; i+8 <= len(random); i++ {
				if strings.Contains(shown, random[i:i+8]) {
					t.Errorf("%s shows %s", format, name)
					break
				}
			}
			if !strings.Contains(shown, "…(") && !strings.Contains(shown, `\u2026(`) {
				t.Errorf("%s has no mask", format)
			}
			if !strings.Contains(r.Keys[0].Occurrences[0].Path, text) {
				t.Error("Write has changed the report")
			}
		}
	}
}

func TestAMessageShowsNoKeyWithStartprojectsPrefix(t *testing.T) {
	key := testkit.InsecureKey(5)
	if got := Line("cannot read " + key + ": permission denied"); strings.Contains(got, key[20:28]) || !strings.HasSuffix(got, "(66): permission denied") {
		t.Error("a message shows a key")
	}
}
