package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/djleaks/djleaks/internal/report"
	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/internal/scan"
	"github.com/djleaks/djleaks/internal/signed"
	"github.com/djleaks/djleaks/scanner"
)

// maxValue bounds what `key match` reads, in bytes: a request with all its
// cookies, or a stored session of a size that no browser would send.
const maxValue = 1 << 20

// maxBlank is how much more is read for the line breaks around it, in bytes.
const maxBlank = 1 << 10

// whatToPaste is the hint for a value that cannot be checked.
const whatToPaste = "paste what is signed: the messages cookie, a signed cookie or a signed_cookies session, session_data of the session store, a JSON Web Token, a link from a mail"

func matchCommand(p process) *cli.Command {
	return &cli.Command{
		Name:      "match",
		Usage:     "read a signed value from standard input and say which key of a history signed it",
		ArgsUsage: "[PATH]",
		Description: "The value is a cookie, a token, a link or session_data, bare or with whatever\n" +
			"it was copied with: a header, quotes, a curl command, JSON. It is tried with\n" +
			"every key of the history of the repository at PATH (the current one by\n" +
			"default) and with the salts of Django, of well-known packages and of the code\n" +
			"at HEAD. The value is never printed, sent, unpickled or decompressed.\n\n" +
			"Exit codes: 1 a key of the history signed it, however long ago; 0 none did;\n" +
			"3 no key can be tried on the value, or not everything was read.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "format", Aliases: []string{"f"}, Value: "text", Usage: "`FORMAT` of the answer: text, json"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write the answer to `FILE` instead of standard output"},
			&cli.StringSliceFlag{Name: "salt", Usage: "try the salt `TEXT` as well; may be repeated"},
			&cli.StringFlag{Name: "config", EnvVars: []string{"DJLEAKS_CONFIG"}, Usage: "read the configuration from `FILE` instead of .djleaks.toml or pyproject.toml"},
			&cli.StringFlag{Name: "color", Value: "auto", Usage: "colour the text: `WHEN` is auto, always or never"},
			&cli.BoolFlag{Name: "verbose", Usage: "list every place and commit of the key in the text"},
			jobsFlag(),
		},
		Action: func(c *cli.Context) error {
			if c.NArg() > 1 {
				return usageError{fmt.Sprintf("key match: one repository at a time, but %d were given", c.NArg()), "the value belongs on standard input: djleaks key match PATH <value.txt"}
			}
			options := scanOptions{
				format: c.String("format"), output: c.String("output"), color: c.String("color"), verbose: c.Bool("verbose"),
				jobs: c.Int("jobs"), named: scan.Named{Config: c.String("config")},
			}
			if err := checkFormat("--format", options.format, "text", "json"); err != nil {
				return err
			}
			if err := checkColor(options.color); err != nil {
				return err
			}
			t := &task{process: p, options: options, start: time.Now()}
			return t.match(c.Context, c.Args().First(), c.StringSlice("salt"))
		},
	}
}

// match answers for the value on standard input.
func (t *task) match(ctx context.Context, path string, salts []string) error {
	repo, err := openRepository(path)
	if err != nil {
		return err
	}
	defer repo.Close()
	value, err := t.readValue()
	if err != nil {
		return err
	}
	s, done := t.watched()
	found, err := s.Match(ctx, repo, value, salts)
	done()
	if err != nil {
		return err
	}
	return t.finishMatch(found)
}

// readValue reads the pasted value. What cannot be a signed value ends with
// exit code 3, like everything that cannot be checked.
func (t *task) readValue() (string, error) {
	if _, ok := terminal(t.stdin); ok {
		fmt.Fprintln(t.stderr, "djleaks: paste the value, then Enter and Ctrl-D; it is not shown or kept")
	}
	text, err := io.ReadAll(io.LimitReader(t.stdin, maxValue+maxBlank))
	utf16 := bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff"))
	switch {
	case err != nil:
		return "", fmt.Errorf("key match: standard input: %w", err)
	case len(bytes.TrimSpace(text)) == 0:
		return "", uncheckable("standard input is empty")
	case len(bytes.TrimSpace(text)) > maxValue:
		return "", uncheckable("standard input is larger than 1 MiB")
	case bytes.IndexByte(text, 0) >= 0 && !utf16:
		return "", uncheckable("standard input is binary")
	}
	return string(text), nil
}

// uncheckable says why no key can be tried on a value.
func uncheckable(reason string) error {
	return say.WithHint(errors.New("key match: "+reason), whatToPaste)
}

// finishMatch shows the answer and returns the exit code.
func (t *task) finishMatch(found *scan.Matched) error {
	a := &found.Answer
	matched, checked := len(a.Matches) > 0, len(a.Checked) > 0
	if a.Partial && !matched {
		a.Reasons = append(a.Reasons, "there is more to try than one run does; give one value alone, and the salt with --salt")
	}
	if !checked && !matched && len(a.Reasons) == 0 {
		a.Reasons = []string{"nothing in it has the form of a signed value"}
	}
	if t.options.format == "text" && !checked && !matched {
		return uncheckable(strings.Join(a.Reasons, "; "))
	}
	if err := t.writeMatch(matchReport(found)); err != nil {
		return err
	}
	switch {
	case matched:
		return verdictError(exitFound)
	case !checked || a.Partial || len(found.Report.Coverage.Skipped) > 0:
		return verdictError(exitIncomplete)
	}
	return nil
}

func (t *task) writeMatch(m *report.Match) error {
	return t.writeFile(t.options.output, func(out io.Writer) error {
		return report.WriteMatch(out, t.options.format, m, t.renderOptions(t.options.output))
	})
}

// matchReport is the answer as it is shown.
func matchReport(found *scan.Matched) *report.Match {
	a := &found.Answer
	m := &report.Match{
		Tool: scanner.Tool{Name: "djleaks", Version: version, Rules: found.Report.Tool.Rules}, Scope: found.Report.Scope, Coverage: found.Report.Coverage,
		Checked: a.Checked, Reasons: a.Reasons, Tried: report.Tried(a.Tried), Partial: a.Partial,
	}
	for _, match := range a.Matches {
		s := report.Signature{
			Purpose: string(match.Purpose), What: match.Purpose.String(), Name: match.Name, Salt: match.Salt, Algorithm: match.Hash.String(), Altered: match.Altered,
			Key: keyOf(found, match),
		}
		if !match.SignedAt.IsZero() {
			s.SignedAt = &match.SignedAt
		}
		m.Signatures = append(m.Signatures, s)
	}
	return m
}

// keyOf is the key of a match. The empty key, which signs forged cookies, need
// not be in the history.
func keyOf(found *scan.Matched, match signed.Match) scanner.Key {
	if key, ok := found.Keys[match.Secret.Fingerprint()]; ok {
		return key
	}
	return scanner.Key{
		Fingerprint: match.Secret.Fingerprint(), Class: scanner.ClassPublic, Severity: scanner.High, Status: scanner.StatusHistory,
		Masked: match.Secret.Mask(scanner.ClassPublic), Length: match.Secret.Len(),
	}
}
