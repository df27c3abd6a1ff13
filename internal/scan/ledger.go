package scan

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/policy"
	"github.com/djleaks/djleaks/internal/worktree"
	"github.com/djleaks/djleaks/scanner"
)

// Ledger is the file into which accepted keys are written, as it was read.
type Ledger struct {
	policy.Ledger
	tree *worktree.Tree
	path string // below the tree
	old  []byte
}

// mendLedger is what to do about a file that cannot be changed as it is.
const mendLedger = "mend the file by hand, or name another one: --baseline FILE"

// OpenLedger reads the file that accepts keys: the baseline or the configuration
// that an option names, or the configuration at root. Without any it is a new
// .djleaks.toml there.
func (s *Scan) OpenLedger(root string) (*Ledger, error) {
	switch {
	case s.Named.Baseline != "":
		return openLedger(s.Named.Baseline, s.Named.Baseline, true)
	case s.Named.Config != "":
		return openLedger(s.Named.Config, s.Named.Config, false)
	}
	p, err := policy.Load(Folder(root).Root)
	if err != nil {
		return nil, Mistake{err, mendLedger}
	}
	name := p.File
	if name == "" {
		name = policy.OwnFile
	}
	return openLedger(filepath.Join(root, name), name, false)
}

func openLedger(file, name string, baseline bool) (*Ledger, error) {
	l := &Ledger{Ledger: policy.Ledger{Name: name, Baseline: baseline}, tree: worktree.At(filepath.Dir(file)), path: filepath.Base(file)}
	var err error
	l.old, err = l.tree.Read(l.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return l, nil
	case err != nil:
		return nil, Mistake{fmt.Errorf("%s: %w", name, err), mendLedger}
	}
	if l.old == nil {
		l.old = []byte{}
	}
	l.Text = l.old
	if _, err := l.Entries(); err != nil {
		return nil, Mistake{err, mendLedger}
	}
	return l, nil
}

// Accept writes an entry. Fields that are not set are kept of the entry for the
// same key and path, if there is one. It returns the entry as it is written. An
// entry that accepts nothing at the time now is a Mistake.
func (l *Ledger) Accept(e policy.Entry, now time.Time) (policy.Entry, error) {
	entries, err := l.Entries()
	if err != nil {
		return e, Mistake{err, mendLedger}
	}
	for _, o := range entries {
		if o.Fingerprint == e.Fingerprint && o.Path == e.Path {
			e = e.Over(o)
		}
	}
	if e.Reason == "" && !e.Rotated.IsZero() {
		e.Reason = "rotated on " + e.Rotated.Format(time.DateOnly)
	}
	if err := e.Check(); err != nil && e.Reason == "" {
		return e, Mistake{err, "djleaks accept " + string(e.Fingerprint) + ` --reason "…"`}
	} else if err != nil {
		return e, Mistake{err, "djleaks accept --help"}
	}
	if err := checkDays(&e, now); err != nil {
		return e, err
	}
	if holdsKey(e.Reason, e.Fingerprint) {
		return e, Mistake{errors.New("the reason holds the key itself, and a reason is shown in every report"), "say why it may stay, without it"}
	}
	if err := l.Put(e); err != nil {
		return e, Mistake{err, mendLedger}
	}
	return e, l.write()
}

// checkDays refuses an entry that has expired, and a key that is replaced later.
func checkDays(e *policy.Entry, now time.Time) error {
	today := now.UTC().Format(time.DateOnly)
	switch {
	case e.Expired(now):
		return Mistake{fmt.Errorf("until %s is not after today, %s (UTC), so the key would not be accepted", e.Expires.Format(time.DateOnly), today), "name a later day: --until " + now.UTC().AddDate(0, 3, 0).Format(time.DateOnly)}
	case e.Rotated.After(now.AddDate(0, 0, 1)): // it may be tomorrow already east of here
		return Mistake{fmt.Errorf("rotated on %s is after today, %s (UTC), and until then the key is in use", e.Rotated.Format(time.DateOnly), today), "run this again when the key is replaced; djleaks key new makes its successor"}
	}
	return nil
}

// holdsKey reports whether a word of a text is the key of this fingerprint.
func holdsKey(text string, f scanner.Fingerprint) bool {
	for _, word := range strings.Fields(text) {
		for _, w := range []string{word, strings.Trim(word, `"'.,;:()[]`)} {
			if scanner.NewSecret(w).Fingerprint() == f {
				return true
			}
		}
	}
	return false
}

// Prune takes out what accepts nothing: entries that have expired, and those
// whose key is in no object of the repository, or in no place that they cover.
// Without a complete audit only the first are known.
func (s *Scan) Prune(ctx context.Context, repo *gitstore.Repository, l *Ledger) (removed []policy.Entry, complete bool, err error) {
	found, err := s.everything(ctx, repo)
	if err != nil {
		return nil, false, err
	}
	now := time.Now()
	removed, err = l.Remove(func(e *policy.Entry) bool {
		return e.Expired(now) || found.Coverage.Complete && !e.CoversAny(found.Keys)
	})
	if err != nil {
		return nil, false, Mistake{err, mendLedger}
	}
	if len(removed) > 0 {
		err = l.write()
	}
	return removed, found.Coverage.Complete, err
}

// everything audits a repository as if nothing were accepted or left out.
func (s *Scan) everything(ctx context.Context, repo *gitstore.Repository) (*scanner.Report, error) {
	settings, err := ReadSettings(WorkTree(repo), Named{Config: s.Named.Config})
	if err != nil {
		return nil, err
	}
	settings.Policy = &policy.Policy{Names: settings.Policy.Names}
	all := *s
	all.Strict = true
	r, err := all.audit(ctx, repo, settings, "", nil)
	if err != nil {
		return nil, err
	}
	r.Keys = append(r.Keys, r.Accepted...) // those that a comment accepts
	return r, nil
}

func (l *Ledger) write() error {
	return l.tree.Write([]worktree.Change{{Path: l.path, Old: l.old, New: l.Text}})
}
