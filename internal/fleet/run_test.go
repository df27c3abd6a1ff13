package fleet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/djleaks/djleaks/scanner"
)

// made is an Auditor of made-up repositories: what is written for an id happens.
type made struct {
	inputs  map[string]string // digests; an id without one cannot be opened
	outcome map[string]func(context.Context) Outcome
	audits  []string
	mutex   sync.Mutex
}

func (m *made) Inputs(e Entry) (Inputs, error) {
	digest, ok := m.inputs[e.ID]
	if !ok {
		return Inputs{}, errors.New("no such file or directory")
	}
	return Inputs{Digest: digest, Refs: "refs", Settings: "settings"}, nil
}

func (m *made) Audit(ctx context.Context, e Entry, _ Inputs, out *os.File) Outcome {
	m.mutex.Lock()
	m.audits = append(m.audits, e.ID)
	m.mutex.Unlock()
	if f := m.outcome[e.ID]; f != nil {
		return f(ctx)
	}
	fmt.Fprintf(out, "report of %s at %s\n", e.ID, m.inputs[e.ID])
	return Outcome{Report: reportOf(e.ID)}
}

func reportOf(id string, skips ...scanner.Skip) *scanner.Report {
	r := &scanner.Report{Tool: scanner.Tool{Name: "djleaks"}, Scope: scanner.Scope{ID: id}, Coverage: scanner.Coverage{Skipped: skips}}
	r.Conclude()
	return r
}

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func newRun(t *testing.T, m *made) *Run {
	return &Run{Store: newStore(t), Auditor: m, List: "list", Timeout: time.Hour, Now: func() time.Time { return noon }, Note: func(Entry, State, string) {}}
}

func share(t *testing.T, r *Run, ids ...string) Tally {
	t.Helper()
	tally, err := r.Share(context.Background(), entriesOf(ids...))
	if err != nil {
		t.Fatal(err)
	}
	return tally
}

func entriesOf(ids ...string) (out []Entry) {
	for _, id := range ids {
		out = append(out, Entry{ID: id, Path: "p"})
	}
	return out
}

