package fleet

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// Inputs say what the report of a repository depends on.
type Inputs struct {
	Digest   string // changes with anything that could change the report; of one machine
	Refs     string // digest of the refs; equal on every machine
	Settings string // digest of what the command line adds to the rules; equal on every machine
	Bytes    int64  // size of the packs
}

// Outcome is how an audit ended: with a report, or with a reason.
type Outcome struct {
	Report *scanner.Report
	Reason string        // of no report: lower case, no full stop, equal on every machine
	Retry  bool          // of no report: a further attempt can end otherwise
	Until  string        // the day on which the report is out of date, or ""
	Cost   time.Duration // processor time, of an audit without a report too
}

// cost is the time in milliseconds, 1 at least of what was done.
func (o Outcome) cost() int64 { return (o.Cost + time.Millisecond - 1).Milliseconds() }

// Auditor is what the loop is told of repositories.
type Auditor interface {
	// Inputs looks at a repository, and reads no object. The error is why there is
	// nothing to look at.
	Inputs(Entry) (Inputs, error)
	// Audit reads a repository and writes the report into a file. It returns early
	// if the context ends, and leaves no process.
	Audit(ctx context.Context, e Entry, in Inputs, out *os.File) Outcome
}

// Run is one worker's share.
type Run struct {
	Store   *Store
	Auditor Auditor
	List    string        // digest of the list
	Timeout time.Duration // of one audit
	Now     func() time.Time
	// Note is told what becomes of each repository that is not as it was.
	Note func(e Entry, s State, text string)
}

// Tally counts what became of the repositories of a share.
type Tally struct {
	Audited    int // audits that were started
	Unchanged  int // repositories whose last report still holds
	Incomplete int
	Failed     int
	Left       int // not begun, because the run was interrupted
}

func (t Tally) String() string {
	text := fmt.Sprintf("%s audited, %s unchanged, %s incomplete, %s failed",
		say.Thousands(t.Audited), say.Thousands(t.Unchanged), say.Thousands(t.Incomplete), say.Thousands(t.Failed))
	if t.Left > 0 {
		text += fmt.Sprintf(", %s not begun", say.Thousands(t.Left))
	}
	return text
}

// Share audits the repositories of a share that have changed, one after the
// other; last those at which an earlier attempt was cut off, so that a repository
// that gets its worker killed does not keep the others from being read. What is
// wrong with a repository becomes its record; the error is one of the store, or
// the context's.
func (r *Run) Share(ctx context.Context, entries []Entry) (t Tally, err error) {
	entries = r.Store.cutOffLast(entries)
	for i, e := range entries {
		if ctx.Err() == nil {
			err = r.one(ctx, e, &t)
		}
		if ctx.Err() != nil || err != nil {
			t.Left = len(entries) - i
			return t, errors.Join(ctx.Err(), err)
		}
	}
	return t, nil
}

// one brings the record of one repository up to date.
func (r *Run) one(ctx context.Context, e Entry, t *Tally) error {
	last, err := r.Store.Result(e.ID)
	if err != nil {
		last = nil // what cannot be read is made again
	}
	in, err := r.Auditor.Inputs(e)
	if err != nil {
		t.Failed++
		return r.failed(e, last, Outcome{Reason: err.Error(), Retry: true}, Inputs{})
	}
	if r.holds(last, in) {
		t.Unchanged++
		t.count(last.Record.State)
		return r.keep(last)
	}
	if r.Store.begun(e.ID) {
		// If that happens again, here is what there is to say.
		if err := r.fail(e, last, Outcome{Reason: "the worker was killed while it read this, for want of memory or by somebody", Retry: true}, in); err != nil {
			return err
		}
	}
	r.Store.sweep(e.ID, r.Now().Add(-r.Timeout-time.Hour))
	draft, err := r.Store.draft(e.ID)
	if err != nil {
		return err
	}
	defer draft.Discard()
	limited, cancel := context.WithTimeout(ctx, r.Timeout)
	defer cancel()
	t.Audited++
	out := r.Auditor.Audit(limited, e, in, draft.File)
	switch {
	case ctx.Err() != nil:
		t.Audited--
		return ctx.Err()
	case limited.Err() != nil && out.Report == nil:
		out = Outcome{Reason: "not done within " + r.Timeout.String(), Retry: true, Cost: out.Cost}
	}
	if out.Report == nil {
		t.Failed++
		return r.failed(e, last, out, in)
	}
	if err := draft.commit(ReportFile); err != nil {
		return err
	}
	record := recordOf(out.Report, in.Settings, in.Refs)
	t.count(record.State)
	text := say.Counted(len(record.Keys), "key", "keys")
	if len(record.Unread) > 0 {
		text += "; not read: " + record.Unread[0].Reason
	}
	r.Note(e, record.State, text)
	return r.Store.Write(&Result{List: r.List, Inputs: in.Digest, Until: out.Until, Retry: slices.ContainsFunc(record.Unread, func(u Unread) bool { return passes(u.Reason) }),
		Finished: r.Now().UTC(), Cost: out.cost(), Record: record})
}

