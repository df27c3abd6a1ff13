package scanner_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
)

// lines finds a key after the word SECRET on each line; what is between
// the word and the equals sign sets traits.
type lines struct{}

func (lines) Version() string       { return "lines/1" }
func (lines) Rules() []scanner.Rule { return nil }
func (lines) Anchors() *scanner.AnchorSet {
	return scanner.NewAnchorSet(scanner.Anchor{Text: "SECRET"})
}
func (lines) Remarks([]byte, []int32, []scanner.Match) []scanner.Remark { return nil }
func (lines) Claim(*scanner.Match)                                      {}
func (lines) MayBeUnread(string) bool                                   { return false }
func (lines) Unread(string, []byte) string                              { return "" }
func (lines) TakesFile(string) bool                                     { return false }
func (lines) Sources([]byte, []int32) []scanner.KeySource               { return nil }
func (lines) FindFile(string, []byte) []scanner.Match                   { return nil }
func (lines) Search(text []byte, _ []int32) (found []scanner.Match, cut int) {
	offset := 0
	for _, line := range strings.SplitAfter(string(text), "\n") {
		name, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		if ok && strings.HasPrefix(name, "SECRET") {
			m := scanner.Match{
				Offset: offset + len(name) + 1, Length: len(value), Secret: scanner.NewSecret(value),
				Class: scanner.ClassDjango, Rule: "key", Name: name, Form: "line",
			}
			switch name {
			case "SECRET_OLD":
				m.Traits = scanner.InFallbacks
			case "SECRET_OK":
				m.Allow = &scanner.Allow{By: "djleaks: allow", Reason: "tests"}
			}
			found = append(found, m)
		}
		offset += len(line)
	}
	return found, 0
}
func (lines) ReplacementLines([]byte) func(*scanner.Match) string {
	return func(*scanner.Match) string { return "instead" }
}
func (lines) Severity(_ *scanner.Match, path string) (scanner.Severity, string) {
	if strings.HasPrefix(path, "tests/") {
		return scanner.Silent, ""
	}
	return scanner.Medium, "medium"
}

// texts is a source made of chunks.
type texts []scanner.Chunk

func (t texts) Chunks(_ context.Context, yield func(*scanner.Chunk) error) (scanner.Coverage, error) {
	for i := range t {
		if err := yield(&t[i]); err != nil {
			return scanner.Coverage{}, err
		}
	}
	return scanner.Coverage{Blobs: int64(len(t))}, nil
}

func collect(t *testing.T, chunks ...scanner.Chunk) []scanner.Finding {
	t.Helper()
	c := scanner.NewCollector(lines{})
	if _, err := c.Run(context.Background(), texts(chunks)); err != nil {
		t.Fatal(err)
	}
	return c.Findings()
}

func id(c byte) scanner.ObjectID { return scanner.ObjectID(strings.Repeat(string(c), 20)) }

func blob(c byte, text string) scanner.Chunk {
	return scanner.Chunk{ID: id(c), Text: []byte(text)}
}

func TestVersionsOfAFileAreOneOccurrence(t *testing.T) {
	key := testkit.Key(1)
	findings := collect(t, blob('a', "SECRET="+key+"\n"), blob('b', "# more\nSECRET="+key+"\n"), blob('c', "SECRET="+key))
	items, matched := scanner.Items(findings)
	if len(items) != 1 || len(matched) != 3 {
		t.Fatalf("%d items in %d blobs, want 1 in 3", len(items), len(matched))
	}
	h := &scanner.History{Items: items, Places: [][]scanner.Presence{{
		{Path: "settings.py", Blobs: []scanner.ObjectID{id('b'), id('a')}, Refs: []string{"refs/heads/main"}, Reachable: true},
	}}}
	keys, known := scanner.Build(lines{}, findings, h, "")
	if len(keys) != 1 || len(known) != 0 {
		t.Fatalf("%d keys, %d known", len(keys), len(known))
	}
	k := keys[0]
	if k.Status != scanner.StatusLive || len(k.Occurrences) != 2 {
		t.Fatalf("status %s, %d occurrences; want live, and the blob without a place beside the file", k.Status, len(k.Occurrences))
	}
	file, lost := k.Occurrences[0], k.Occurrences[1]
	if file.Path != "settings.py" || file.Line != 2 || file.Blob != id('b').String() || len(file.Versions) != 2 || file.Status != scanner.StatusLive {
		t.Errorf("the file: %+v", file)
	}
	if lost.Path != "" || lost.Blob != id('c').String() || lost.Status != scanner.StatusUnreachable {
		t.Errorf("the blob that no tree names: %+v", lost)
	}
}

