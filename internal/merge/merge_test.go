package merge

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/djleaks/djleaks/internal/fleet"
	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
)

// world is a list of repositories, and records of them.
type world struct {
	t       *testing.T
	list    fleet.List
	records map[string]*fleet.Result
}

func newWorld(t *testing.T, ids ...string) *world {
	w := &world{t, nil, map[string]*fleet.Result{}}
	for i, id := range ids {
		w.list = append(w.list, fleet.Entry{ID: id, Path: "p", Bytes: int64(i), Owner: "team " + id[:1]})
	}
	for _, id := range ids {
		w.records[id] = &fleet.Result{List: w.list.Digest(), Finished: time.Unix(1, 0).UTC(), Record: fleet.Record{
			ID: id, State: fleet.Read, Tool: scanner.Tool{Name: "djleaks", Version: "1", Rules: "django/1"}, Settings: "s", Refs: "refs", Commits: 3, Keys: []fleet.Key{},
		}}
	}
	return w
}

// key is made-up key number n.
func key(n int, severity scanner.Severity) fleet.Key {
	s := scanner.NewSecret(testkit.Key(n))
	return fleet.Key{
		Fingerprint: s.Fingerprint(), Class: scanner.ClassDjango, Masked: s.Mask(scanner.ClassDjango), Length: s.Len(),
		Held: fleet.Held{
			Severity: severity, Status: scanner.StatusLive, Verdict: scanner.Rotate,
			Rule: "django-secret-key", Since: "2024-01-02", Path: "settings.py", Line: 3, Places: 1, Refs: 1,
		},
	}
}

func (w *world) hold(id string, keys ...fleet.Key) *world {
	w.records[id].Record.Keys = append(w.records[id].Record.Keys, keys...)
	return w
}

// store writes the records of some ids; all of them if none is named.
func (w *world) store(ids ...string) *fleet.Store {
	w.t.Helper()
	s, err := fleet.CreateStore(w.t.TempDir())
	if err != nil {
		w.t.Fatal(err)
	}
	if len(ids) == 0 {
		for id := range w.records {
			ids = append(ids, id)
		}
	}
	for _, id := range ids {
		if err := s.Write(w.records[id]); err != nil {
			w.t.Fatal(err)
		}
	}
	return s
}

func gather(t *testing.T, list fleet.List, old *Old, stores ...*fleet.Store) *Fleet {
	t.Helper()
	f, err := Gather(list, stores, old, Options{Version: "1", FailOn: scanner.High})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func written(t *testing.T, format string, f *Fleet) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, format, f); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func (w *world) old() *Old {
	w.t.Helper()
	old, err := ReadOld(strings.NewReader(written(w.t, "json", gather(w.t, w.list, nil, w.store()))))
	if err != nil {
		w.t.Fatal(err)
	}
	return old
}

func TestTheWayThatStoresWereSplitChangesNoByte(t *testing.T) {
	w := newWorld(t, "a/1", "a/2", "b/1", "b/2", "c/1").hold("a/1", key(1, scanner.High), key(2, scanner.Low)).hold("b/2", key(1, scanner.Critical))
	w.records["c/1"].Record.State, w.records["c/1"].Record.Unread = fleet.Incomplete, []fleet.Unread{{Reason: "cut off", Count: 2}}
	whole := gather(t, w.list, nil, w.store())
	first := w.store("a/1", "b/2", "c/1")
	second := w.store("a/2", "b/1", "c/1") // one was tried twice
	w.records["b/2"].Finished = time.Unix(0, 0).UTC()
	w.records["b/2"].Record.Keys = nil // an earlier attempt that said something else
	third := w.store("b/2")
	for _, format := range Formats() {
		want := written(t, format, whole)
		for _, stores := range [][]*fleet.Store{{first, second}, {second, first}, {third, first, second}, {first, third, second, first}} {
			if got := written(t, format, gather(t, w.list, nil, stores...)); got != want {
				t.Errorf("%s of %d stores:\n%s\nwant\n%s", format, len(stores), got, want)
			}
		}
	}
}

