package main

import (
	"encoding/json"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/djleaks/djleaks/scanner/django"
)

// commit and date are the sources of a release: the object name of a commit and
// the day (UTC) on which it was made. release/build sets them; everywhere else
// the Go command may have noted them in the binary.
var commit, date string

// built says what a binary was built from. What nobody has noted is empty.
type built struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	Changed bool   `json:"changed,omitempty"` // the work tree had changes that are in no commit
	Date    string `json:"date,omitempty"`    // "2026-11-28"
	Rules   string `json:"rules"`             // version of the detector
}

func thisBuild() built {
	b := built{Name: "djleaks", Version: version, Commit: commit, Date: date, Rules: django.New().Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok || b.Commit != "" {
		return b
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.modified":
			b.Changed = s.Value == "true"
		case "vcs.time":
			if t, err := time.Parse(time.RFC3339, s.Value); err == nil {
				b.Date = t.UTC().Format(time.DateOnly)
			}
		}
	}
	return b
}

// shortCommit is how many digits of a commit people are shown, as in reports.
const shortCommit = 10

// String is one line: "djleaks version 0.1.0 (c320d952c1 2026-11-28, rules 1)".
func (b built) String() string {
	var from []string
	if b.Commit != "" {
		from = append(from, b.Commit[:min(shortCommit, len(b.Commit))])
	}
	if b.Changed {
		from = append(from, "with changes")
	}
	if b.Date != "" {
		from = append(from, b.Date)
	}
	source := strings.Join(from, " ")
	if source != "" {
		source += ", "
	}
	return fmt.Sprintf("%s version %s (%srules %s)", b.Name, b.Version, source, b.Rules)
}

func versionCommand(process) *cli.Command {
	return &cli.Command{
		Name:      "version",
		Usage:     "print the version, with its commit, day and rules",
		ArgsUsage: " ",
		Flags:     []cli.Flag{&cli.StringFlag{Name: "format", Aliases: []string{"f"}, Value: "text", Usage: "`FORMAT` of the answer: text, json"}},
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				return tooManyArguments(c)
			}
			if err := checkFormat("--format", c.String("format"), "text", "json"); err != nil {
				return err
			}
			if c.String("format") == "json" {
				return json.NewEncoder(c.App.Writer).Encode(thisBuild())
			}
			return printVersion(c)
		},
	}
}

func printVersion(c *cli.Context) error {
	_, err := fmt.Fprintln(c.App.Writer, thisBuild())
	return err
}