func TestASecondRunReadsNothing(t *testing.T) {
	m := &made{inputs: map[string]string{"a": "1", "b": "1", "shallow": "1", "bad-config": "1"}, outcome: map[string]func(context.Context) Outcome{
		"shallow": func(context.Context) Outcome {
			return Outcome{Report: reportOf("shallow", scanner.Skip{Reason: "cut off"})}
		},
		"bad-config": func(context.Context) Outcome { return Outcome{Reason: "not TOML"} },
	}}
	r := newRun(t, m)
	if got, want := share(t, r, "a", "b", "shallow", "bad-config"), (Tally{Audited: 4, Incomplete: 1, Failed: 1}); got != want {
		t.Errorf("the first run: %+v", got)
	}
	if got, want := share(t, r, "a", "b", "shallow", "bad-config"), (Tally{Unchanged: 4, Incomplete: 1, Failed: 1}); got != want {
		t.Errorf("the second run: %+v", got)
	}
	m.inputs["b"] = "2"
	if got, want := share(t, r, "a", "b"), (Tally{Audited: 1, Unchanged: 1}); got != want {
		t.Errorf("after a change of b: %+v", got)
	}
	// The report is a part of the state.
	if err := os.Remove(filepath.Join(r.Store.Dir("a"), ReportFile)); err != nil {
		t.Fatal(err)
	}
	if got, want := share(t, r, "a"), (Tally{Audited: 1}); got != want {
		t.Errorf("without its report: %+v", got)
	}
	// Half a state file counts as no file.
	if err := os.WriteFile(filepath.Join(r.Store.Dir("a"), StateFile), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, want := share(t, r, "a"), (Tally{Audited: 1}); got != want {
		t.Errorf("with half a state: %+v", got)
	}
}

func TestWhatCanEndOtherwiseIsTriedAgain(t *testing.T) {
	killed := Outcome{Reason: "the audit was killed", Retry: true}
	m := &made{inputs: map[string]string{"a": "1", "b": "1"}, outcome: map[string]func(context.Context) Outcome{"a": func(context.Context) Outcome { return killed }}}
	r := newRun(t, m)
	if got, want := share(t, r, "a", "gone", "b"), (Tally{Audited: 2, Failed: 2}); got != want {
		t.Errorf("the share did not go on: %+v", got)
	}
	last, err := r.Store.Result("gone")
	if err != nil || last.Record.State != Failed || last.Record.Reason != "no such file or directory" {
		t.Errorf("a path that is not there: %+v, %v", last, err)
	}
	delete(m.outcome, "a")
	m.inputs["gone"] = "1"
	if got, want := share(t, r, "a", "gone", "b"), (Tally{Audited: 2, Unchanged: 1}); got != want {
		t.Errorf("the second run: %+v", got)
	}
	// A repository that fails now has no report of then.
	m.inputs["a"], m.outcome["a"] = "2", func(context.Context) Outcome { return killed }
	share(t, r, "a")
	if _, err := os.Stat(filepath.Join(r.Store.Dir("a"), ReportFile)); err == nil {
		t.Error("the report of an earlier run was not removed")
	}
}

func TestWhatIsOfTheMachineIsTriedAgain(t *testing.T) {
	outcomes := map[string]func(context.Context) Outcome{}
	for id, reason := range map[string]string{
		"acl": "objects/pack: open objects/pack/pack-1.pack: permission denied", "disk": "read objects/ab/cd: input/output error", "nfs": "refs: stale NFS file handle",
		"shallow": "history before this commit is not here",
	} {
		outcomes[id] = func(context.Context) Outcome { return Outcome{Report: reportOf(id, scanner.Skip{Reason: reason})} }
	}
	outcomes["closed"] = func(context.Context) Outcome {
		return Outcome{Reason: "the repository's configuration cannot be read: permission denied"}
	}
	m := &made{inputs: map[string]string{"acl": "1", "disk": "1", "nfs": "1", "shallow": "1", "closed": "1"}, outcome: outcomes}
	r := newRun(t, m)
	share(t, r, "acl", "disk", "nfs", "shallow", "closed")
	if got, want := share(t, r, "acl", "disk", "nfs", "shallow", "closed"), (Tally{Audited: 4, Unchanged: 1, Incomplete: 4, Failed: 1}); got != want {
		t.Errorf("the second run: %+v", got)
	}
}

func TestAReportExpiresWithWhatAcceptsAKey(t *testing.T) {
	m := &made{inputs: map[string]string{"a": "1"}, outcome: map[string]func(context.Context) Outcome{
		"a": func(context.Context) Outcome { return Outcome{Report: reportOf("a"), Until: "2026-05-02"} },
	}}
	r := newRun(t, m)
	share(t, r, "a")
	if err := os.WriteFile(filepath.Join(r.Store.Dir("a"), ReportFile), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := share(t, r, "a"); got.Unchanged != 1 {
		t.Errorf("on the same day: %+v", got)
	}
	r.Now = func() time.Time { return noon.AddDate(0, 0, 1) }
	if got := share(t, r, "a"); got.Audited != 1 {
		t.Errorf("on the day on which the entry expires: %+v", got)
	}
}

func TestATimeOutIsOneFailedRecord(t *testing.T) {
	m := &made{inputs: map[string]string{"slow": "1", "b": "1"}, outcome: map[string]func(context.Context) Outcome{
		"slow": func(ctx context.Context) Outcome {
			<-ctx.Done()
			return Outcome{Reason: "the audit was killed", Retry: true}
		},
	}}
	r := newRun(t, m)
	r.Timeout = time.Millisecond
	if got, want := share(t, r, "slow", "b"), (Tally{Audited: 2, Failed: 1}); got != want {
		t.Errorf("%+v", got)
	}
	if last, err := r.Store.Result("slow"); err != nil || last.Record.Reason != "not done within 1ms" {
		t.Errorf("%+v, %v", last, err)
	}
}

func TestAnInterruptedRunLeavesWhatIsDone(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	m := &made{inputs: map[string]string{"a": "1", "b": "1", "c": "1"}, outcome: map[string]func(context.Context) Outcome{
		"b": func(context.Context) Outcome { cancel(); return Outcome{Report: reportOf("b")} },
	}}
	r := newRun(t, m)
	got, err := r.Share(ctx, entriesOf("a", "b", "c"))
	if want := (Tally{Audited: 1, Left: 2}); got != want || !errors.Is(err, context.Canceled) {
		t.Errorf("%+v, %v", got, err)
	}
	for id, want := range map[string]bool{"a": true, "b": false, "c": false} {
		if _, err := r.Store.Result(id); (err == nil) != want {
			t.Errorf("%s has a record: %v", id, err == nil)
		}
		entries, _ := os.ReadDir(r.Store.Dir(id))
		if want := map[bool]int{true: 2, false: 0}[want]; len(entries) != want {
			t.Errorf("%s: %v", id, entries)
		}
	}
}

func TestAnotherListIsNoted(t *testing.T) {
	m := &made{inputs: map[string]string{"a": "1"}}
	r := newRun(t, m)
	share(t, r, "a")
	r.List = "longer"
	if got := share(t, r, "a"); got.Unchanged != 1 {
		t.Errorf("%+v", got)
	}
	if last, err := r.Store.Result("a"); err != nil || last.List != "longer" {
		t.Errorf("%+v, %v", last, err)
	}
}

func TestAStoreSaysWhatAnAuditCostAndWhenItWasLookedAt(t *testing.T) {
	m := &made{inputs: map[string]string{"a": "1", "b": "1"}, outcome: map[string]func(context.Context) Outcome{
		"a": func(context.Context) Outcome { return Outcome{Report: reportOf("a"), Cost: 1500 * time.Microsecond} },
		"b": func(context.Context) Outcome { return Outcome{Reason: "killed", Cost: 3 * time.Second} },
	}}
	r := newRun(t, m)
	says := func(id string, cost int64, checked time.Time) {
		t.Helper()
		if last, err := r.Store.Result(id); err != nil || last.Cost != cost || !last.Looked().Equal(checked) || !last.Finished.Equal(noon) {
			t.Errorf("%s: %+v, %v", id, last, err)
		}
	}
	r.Now = func() time.Time { return noon }
	share(t, r, "a", "b")
	says("a", 2, noon)
	says("b", 3000, noon)
	r.Now = func() time.Time { return noon.Add(checkedWithin - 1) }
	share(t, r, "a", "b")
	says("a", 2, noon) // the first worker has just said so
	later := noon.Add(26 * time.Hour)
	r.Now = func() time.Time { return later }
	if got := share(t, r, "a", "b"); got.Unchanged != 2 {
		t.Errorf("%+v", got)
	}
	says("a", 2, later)
}

// A container is often killed as a whole, the worker with its child: what it was
// reading must not keep the rest of the share from being read, and has a record.
func TestWhatAWorkerWasKilledAtComesLast(t *testing.T) {
	m := &made{inputs: map[string]string{"giant": "1", "a": "1", "b": "1"}}
	r := newRun(t, m)
	said := ""
	m.outcome = map[string]func(context.Context) Outcome{"giant": func(context.Context) Outcome {
		if last, err := r.Store.Result("giant"); err == nil {
			said = last.Record.Reason
		}
		return Outcome{Report: reportOf("giant")}
	}}
	draft, err := r.Store.draft("giant")
	if err != nil {
		t.Fatal(err)
	}
	draft.File.Close() // and nobody discards it
	if got, want := share(t, r, "giant", "a", "b"), (Tally{Audited: 3}); got != want {
		t.Errorf("%+v", got)
	}
	if want := []string{"a", "b", "giant"}; !slices.Equal(m.audits, want) {
		t.Errorf("the order was %v", m.audits)
	}
	if !strings.HasPrefix(said, "the worker was killed while it read this") {
		t.Errorf("a second kill would have left %q", said)
	}
	if last, err := r.Store.Result("giant"); err != nil || last.Record.State != Read {
		t.Errorf("%+v, %v", last, err)
	}
	if got, want := share(t, r, "giant", "a", "b"), (Tally{Unchanged: 3}); got != want {
		t.Errorf("the second run: %+v", got)
	}
}

func TestAFullDiskEndsTheRun(t *testing.T) {
	m := &made{inputs: map[string]string{"a": "1", "b": "1"}}
	r := newRun(t, m)
	// A file is where the folder of the first repository has to be.
	if err := os.MkdirAll(filepath.Dir(r.Store.Dir("a")), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(r.Store.Dir("a"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := r.Share(context.Background(), entriesOf("a", "b"))
	if err == nil || got.Left != 2 || len(m.audits) != 0 {
		t.Errorf("%+v, %v, %v", got, err, m.audits)
	}
}

func TestTwoWorkersOnOneShareLeaveOneResult(t *testing.T) {
	ids := make([]string, 40)
	m := &made{inputs: map[string]string{}}
	for i := range ids {
		ids[i] = fmt.Sprintf("r%d", i)
		m.inputs[ids[i]] = "1"
	}
	r := newRun(t, m)
	var group sync.WaitGroup
	for range 3 {
		group.Add(1)
		go func() {
			defer group.Done()
			if _, err := r.Share(context.Background(), entriesOf(ids...)); err != nil {
				t.Error(err)
			}
		}()
	}
	group.Wait()
	for _, id := range ids {
		f, err := os.Open(filepath.Join(r.Store.Dir(id), ReportFile))
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(f)
		f.Close()
		if want := "report of " + id + " at 1\n"; string(text) != want {
			t.Errorf("%s: %q", id, text)
		}
		if entries, _ := os.ReadDir(r.Store.Dir(id)); len(entries) != 2 {
			t.Errorf("%s: %v", id, entries)
		}
	}
}