func TestWhatWasNotReadIsSaidFirstAndIsNeverClean(t *testing.T) {
	w := newWorld(t, "a", "b", "c", "d")
	w.records["b"].Record = fleet.Record{ID: "b", State: fleet.Failed, Reason: "not done within 10m0s", Tool: w.records["a"].Record.Tool}
	w.records["d"].Record.State, w.records["d"].Record.Unread = fleet.Incomplete, []fleet.Unread{{Reason: "blob not in this repository", Count: 7}}
	f := gather(t, w.list, nil, w.store("a", "b", "d"))
	if f.Verdict != scanner.Incomplete || f.Complete() {
		t.Errorf("the verdict is %s", f.Verdict)
	}
	var out struct {
		Repositories []struct{ ID, State string }
	}
	if err := json.Unmarshal([]byte(written(t, "json", f)), &out); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(out.Repositories); got != "[{c missing} {b failed} {d incomplete} {a read}]" {
		t.Error(got)
	}
	for _, format := range []string{"markdown", "html"} {
		text := written(t, format, f)
		for _, want := range []string{"3 repositories were not read to the end", "not done within 10m0s", "7 × blob not in this repository", "no worker has written a record of it"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not say %q", format, want)
			}
		}
	}
	if f := gather(t, w.list[:1], nil, w.store("a")); f.Verdict != scanner.Clean || !f.Complete() {
		t.Errorf("of what was read the verdict is %s", f.Verdict)
	}
}

func TestKeysAreOrderedBySeverityThenByTheNumberOfRepositories(t *testing.T) {
	older := key(4, scanner.High)
	older.Since = "2011-01-01"
	w := newWorld(t, "a", "b", "c").hold("a", key(1, scanner.High), older, key(3, scanner.Critical)).hold("b", key(2, scanner.High)).hold("c", key(2, scanner.Medium), key(5, scanner.Note))
	f := gather(t, w.list, nil, w.store())
	var got []string
	for i := range f.keys {
		k := f.key(&f.keys[i])
		for n := 1; n <= 5; n++ {
			if k.Fingerprint == key(n, 0).Fingerprint {
				got = append(got, fmt.Sprintf("%d:%d", n, k.HeldBy))
			}
		}
	}
	if want := "3:1 2:2 4:1 1:1 5:1"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
	if f.Totals.Failing != 4 || f.Totals.Shared != 1 || f.Totals.Keys != 5 || f.Verdict != scanner.KeysFound {
		t.Errorf("%+v", f.Totals)
	}
	owners := f.owners()
	if len(owners) != 3 || owners[0].Owner != "team a" || owners[0].Keys != (Counts{Critical: 1, High: 2}) || owners[2].Keys != (Counts{Medium: 1, Note: 1}) {
		t.Errorf("%+v", owners)
	}
}

// TestEachChangeSinceAnEarlierReportIsNamed makes one change of every kind.
func TestAKeyOfSeveralRepositoriesIsAsBadAsTheWorst(t *testing.T) {
	worst, urgent := key(1, scanner.Critical), key(1, scanner.Low)
	worst.Status, worst.Verdict, worst.Since = scanner.StatusHistory, scanner.AlreadyRotated, ""
	urgent.Status, urgent.Verdict = scanner.StatusLive, scanner.RotateNow
	w := newWorld(t, "a", "b", "c").hold("a", worst).hold("b", urgent)
	f := gather(t, w.list, nil, w.store())
	k := f.key(&f.keys[0])
	if k.Severity != scanner.Critical || k.Status != scanner.StatusLive || k.Verdict != scanner.RotateNow || k.Since != urgent.Since || k.HeldBy != 2 {
		t.Errorf("%+v", k)
	}
	if k.In[0].ID != "a" {
		t.Errorf("%s is the first, and not the one with the highest severity", k.In[0].ID)
	}
}

func TestMarkdownCountsTheRepositoriesThatItLeavesOut(t *testing.T) {
	var ids []string
	for n := range mostHolders + 1 {
		ids = append(ids, fmt.Sprintf("a/%d", n))
	}
	w := newWorld(t, ids...)
	for n, id := range ids {
		w.hold(id, key(1, scanner.High))
		text := written(t, "markdown", gather(t, w.list, nil, w.store()))
		if got, want := strings.Contains(text, "<br>1 more |"), n == mostHolders; got != want {
			t.Errorf("%d repositories: %v:\n%s", n+1, got, text)
		}
	}
}

