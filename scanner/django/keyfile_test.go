package django

import (
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
)

func TestAFileCanBeAKey(t *testing.T) {
	raw := testkit.Draw("raw", 1, 64, "\x01\x02\x05\x07\x0e\x11\x13\x80\x81\x8f\x90\xa1\xb2\xc3\xd4\xe5\xf6\xfe\xffabcXYZ019")
	for _, c := range []struct {
		path, text, key string
		want            scanner.Severity // Silent: no match
	}{
		{"etc/secret_key.txt", testkit.Key(1), testkit.Key(1), scanner.Critical},
		{".secret_key", testkit.Key(2) + "\n", testkit.Key(2), scanner.Critical},
		{"etc/secret.txt", testkit.Key(3) + "\r\n", testkit.Key(3), scanner.Critical},
		{"SECRET_KEY", testkit.Made("hex", 4) + "\n", testkit.Made("hex", 4), scanner.High},
		{"django-secret-key.txt", testkit.Made("urlsafe", 5), testkit.Made("urlsafe", 5), scanner.High},
		{".ctfd_secret_key", raw, raw, scanner.High},
		{"secret_key.txt", "\xff\xfe" + strings.Join(strings.Split(testkit.Key(8)+"\r\n", ""), "\x00") + "\x00", testkit.Key(8), scanner.Critical},
		{"tests/secret_key.txt", testkit.Key(6), testkit.Key(6), scanner.Medium},
		{"notes.txt", testkit.Key(7) + "\n", testkit.Key(7), scanner.Medium},
		{"notes.txt", testkit.Made("hex", 8) + "\n", "", scanner.Silent},
		{"aws_secret_key.txt", testkit.Made("alnum", 9) + "\n", "", scanner.Silent},
		{"secret_key.txt", "tulip fields\n", "", scanner.Silent},
		{"secret_key.txt", strings.Repeat(testkit.Key(1)+"\n", 2), "", scanner.Silent},
		{"secret_key.txt", "", "", scanner.Silent},
	} {
		c2 := scanner.NewCollector(New())
		c2.Add(&scanner.Chunk{Path: c.path, Text: []byte(c.text)})
		found := c2.Findings()
		if c.want == scanner.Silent {
			if len(found) > 0 {
				t.Errorf("%s of %d bytes is a key", c.path, len(c.text))
			}
			continue
		}
		if len(found) != 1 || found[0].Secret.Reveal() != c.key {
			t.Errorf("%s: %d findings", c.path, len(found))
			continue
		}
		if got, _ := New().Severity(&found[0].Match, c.path); got != c.want {
			t.Errorf("%s: %v, want %v", c.path, got, c.want)
		}
	}
}
