package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/policy"
	"github.com/djleaks/djleaks/internal/report"
	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/internal/scan"
	"github.com/djleaks/djleaks/scanner"
)

func ledgerCommand(p process) *cli.Command {
	return &cli.Command{
		Name:  "ledger",
		Usage: "record which keys may stay, and which have been replaced",
		Subcommands: []*cli.Command{
			{
				Name:        "add",
				Usage:       "accept a key",
				ArgsUsage:   "FINGERPRINT",
				Description: ledgerText,
				Flags:       append(entryFlags(), ledgerFlags()...),
				Action:      func(c *cli.Context) error { return p.ledgerAdd(c) },
			},
			{
				Name:      "list",
				Usage:     "list the keys that are accepted, and where each entry is",
				ArgsUsage: " ",
				Flags: append(ledgerFlags(),
					&cli.StringFlag{Name: "format", Aliases: []string{"f"}, Value: "text", Usage: "`FORMAT` of the list: text, json"}),
				Action: func(c *cli.Context) error { return p.ledgerList(c) },
			},
			{
				Name:      "prune",
				Usage:     "remove the entries that no longer accept anything",
				ArgsUsage: " ",
				Description: "Removes the entries that have expired, and those whose key is in no object of\n" +
					"the repository, or in none of the files that they name.",
				Flags:  ledgerFlags(),
				Action: func(c *cli.Context) error { return p.ledgerPrune(c) },
			},
		},
	}
}

const ledgerText = "Writes an entry into .djleaks.toml, into pyproject.toml if the configuration is\n" +
	"there, or into the baseline that --baseline names. An existing entry for the\n" +
	"same key and path is changed. In CI and on a server an entry counts once it is\n" +
	"merged."

// acceptCommand is short for `ledger add`.
func acceptCommand(p process) *cli.Command {
	return &cli.Command{
		Name:        "accept",
		Usage:       "accept a key (short for ledger add)",
		ArgsUsage:   "FINGERPRINT",
		Description: ledgerText,
		Flags: append(append(entryFlags(), ledgerFlags()...),
			&cli.BoolFlag{Name: "list", Usage: "list the keys that are accepted"},
			&cli.BoolFlag{Name: "prune", Usage: "remove the entries that no longer accept anything"}),
		Action: func(c *cli.Context) error {
			switch {
			case c.Bool("list") && c.Bool("prune"):
				return usageError{"accept: --list or --prune, not both", "djleaks ledger list, djleaks ledger prune"}
			case c.Bool("list"):
				return p.ledgerList(c)
			case c.Bool("prune"):
				return p.ledgerPrune(c)
			}
			return p.ledgerAdd(c)
		},
	}
}

func entryFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "reason", Usage: "`TEXT` that says why the key may stay, for whoever reads it in a year"},
		&cli.StringFlag{Name: "until", Usage: "accept it only until the day before `DATE` (YYYY-MM-DD, in UTC)"},
		&cli.StringFlag{Name: "path", Usage: "accept it in files that `GLOB` matches, and nowhere else"},
		&cli.StringFlag{Name: "rotated", Usage: "the key was replaced on `DATE` (YYYY-MM-DD): it may stay in the history, but fails at HEAD"},
		&cli.StringFlag{Name: "status", Usage: "`STATUS` is rotated (the default with --rotated) or accepted"},
		&cli.StringFlag{Name: "by", Usage: "`NAME` of whoever decided"},
	}
}

func ledgerFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "config", Usage: "use the configuration `FILE` instead of .djleaks.toml or pyproject.toml"},
		&cli.StringFlag{Name: "baseline", Usage: "use the baseline `FILE` instead of the configuration"},
	}
}

// openLedger finds the file: at the top of the repository, or in the current
// folder outside of one.
func (p process) openLedger(c *cli.Context) (*scan.Scan, *scan.Ledger, *gitstore.Repository, error) {
	s := &scan.Scan{Version: version, Getenv: p.getenv, Named: scan.Named{Config: c.String("config"), Baseline: c.String("baseline")}}
	root := "."
	repo, err := openRepository("")
	switch {
	case errors.Is(err, gitstore.ErrNotRepository):
	case err != nil:
		return nil, nil, nil, err
	case repo.WorkTree() == "" && s.Named == scan.Named{}:
		return nil, nil, repo, usageError{"a bare repository has no configuration that could be changed", "name a file: --baseline FILE"}
	case repo.WorkTree() != "":
		root = repo.WorkTree()
	}
	ledger, err := s.OpenLedger(root)
	return s, ledger, repo, err
}

func closeRepository(repo *gitstore.Repository) {
	if repo != nil {
		_ = repo.Close() // only read from
	}
}

func (p process) ledgerAdd(c *cli.Context) error {
	e, err := readEntry(c)
	if err != nil {
		return err
	}
	_, ledger, repo, err := p.openLedger(c)
	defer closeRepository(repo)
	if err != nil {
		return err
	}
	now := time.Now()
	if e, err = ledger.Accept(e, now); err != nil {
		return err
	}
	p.say("%s: %s", ledger.Name, entryWords(&e, now))
	if ownFile := c.String("config") == "" && c.String("baseline") == ""; ownFile && repo != nil && !coversTracked(repo, &e) {
		p.say("note: no tracked file matches %s: it accepts the key in other versions only", say.Quote(e.Path))
	}
	return nil
}