func TestTheOldSideHasItsKeysWithTheirPlaces(t *testing.T) {
	both, fresh, gone := testkit.Key(1), testkit.Key(2), testkit.Key(3)
	findings := collect(t,
		scanner.Chunk{Path: "new.py", Text: []byte("SECRET=" + both + "\nSECRET=" + fresh + "\n")},
		scanner.Chunk{Path: "old.py", Text: []byte("SECRET=" + both + "\nSECRET=" + gone + "\n"), Known: true})
	keys, old := scanner.Build(lines{}, findings, nil, scanner.StatusStaged)
	for _, c := range []struct {
		keys   []scanner.Key
		path   string
		status scanner.Status
		want   []string
	}{{keys, "new.py", scanner.StatusStaged, []string{both, fresh}}, {old, "old.py", scanner.StatusLive, []string{both, gone}}} {
		if len(c.keys) != len(c.want) {
			t.Fatalf("%d keys in %s", len(c.keys), c.path)
		}
		for _, value := range c.want {
			i := slices.IndexFunc(c.keys, func(k scanner.Key) bool { return k.Fingerprint == scanner.NewSecret(value).Fingerprint() })
			if i < 0 {
				t.Errorf("a key is not in %s", c.path)
				continue
			}
			if k := c.keys[i]; len(k.Occurrences) != 1 || k.Occurrences[0].Path != c.path || k.Status != c.status || k.Severity < scanner.Note || k.Rule == "" {
				t.Errorf("in %s: %+v", c.path, k)
			}
		}
	}
}

func TestTheOldSideIsNotWantedWhileNothingIsFound(t *testing.T) {
	c := scanner.NewCollector(lines{})
	c.Add(&scanner.Chunk{Text: []byte("SECRET=" + testkit.Key(1)), Known: true})
	if c.Found() {
		t.Error("a text of the old side counts as found")
	}
	c.Add(&scanner.Chunk{Text: []byte("SECRET=" + testkit.Key(1))})
	if !c.Found() {
		t.Error("a new text with a key does not count as found")
	}
}

func TestALeakedKeyInFallbacksIsRaised(t *testing.T) {
	key := testkit.Key(3)
	for name, c := range map[string]struct {
		before, now string
		want        bool
	}{
		"rotated, not revoked": {"SECRET=", "SECRET_OLD=", true},
		"only ever a fallback": {"SECRET_OLD=", "SECRET_OLD=", false},
		"only ever a key":      {"SECRET=", "SECRET=", false},
	} {
		findings := collect(t, blob('a', c.before+key+"\n"), blob('b', c.now+key+"\n"))
		items, matched := scanner.Items(findings)
		h := &scanner.History{Items: items, Places: make([][]scanner.Presence, len(items))}
		h.Places[matched[id('a')][0]] = append(h.Places[matched[id('a')][0]], scanner.Presence{Path: "old.py", Blobs: []scanner.ObjectID{id('a')}, Reachable: true})
		h.Places[matched[id('b')][0]] = append(h.Places[matched[id('b')][0]], scanner.Presence{Path: "s.py", Blobs: []scanner.ObjectID{id('b')}, Refs: []string{"HEAD"}})
		keys, _ := scanner.Build(lines{}, findings, h, "")
		if len(keys) != 1 {
			t.Fatalf("%s: %d keys", name, len(keys))
		}
		got := keys[0].Rule == scanner.RuleLeakedFallback && keys[0].Severity == scanner.High && len(keys[0].Reasons) == 1
		if got != c.want {
			t.Errorf("%s: rule %s, severity %s, reasons %q", name, keys[0].Rule, keys[0].Severity, keys[0].Reasons)
		}
	}
}