func TestEachChangeSinceAnEarlierReportIsNamed(t *testing.T) {
	before := newWorld(t, "still", "pushed", "rules", "emptied", "broken", "mended", "moved", "accepted", "reopened", "unlisted", "both", "unreachable", "degraded")
	for i, id := range []string{"still", "emptied", "broken", "unlisted", "degraded"} {
		before.hold(id, key(i+1, scanner.High))
	}
	before.hold("moved", key(6, scanner.High), key(7, scanner.High)).hold("accepted", key(8, scanner.High))
	before.records["mended"].Record = fleet.Record{ID: "mended", State: fleet.Failed, Reason: "killed", Tool: before.records["still"].Record.Tool}
	before.records["reopened"].Record.Accepted = []scanner.Fingerprint{key(9, 0).Fingerprint}
	before.hold("rules", key(18, scanner.Low))
	old := before.old()

	now := newWorld(t, "still", "pushed", "rules", "emptied", "broken", "mended", "moved", "accepted", "reopened", "both", "unreachable", "degraded", "added")
	now.hold("still", key(1, scanner.High)).hold("pushed", key(11, scanner.High)).hold("rules", key(12, scanner.High)).hold("both", key(13, scanner.High))
	now.hold("mended", key(14, scanner.High)).hold("moved", key(6, scanner.High)).hold("reopened", key(9, scanner.High)).hold("added", key(15, scanner.High))
	loose := key(16, scanner.High)
	loose.Status = scanner.StatusUnreachable
	now.hold("unreachable", loose)
	for _, id := range []string{"pushed", "moved", "both"} {
		now.records[id].Record.Refs = "other refs"
	}
	for _, id := range []string{"rules", "both", "unreachable"} {
		now.records[id].Record.Tool.Rules = "django/2"
	}
	now.records["emptied"].Record.Commits, now.records["emptied"].Record.Refs = 0, ""
	now.records["broken"].Record = fleet.Record{ID: "broken", State: fleet.Failed, Reason: "no such file or directory", Tool: now.records["still"].Record.Tool}
	now.records["degraded"].Record.State, now.records["degraded"].Record.Unread = fleet.Incomplete, []fleet.Unread{{Reason: "x", Count: 1}}
	now.records["accepted"].Record.Accepted = []scanner.Fingerprint{key(8, 0).Fingerprint}
	f := gather(t, now.list, old, now.store())

	got := map[string]bool{}
	for _, d := range f.since.Changes {
		got[string(d.Change)+" "+d.ID] = true
	}
	want := []string{
		"new pushed", "new both", "new unreachable", "reopened reopened", "first-read mended", "first-read added", "new-by-rules rules",
		"unknown emptied", "unknown broken", "unknown degraded", "unlisted unlisted", "gone moved", "gone-by-rules rules", "accepted accepted",
	}
	for _, w := range want {
		if !got[w] {
			t.Errorf("it does not say %q", w)
		}
	}
	if len(got) != len(want) || f.since.Counts[Still] != 2 {
		t.Errorf("got %v, still %d", got, f.since.Counts[Still])
	}
	var turns []string
	for _, x := range f.since.Repositories {
		turns = append(turns, fmt.Sprint(x.ID, " ", x.Was, ">", x.State, x.Emptied))
	}
	if want := []string{"added >readfalse", "broken read>failedfalse", "degraded read>incompletefalse", "emptied read>readtrue", "mended failed>readfalse", "unlisted read>false"}; !slices.Equal(turns, want) {
		t.Errorf("got %q", turns)
	}
	for _, format := range Formats() {
		if text := written(t, format, f); format != "csv" && !strings.Contains(text, "emptied") {
			t.Errorf("%s says nothing of the repository that became empty", format)
		}
	}
	if text := written(t, "markdown", gather(t, now.list, now.old(), now.store())); !strings.Contains(text, "As before: 9") || strings.Contains(text, "| change |") {
		t.Errorf("of two equal reports:\n%s", text)
	}
}

