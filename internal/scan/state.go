package scan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
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
	program, err := programID()
	if err != nil {
		return State{}, err
	}
	from := WorkTree(repo)
	settings, err := s.namedDigest(from)
	if err != nil {
		return State{}, err
	}
	state := State{Refs: snapshot.Refs, Settings: settings, Bytes: snapshot.PackBytes}
	all := sha256.New()
	fmt.Fprintln(all, program, snapshot.Inputs, state.Settings)
	if repo.WorkTree() != "" {
		rootDigest(all, from)
		files, _ := repo.Listing("HEAD")
		fmt.Fprintln(all, placesOf(files).digest(repo))
	}
	state.Inputs = hex.EncodeToString(all.Sum(nil)[:16])
	return state, nil
}

// namedDigest is a digest of the files that the command line names.
func (s *Scan) namedDigest(from Origin) (string, error) {
	h := sha256.New()
	for _, name := range []string{s.Named.Config, s.Named.Baseline} {
		if name == "" {
			fmt.Fprintln(h)
			continue
		}
		text, err := from.Named(name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%q\n", text)
	}
	return hex.EncodeToString(h.Sum(nil)[:8]), nil
}

// rootDigest adds the files of the configuration.
func rootDigest(h io.Writer, from Origin) {
	for _, name := range []string{policy.OwnFile, policy.Pyproject} {
		text, err := from.Root(name)
		fmt.Fprintf(h, "%q %v\n", text, err != nil)
	}
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
	return settings.until(now), nil
}

// until is the day on which the next entry expires, or "".
func (s *Settings) until(now time.Time) string {
	var next time.Time
	for _, list := range [][]policy.Entry{s.Policy.Accept, s.Baseline} {
		for _, e := range list {
			if e.Expires.After(now) && (next.IsZero() || e.Expires.Before(next)) {
				next = e.Expires
			}
		}
	}
	if next.IsZero() {
		return ""
	}
	return next.Format(time.DateOnly)
}