// passes reports whether a reason is of the machine and not of the repository: a
// file that this user may not read, a disk or a network that failed. It can be
// another one without any change of what the report depends on.
func passes(reason string) bool {
	return slices.ContainsFunc([]string{
		"permission denied", "operation not permitted", "input/output error", "stale", "too many open files", "cannot allocate memory",
		"no space left on device", "disk quota exceeded", "timed out", "temporarily unavailable", "not connected", "network is unreachable",
	}, func(cause string) bool { return strings.Contains(reason, cause) })
}

func (t *Tally) count(s State) {
	switch s {
	case Incomplete:
		t.Incomplete++
	case Failed:
		t.Failed++
	}
}

// holds reports whether the last result is still the answer: nothing that it
// depends on has changed, its report is there, and no entry that accepts a key
// has expired.
func (r *Run) holds(last *Result, in Inputs) bool {
	if last == nil || last.Retry || last.Inputs == "" || last.Inputs != in.Digest {
		return false
	}
	if last.Until != "" && r.Now().UTC().Format(time.DateOnly) >= last.Until {
		return false
	}
	if last.Record.State == Failed {
		return true
	}
	_, err := os.Stat(r.Store.Dir(last.Record.ID) + string(os.PathSeparator) + ReportFile)
	return err == nil
}

// checkedWithin is how exactly a store says when a repository was looked at: what
// is started again within the hour writes nothing.
const checkedWithin = time.Hour

// keep notes that a repository was looked at, as a part of this list.
func (r *Run) keep(last *Result) error {
	now := r.Now().UTC()
	if age := now.Sub(last.Checked); last.List == r.List && 0 <= age && age < checkedWithin {
		return nil
	}
	last.List, last.Checked = r.List, now
	return r.Store.Write(last)
}

// failed notes and writes why there is no report.
func (r *Run) failed(e Entry, last *Result, out Outcome, in Inputs) error {
	r.Note(e, Failed, out.Reason)
	return r.fail(e, last, out, in)
}

// fail writes why there is no report. An older one is taken away after that: it
// answers a question of the past.
func (r *Run) fail(e Entry, last *Result, out Outcome, in Inputs) error {
	now := &Result{
		List: r.List, Inputs: in.Digest, Retry: out.Retry || passes(out.Reason), Finished: r.Now().UTC(), Cost: out.cost(),
		Record: Record{ID: e.ID, State: Failed, Reason: out.Reason, Tool: scanner.Tool{Name: "djleaks"}, Settings: in.Settings, Refs: in.Refs, Keys: []Key{}},
	}
	if last != nil && same(last, now) {
		return r.keep(last)
	}
	if err := r.Store.Write(now); err != nil {
		return err
	}
	return r.Store.Remove(e.ID)
}

// same reports whether two results of a failure say the same.
func same(a, b *Result) bool {
	return a.List == b.List && a.Inputs == b.Inputs && a.Retry == b.Retry && a.Record.State == b.Record.State && a.Record.Reason == b.Record.Reason
}

// Reason is the cause of an error about a repository, without where it is on
// this machine.
func Reason(err error) string { return say.Cause(err).Error() }
