package scanner_test

import (
	"encoding/base64"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
)

func TestKeysThatAreOneSecretAreRelated(t *testing.T) {
	key := testkit.Key(1)
	for _, c := range []struct {
		first, second string
		want          scanner.Difference
	}{
		{key, scanner.InsecurePrefix + key, scanner.DiffersInPrefix},
		{key, "'" + key + "'", scanner.DiffersInQuotes},
		{key, " " + key, scanner.DiffersInWhiteSpace},
		{key, base64.StdEncoding.EncodeToString([]byte(key)), scanner.DiffersInBase64},
		{key, base64.StdEncoding.EncodeToString([]byte(key + "\n")), scanner.DiffersInBase64},
		{key, "'" + scanner.InsecurePrefix + key + "'", scanner.DiffersInPrefix},
		{key, testkit.Key(2), ""},
		{"abc", "'abc'", ""},
	} {
		collector := scanner.NewCollector(lines{})
		for i, v := range []string{c.first, c.second} {
			collector.Add(&scanner.Chunk{Path: string(rune('a' + i)), Text: []byte("SECRET=" + v + "\n")})
		}
		keys, _ := scanner.Build(lines{}, collector.Findings(), nil, scanner.StatusWorktree)
		for i := range keys {
			related := keys[i].Related
			switch {
			case c.want == "" && len(related) > 0:
				t.Errorf("%d and %d bytes are related: %s", len(c.first), len(c.second), related[0].How)
			case c.want != "" && (len(related) != 1 || related[0].How != c.want || related[0].Fingerprint != keys[1-i].Fingerprint):
				t.Errorf("%s: %+v", c.want, related)
			}
		}
	}
}

func TestANewKeyIsRelatedToAnOldOne(t *testing.T) {
	key := testkit.Key(1)
	collector := scanner.NewCollector(lines{})
	collector.Add(&scanner.Chunk{Path: "a", Known: true, Text: []byte("SECRET=" + key + "\n")})
	collector.Add(&scanner.Chunk{Path: "a", Text: []byte("SECRET=" + scanner.InsecurePrefix + key + "\n")})
	keys, old := scanner.Build(lines{}, collector.Findings(), nil, scanner.StatusWorktree)
	if len(keys) != 1 || len(old) != 1 {
		t.Fatalf("%d new keys, %d old ones", len(keys), len(old))
	}
	if r := keys[0].Related; len(r) != 1 || r[0].Fingerprint != old[0].Fingerprint || r[0].How != scanner.DiffersInPrefix {
		t.Errorf("the new key: %+v", r)
	}
	if r := old[0].Related; len(r) != 1 || r[0].Fingerprint != keys[0].Fingerprint {
		t.Errorf("the old key: %+v", r)
	}
}