func TestACommentAcceptsAKeyOnlyWhereItIs(t *testing.T) {
	key := testkit.Key(4)
	for _, c := range []struct {
		other string
		open  int
	}{{"SECRET_OK=", 0}, {"SECRET=", 1}} {
		findings := collect(t, scanner.Chunk{Path: "a", Text: []byte("SECRET_OK=" + key)}, scanner.Chunk{Path: "b", Text: []byte(c.other + key)})
		r := scanner.Report{FailOn: scanner.Medium}
		r.Keys, _ = scanner.Build(lines{}, findings, nil, scanner.StatusWorktree)
		r.SplitAccepted()
		r.Conclude()
		if len(r.Keys) != c.open || len(r.Accepted) != 1-c.open {
			t.Errorf("other place %s: %d open, %d accepted", c.other, len(r.Keys), len(r.Accepted))
		}
		if len(r.Accepted) == 1 && (r.Accepted[0].Accepted.Reason != "tests" || r.Verdict != scanner.Clean) {
			t.Errorf("accepted: %+v, verdict %s", r.Accepted[0].Accepted, r.Verdict)
		}
	}
}

func TestAKeyInAMessageNamesItsCommit(t *testing.T) {
	author := []scanner.Commit{{Commit: id('c').String(), Author: "Ada"}}
	findings := collect(t, scanner.Chunk{Kind: scanner.CommitMessage, ID: id('c'), Text: []byte("oops\n\nSECRET=" + testkit.Key(5)), Commits: author})
	items, _ := scanner.Items(findings)
	if len(items) != 0 {
		t.Error("the history is asked where a message is")
	}
	keys, _ := scanner.Build(lines{}, findings, &scanner.History{}, "")
	o := keys[0].Occurrences[0]
	if o.Commit != id('c').String() || o.Line != 3 || o.Blob != "" || len(o.Introduced) != 1 || o.Status != scanner.StatusHistory {
		t.Errorf("%+v", o)
	}
}

func TestWhatATableCallsSilentIsANote(t *testing.T) {
	findings := collect(t, scanner.Chunk{Path: "tests/a", Text: []byte("SECRET=" + testkit.Key(7))})
	keys, _ := scanner.Build(lines{}, findings, nil, scanner.StatusWorktree)
	if len(keys) != 1 || keys[0].Severity != scanner.Note {
		t.Errorf("%+v", keys)
	}
}

func TestCleanIsOnlySaidOfWhatWasRead(t *testing.T) {
	high := []scanner.Key{{Severity: scanner.High, Reasons: []string{}, Occurrences: []scanner.Occurrence{}}}
	low := []scanner.Key{{Severity: scanner.Low, Reasons: []string{}, Occurrences: []scanner.Occurrence{}}}
	skipped := scanner.Coverage{Skipped: []scanner.Skip{{Reason: "corrupt"}}}
	for _, c := range []struct {
		keys     []scanner.Key
		coverage scanner.Coverage
		want     scanner.Verdict
	}{
		{nil, scanner.Coverage{}, scanner.Clean},
		{low, scanner.Coverage{}, scanner.Clean},
		{high, scanner.Coverage{}, scanner.KeysFound},
		{high, skipped, scanner.KeysFound},
		{low, skipped, scanner.Incomplete},
		{nil, skipped, scanner.Incomplete},
	} {
		r := scanner.Report{FailOn: scanner.High, Keys: c.keys, Coverage: c.coverage}
		r.Conclude()
		if r.Verdict != c.want || r.Coverage.Complete != (len(c.coverage.Skipped) == 0) {
			t.Errorf("%d keys, %d skipped: %s, complete %v", len(c.keys), len(c.coverage.Skipped), r.Verdict, r.Coverage.Complete)
		}
		text, err := json.Marshal(r)
		if err != nil || strings.Contains(string(text), "null") {
			t.Errorf("a list is null: %s", text)
		}
	}
}

func TestManySkipsAreCountedNotListed(t *testing.T) {
	var c scanner.Coverage
	for range 2500 {
		c.Skip(scanner.Skip{Reason: "corrupt"})
	}
	if len(c.Skipped) != 1000 || c.SkippedCount() != 2500 {
		t.Errorf("%d entries for %d things", len(c.Skipped), c.SkippedCount())
	}
}

func TestOnlyTheFirstMatchesOfATextAreAdvised(t *testing.T) {
	c := scanner.NewCollector(lines{})
	c.SuggestReplacements()
	var text strings.Builder
	for n := range 100 {
		text.WriteString("SECRET=" + testkit.Key(n) + "\n")
	}
	c.Add(&scanner.Chunk{Text: []byte(text.String())})
	advised := 0
	for _, f := range c.Findings() {
		if f.Replacement != "" {
			advised++
		}
	}
	if found := len(c.Findings()); found != 100 || advised != 16 {
		t.Errorf("%d findings, %d advised: each reads the whole text", found, advised)
	}
}