func TestARepositorySaysWhyItWasNotRead(t *testing.T) {
	two := []fleet.Unread{{Reason: "blob not in this repository", Count: 1200}, {Reason: "refs: permission denied", Count: 1}}
	for _, c := range []struct {
		r    Repository
		want string
	}{
		{Repository{State: fleet.Missing}, unwritten},
		{Repository{State: fleet.Failed, Reason: "killed"}, "killed"},
		{Repository{State: fleet.Incomplete, Unread: two[1:]}, "refs: permission denied"},
		{Repository{State: fleet.Incomplete, Unread: two}, "1,200 × blob not in this repository and 1 other reason"},
	} {
		if got := unreadWords(&c.r); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestMarkdownCountsTheChangesThatItLeavesOut(t *testing.T) {
	w := newWorld(t, "a/1")
	old := w.old()
	for n := range mostRows + 2 {
		w.hold("a/1", key(n+1, scanner.High))
	}
	w.records["a/1"].Record.Refs = "other refs"
	if text := written(t, "markdown", gather(t, w.list, old, w.store())); !strings.Contains(text, "2 more changes are there and not shown") {
		t.Error(text[len(text)-600:])
	}
}

func TestOwnersHaveNewAndGoneKeysOnlyOfAComparison(t *testing.T) {
	w := newWorld(t, "a/1", "b/2")
	for format, columns := range map[string]string{"markdown": "| new | gone |", "html": ">New</th><th scope=\"col\">Gone</th>"} {
		for _, old := range []*Old{nil, w.old()} {
			if text := written(t, format, gather(t, w.list, old, w.store())); strings.Contains(text, columns) != (old != nil) {
				t.Errorf("%s, compared %v:\n%s", format, old != nil, text)
			}
		}
	}
}

func TestADifferentListIsRefused(t *testing.T) {
	w := newWorld(t, "a", "b", "c")
	longer := append(slices.Clone(w.list), fleet.Entry{ID: "d", Path: "p", Bytes: 9})
	// All of one other list: what is not in it is missing.
	if f := gather(t, longer, nil, w.store()); f.Totals.Missing != 1 || f.Totals.Read != 3 {
		t.Errorf("%+v", f.Totals)
	}
	w.records["b"].List = longer.Digest()
	_, err := Gather(w.list, []*fleet.Store{w.store()}, nil, Options{})
	var refused *RefusedError
	if !errors.As(err, &refused) || !strings.Contains(err.Error(), "1 repository was") || refused.Hint() == "" {
		t.Errorf("%v", err)
	}
}

func TestWhatWasNotLookedAtForLongIsNotRead(t *testing.T) {
	w := newWorld(t, "fresh", "kept", "old", "failed", "ahead", "skewed", "wrong").hold("old", key(1, scanner.High))
	now := time.Date(2026, 5, 9, 12, 0, 0, 0, time.UTC)
	for _, r := range w.records {
		r.Finished = now.Add(-time.Hour)
	}
	w.records["kept"].Finished, w.records["kept"].Checked = now.AddDate(-1, 0, 0), now.Add(-30*time.Hour)
	w.records["old"].Finished = now.AddDate(0, 0, -8)
	w.records["ahead"].Finished = now.AddDate(1, 0, 0)
	w.records["skewed"].Finished, w.records["wrong"].Finished = now.Add(59*time.Minute), now.Add(61*time.Minute)
	w.records["failed"].Finished = now.AddDate(-1, 0, 0)
	w.records["failed"].Record = fleet.Record{ID: "failed", State: fleet.Failed, Reason: "killed", Tool: w.records["old"].Record.Tool}
	for age, want := range map[time.Duration]string{
		0:              "ahead:read failed:failed fresh:read kept:read old:read skewed:read wrong:read",
		36 * time.Hour: "ahead:incomplete failed:failed fresh:read kept:read old:incomplete skewed:read wrong:incomplete",
		24 * time.Hour: "ahead:incomplete failed:failed fresh:read kept:incomplete old:incomplete skewed:read wrong:incomplete",
	} {
		f, err := Gather(w.list, []*fleet.Store{w.store()}, nil, Options{FailOn: scanner.High, MaxAge: age, Now: now})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range f.repositories {
			got = append(got, r.ID+":"+string(r.State))
		}
		if slices.Sort(got); strings.Join(got, " ") != want {
			t.Errorf("%s: %v", age, got)
		}
		// Its keys are told: nobody has said that they are gone.
		if f.Totals.Keys != 1 || f.Verdict != scanner.KeysFound {
			t.Errorf("%s: %+v", age, f.Totals)
		}
		if text := written(t, "markdown", f); age > 0 && (!strings.Contains(text, "not looked at since 2026-05-01") || !strings.Contains(text, "2027-05-09, which is in the future")) {
			t.Errorf("%s:\n%s", age, text)
		}
	}
}

func TestTheListIsPricedByTheNewestRecords(t *testing.T) {
	w := newWorld(t, "a", "b", "c")
	w.list[1].Cost = 70 // of an earlier run
	for id, cost := range map[string]int64{"a": 5, "b": 0, "c": 9} {
		w.records[id].List, w.records[id].Cost = w.list.Digest(), cost
	}
	early := w.store("c")
	w.records["c"].Finished, w.records["c"].Cost = time.Unix(2, 0).UTC(), 11
	f := gather(t, w.list, nil, w.store(), early)
	var got []int64
	for _, e := range f.Priced() {
		got = append(got, e.Cost)
	}
	if !slices.Equal(got, []int64{5, 70, 11}) || w.list[0].Cost != 0 {
		t.Errorf("%v, and the list itself is %v", got, w.list)
	}
}

func TestARecordThatCannotBeUsedIsAFailedOne(t *testing.T) {
	w := newWorld(t, "a", "b").hold("a", key(1, scanner.High))
	s := w.store()
	file := filepath.Join(s.Dir("a"), fleet.StateFile)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for text, reason := range map[string]string{
		string(whole[:len(whole)-9]):                                                    "its record cannot be used: not JSON, or cut off",
		strings.Replace(string(whole), `"schema":1`, `"schema":9`, 1):                   "its record cannot be used: schema 9: written by a newer version of djleaks",
		strings.Replace(string(whole), `"name":"djleaks"`, `"name":"gitleaks"`, 1):      `its record cannot be used: the report of another program, "gitleaks"`,
		`{"schema":1,"tool":{"name":"djleaks"},"verdict":"clean","keys":[],"list":"x"}`: `its record cannot be used: the report of another program, ""`,
		`[{"RuleID":"django","Secret":"x"}]`:                                            "its record cannot be used: not JSON, or cut off",
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		f := gather(t, w.list, nil, s)
		if r := f.byState()[0]; r.ID != "a" || r.State != fleet.Failed || r.Reason != reason {
			t.Errorf("%s: %+v", reason, r)
		}
		if again := gather(t, w.list, nil, s, w.store("a")); again.Totals.Read != 2 {
			t.Errorf("%s: a good record of another store does not count", reason)
		}
	}
	shown := strings.Replace(string(whole), key(1, 0).Masked, testkit.Key(1), 1)
	if shown == string(whole) {
		t.Fatal("the mask is not in the file")
	}
	if err := os.WriteFile(file, []byte(shown), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Gather(w.list, []*fleet.Store{s}, nil, Options{})
	var refused *RefusedError
	if !errors.As(err, &refused) || strings.Contains(err.Error(), testkit.Key(1)[4:]) {
		t.Error("a key in clear was taken, or told")
	}
}

// TestHostileNamesCannotCommandASpreadsheetOrAPage: what a repository or a list calls things is shown, and does
// nothing.
func TestHostileNamesCannotCommandASpreadsheetOrAPage(t *testing.T) {
	names := []string{"=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "</script><script>alert(1)</script>", "a|b`c", "x\x1b]0;t\a", "::set-output name=x::", "## y", "[a](http://b)", "<img src=x onerror=alert(1)>"}
	w := newWorld(t, names...)
	for i, name := range names {
		k := key(1+i, scanner.High)
		k.Path = name
		w.hold(name, k)
		w.list[i].Owner = name
	}
	w.records[names[0]].Record.State, w.records[names[0]].Record.Unread = fleet.Incomplete, []fleet.Unread{{Reason: names[4], Count: 1}}
	f := gather(t, w.list, nil, w.store())
	for _, format := range Formats() {
		text := written(t, format, f)
		for _, never := range []string{"\x1b", "\a", "<script", "<img"} {
			if strings.Contains(text, never) && (format == "html" || strings.HasPrefix(never, "\x1b") || never == "\a") {
				t.Errorf("%s has %q", format, never)
			}
		}
	}
	rows, err := csv.NewReader(strings.NewReader(written(t, "csv", f))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1+2*len(names) {
		t.Errorf("%d rows", len(rows))
	}
	for _, row := range rows {
		for _, cell := range row {
			if strings.ContainsAny(cell[:min(1, len(cell))], "=+-@\t\r") {
				t.Errorf("a spreadsheet takes %q for a formula", cell)
			}
		}
	}
	for line := range strings.Lines(written(t, "markdown", f)) {
		if strings.HasPrefix(line, "::") || strings.Contains(line, "|") && strings.Contains(line, "script>") && !strings.Contains(line, "`</script>") {
			t.Errorf("a name is syntax: %q", line)
		}
	}
	if _, err := ReadOld(strings.NewReader(written(t, "json", f))); err != nil {
		t.Errorf("the JSON cannot be read again: %v", err)
	}
}

func TestReadOldTakesOnlyMergedReports(t *testing.T) {
	w := newWorld(t, "a").hold("a", key(1, scanner.High))
	text := written(t, "json", gather(t, w.list, nil, w.store()))
	for name, bad := range map[string]string{
		"empty": "", "cut off": text[:len(text)/2], "a newer schema": strings.Replace(text, `"schema": 1`, `"schema": 2`, 1),
		"an audit": `{"schema":1,"verdict":"clean","keys":[]}`, "a list": "[]", "keys without repositories": `{"schema":1,"kind":"fleet","keys":[{"in":[{"id":"a"}]}]}`,
	} {
		if _, err := ReadOld(strings.NewReader(bad)); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestTheLastLineOfJSONLinesSaysThatTheFileIsWhole(t *testing.T) {
	w := newWorld(t, "a", "b").hold("a", key(1, scanner.High))
	lines := strings.Split(strings.TrimSpace(written(t, "jsonl", gather(t, w.list, w.old(), w.store()))), "\n")
	var kinds []string
	for _, line := range lines {
		var record struct{ Type string }
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, record.Type)
	}
	if got := strings.Join(kinds, " "); got != "repository repository key owner owner fleet" {
		t.Error(got)
	}
}

func TestTheReasonsForWhatWasNotReadAreCounted(t *testing.T) {
	w := newWorld(t, "a", "b", "c", "d", "e", "f", "g")
	for i, reason := range []string{"lost", "lost", "lost", "r1", "r2"} {
		r := &w.records[w.list[i].ID].Record
		r.State, r.Unread = fleet.Incomplete, []fleet.Unread{{Reason: reason, Count: int64(i + 1)}}
	}
	w.records["f"].Record.State, w.records["f"].Record.Reason = fleet.Failed, "r3"
	f := gather(t, w.list, nil, w.store("a", "b", "c", "d", "e", "f"))
	const want = "Why: 3 × lost; 1 × no worker has written a record of it; 1 × r1; 1 × r2; 1 other reason."
	if got := causeWords(f); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, format := range []string{"markdown", "html"} {
		var out bytes.Buffer
		if err := Write(&out, format, f); err != nil || !strings.Contains(out.String(), "3 × lost") {
			t.Errorf("%s: %v, %s", format, err, out.String())
		}
	}
	w = newWorld(t, "a", "b")
	if got := causeWords(gather(t, w.list, nil, w.store("a"))); got != "" {
		t.Errorf("one repository that was not read: %q", got)
	}
}