// coversTracked reports whether an entry counts for a file of the index; true if
// that is not known.
func coversTracked(repo *gitstore.Repository, e *policy.Entry) bool {
	if e.Path == "" || repo.WorkTree() == "" {
		return true
	}
	paths, err := repo.IndexPaths()
	return err != nil || slices.ContainsFunc(paths, e.Covers)
}

// readEntry checks the words of entryFlags.
func readEntry(c *cli.Context) (policy.Entry, error) {
	e := policy.Entry{Reason: strings.Join(strings.Fields(c.String("reason")), " "), Path: c.String("path"), Status: policy.Status(c.String("status")), By: c.String("by")}
	name := commandName(c)
	if c.NArg() != 1 {
		return e, usageError{name + ": give one FINGERPRINT", "djleaks accept 0123456789abcdef --reason \"rotated on 2026-05-01\""}
	}
	f, problem, hint := policy.ParseFingerprint(c.Args().First())
	if problem != "" {
		return e, usageError{name + ": " + problem, hint}
	}
	e.Fingerprint = f
	for _, date := range []struct {
		flag string
		day  *time.Time
	}{{"until", &e.Expires}, {"rotated", &e.Rotated}} {
		if word := c.String(date.flag); word != "" {
			var err error
			if *date.day, err = time.Parse(time.DateOnly, word); err != nil {
				return e, usageError{fmt.Sprintf("--%s: %q is not a date", date.flag, word), "write it as 2027-01-31"}
			}
		}
	}
	return e, nil
}

// entryWords say in one line what an entry does.
func entryWords(e *policy.Entry, now time.Time) string {
	words := "accepts " + string(e.Fingerprint)
	if e.Path != "" {
		words += " in " + e.Path
	}
	switch {
	case e.Expired(now):
		words += ", expired on " + e.Expires.Format(time.DateOnly)
	case !e.Expires.IsZero():
		words += " until " + e.Expires.Format(time.DateOnly)
	}
	if !e.Rotated.IsZero() {
		words += ", rotated on " + e.Rotated.Format(time.DateOnly)
	}
	if e.Status == policy.StatusAccepted && !e.Rotated.IsZero() {
		words += ", accepted at HEAD too"
	}
	if e.By != "" {
		words += ", by " + e.By
	}
	return words + ": " + e.Reason
}

// listedEntry is an entry as `ledger list --format json` shows it.
type listedEntry struct {
	Where       string              `json:"where"`
	Fingerprint scanner.Fingerprint `json:"fingerprint"`
	Path        string              `json:"path,omitempty"`
	Reason      string              `json:"reason"`
	Expires     string              `json:"expires,omitempty"`
	Rotated     string              `json:"rotated,omitempty"`
	Status      policy.Status       `json:"status"`
	By          string              `json:"by,omitempty"`
	Expired     bool                `json:"expired"`
}

func (p process) ledgerList(c *cli.Context) error {
	if c.Args().Present() {
		return tooManyArguments(c)
	}
	if c.IsSet("format") { // accept --list has no such option
		if err := checkFormat("--format", c.String("format"), "text", "json"); err != nil {
			return err
		}
	}
	_, ledger, repo, err := p.openLedger(c)
	defer closeRepository(repo)
	if err != nil {
		return err
	}
	entries, err := ledger.Entries()
	if err != nil {
		return err
	}
	now := time.Now()
	if c.String("format") == "json" {
		list := []listedEntry{}
		for i := range entries {
			list = append(list, entryLine(ledger, i, &entries[i], now))
		}
		encoder := json.NewEncoder(p.stdout)
		encoder.SetIndent("", "  ")
		return encoder.Encode(list)
	}
	for i := range entries {
		p.say("%s  %s", ledger.Where(i), entryWords(&entries[i], now))
	}
	if len(entries) == 0 {
		p.say("%s accepts no key", ledger.Name)
	}
	return nil
}

func entryLine(l *scan.Ledger, n int, e *policy.Entry, now time.Time) listedEntry {
	day := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.Format(time.DateOnly)
	}
	return listedEntry{l.Where(n), e.Fingerprint, e.Path, e.Reason, day(e.Expires), day(e.Rotated), e.State(), e.By, e.Expired(now)}
}

func (p process) ledgerPrune(c *cli.Context) error {
	if c.Args().Present() {
		return tooManyArguments(c)
	}
	s, ledger, repo, err := p.openLedger(c)
	defer closeRepository(repo)
	if err != nil {
		return err
	}
	if repo == nil {
		return usageError{"ledger prune: outside of a repository it is not known which keys there are", "run it in the repository whose keys the ledger accepts"}
	}
	removed, complete, err := s.Prune(c.Context, repo, ledger)
	if err != nil {
		return err
	}
	now := time.Now()
	for i := range removed {
		p.say("%s: no more %s", ledger.Name, entryWords(&removed[i], now))
	}
	if len(removed) == 0 {
		p.say("%s: every entry accepts a key", ledger.Name)
	}
	if !complete {
		fmt.Fprintln(p.stderr, "djleaks:", report.Line("ledger prune: not everything could be read, so only what has expired was taken out"))
		fmt.Fprintln(p.stderr, "hint: djleaks audit says what could not be read")
		return verdictError(exitIncomplete)
	}
	return nil
}
