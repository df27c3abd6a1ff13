package scan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/policy"
)

// State names all that the report of an audit depends on, but for the day.
type State struct {
	Inputs   string // changes with anything that could change the report; of one machine
	Refs     string // digest of the refs, equal on every machine
	Settings string // digest of what the command line adds to the rules, equal on every machine
	Bytes    int64  // size of the packs
}

// State says what an audit of a repository would depend on. No object is read,
// unless it has a work tree.
func (s *Scan) State(repo *gitstore.Repository) (State, error) {
	snapshot, err := repo.Snapshot()
	if err != nil {
		return State{}, err
	}
	program, err := programSum()
	if err != nil {
		return State{}, err
	}
	from := WorkTree(repo)
	settings := sha256.New()
	for _, name := range []string{s.Named.Config, s.Named.Baseline} {
		if name == "" {
			fmt.Fprintln(settings)
			continue
		}
		text, err := from.Named(name)
		if err != nil {
			return State{}, err
		}
		fmt.Fprintf(settings, "%q\n", text)
	}
	state := State{Refs: snapshot.Refs, Settings: hex.EncodeToString(settings.Sum(nil)[:8]), Bytes: snapshot.PackBytes}
	all := sha256.New()
	fmt.Fprintln(all, program, snapshot.Inputs, state.Settings)
	if repo.WorkTree() != "" {
		for _, name := range []string{policy.OwnFile, policy.Pyproject} {
			text, err := from.Root(name)
			fmt.Fprintf(all, "%q %v\n", text, err != nil)
		}
		files, _ := repo.Listing("HEAD")
		localSettings(repo, trackedBy(files), func(path string, text []byte) { fmt.Fprintf(all, "%q %x\n", path, sha256.Sum256(text)) })
	}
	state.Inputs = hex.EncodeToString(all.Sum(nil)[:16])
	return state, nil
}

// CheckNamed says what is wrong with the files that the command line names, be
// they used or not. The error is a Mistake.
func CheckNamed(named Named) error {
	_, err := ReadSettings(Origin{Root: func(string) ([]byte, error) { return nil, fs.ErrNotExist }, Named: os.ReadFile}, named)
	return err
}

// Until is the day on which the next of the entries that accept a key expires,
// so that a report of now is not one of then: "2027-05-01", or "" if none does.
func (s *Scan) Until(repo *gitstore.Repository, now time.Time) (string, error) {
	settings, err := ReadSettings(WorkTree(repo), s.Named)
	if err != nil {
		return "", err
	}
	var next time.Time
	for _, list := range [][]policy.Entry{settings.Policy.Accept, settings.Baseline} {
		for _, e := range list {
			if e.Expires.After(now) && (next.IsZero() || e.Expires.Before(next)) {
				next = e.Expires
			}
		}
	}
	if next.IsZero() {
		return "", nil
	}
	return next.Format(time.DateOnly), nil
}
