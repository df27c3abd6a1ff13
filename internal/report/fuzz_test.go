package report

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
)

// FuzzReadAndShow reads what others may have written: whatever Read takes is
// shown in every format without a control character and without a key, and JSON
// is read again as what it was.
func FuzzReadAndShow(f *testing.F) {
	for _, name := range slices.Sorted(maps.Keys(cases())) {
		text, err := os.ReadFile(filepath.Join(goldens, name+".json"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	named, err := shownAs("json", namedAfterKeys("x"))
	if err != nil {
		f.Fatal(err)
	}
	key := testkit.Draw("insecure", 2, 50, testkit.Alnum)
	f.Add([]byte(strings.ReplaceAll(named, `"x`, `"`+scanner.InsecurePrefix+key)))
	f.Add([]byte(`{"schema":1,"verdict":"incomplete","coverage":{"skipped":[{"id":"\u001b[31m","path":"::error::x","reason":"\n::set-output"}]},"keys":[]}`))
	// Words that are empty, and words that no version of this program writes.
	for _, word := range []string{"", "\xc3\xa9"} {
		f.Add([]byte(strings.ReplaceAll(`{"schema":1,"verdict":"keys-found","fail_on":"high","keys":[{"fingerprint":"c89eb3f334ea6077",
			"severity":"critical","status":"live","verdict":"?","verdict_reasons":[],"timeline":[{"change":"?"}],"blast_radius":[{"effect":"?","fallbacks":"?"}]}],
			"project":{"not_seen":[{}]},"playbook":[{"verdict":"?","keys":["c89eb3f334ea6077"],"steps":[{"when":"?","do":"?"}]}]}`, "?", word)))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := Read(bytes.NewReader(text))
		if err != nil {
			return
		}
		for _, format := range Formats() {
			out, err := shownAs(format, r)
			if err != nil {
				t.Fatalf("%s: %v", format, err)
			}
			if at := strings.IndexFunc(out, func(c rune) bool { return c < ' ' && c != '\n' && c != '\t' || c == 0x7f }); at >= 0 {
				t.Errorf("%s: control character %#x", format, out[at])
			}
			// JSON writes a byte that is not UTF-8 as six characters, the last a "d".
			if strings.Contains(strings.ReplaceAll(out, `\ufffd`, "\ufffd"), scanner.InsecurePrefix+key) {
				t.Errorf("%s shows a key", format)
			}
		}
		once, err := shownAs("json", r)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Read(strings.NewReader(once))
		if err != nil {
			t.Fatalf("what was written is not read: %v", err)
		}
		if twice, err := shownAs("json", again); err != nil || twice != once {
			t.Errorf("JSON changes when it is read again: %v", err)
		}
	})
}

func shownAs(format string, r *scanner.Report) (string, error) {
	var b strings.Builder
	opt := testOptions()
	opt.All, opt.Verbose = true, true
	err := Write(&b, format, r, opt)
	return b.String(), err
}
