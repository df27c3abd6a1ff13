package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/policy"
	"github.com/djleaks/djleaks/internal/purge"
	"github.com/djleaks/djleaks/internal/report"
	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/internal/scan"
	"github.com/djleaks/djleaks/scanner"
)

func purgeKitCommand(p process) *cli.Command {
	return &cli.Command{
		Name:      "purge-kit",
		Usage:     "write what git filter-repo needs to take keys out of a history",
		ArgsUsage: "FINGERPRINT...",
		Description: "Writes expressions for every spelling of the keys that is in the repository,\n" +
			"and a README with the steps in order and with what rewriting does not reach.\n" +
			"The repository is not changed. The folder holds the keys: it must be outside\n" +
			"of the repository, and only you can read it.\n\n" +
			"A key that others could read must be rotated first; rewriting revokes nothing.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write the files to the new folder `DIR`, outside of the repository"},
			&cli.StringFlag{Name: "repository", Usage: "use the repository at `PATH` instead of the current one"},
			&cli.StringFlag{Name: "config", EnvVars: []string{"DJLEAKS_CONFIG"}, Usage: "read the configuration from `FILE` instead of .djleaks.toml or pyproject.toml"},
			jobsFlag(),
		},
		Action: func(c *cli.Context) error {
			if !c.Args().Present() {
				return usageError{"purge-kit: name the fingerprint of at least one key", "djleaks audit --all lists them"}
			}
			wanted, err := fingerprints("purge-kit", c.Args().Slice())
			if err != nil {
				return err
			}
			if c.String("output") == "" {
				return usageError{"purge-kit: --output names a new folder outside of the repository", "--output ../djleaks-purge"}
			}
			options := scanOptions{jobs: c.Int("jobs"), named: scan.Named{Config: c.String("config")}}
			t := &task{process: p, options: options, start: time.Now()}
			return t.purgeKit(c.Context, c.String("repository"), c.String("output"), wanted)
		},
	}
}

// fingerprints reads words that are fingerprints. An error does not quote one:
// it could be a key.
func fingerprints(where string, words []string) ([]scanner.Fingerprint, error) {
	var out []scanner.Fingerprint
	for n, word := range words {
		f, problem, hint := policy.ParseFingerprint(word)
		if problem != "" {
			return nil, usageError{fmt.Sprintf("%s: argument %d: %s", where, n+1, problem), hint}
		}
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out, nil
}

func (t *task) purgeKit(ctx context.Context, path, dir string, wanted []scanner.Fingerprint) error {
	repo, err := openRepository(path)
	if err != nil {
		return err
	}
	defer repo.Close()
	folder, err := kitFolder(repo, dir)
	if err != nil {
		return err
	}
	s, done := t.watched()
	plan, err := s.PurgePlan(ctx, repo, wanted)
	done()
	if err != nil {
		return err
	}
	if n := plan.Report.Coverage.SkippedCount(); n > 0 {
		first := plan.Report.Coverage.Skipped[0]
		return say.WithHint(
			fmt.Errorf("purge-kit: %s could not be read (%s %s), and a kit that misses a spelling is worse than none", say.Counted(n, "thing", "things"), first.Path, first.Reason),
			"git clone --mirror URL purge.git, and djleaks purge-kit --repository purge.git",
		)
	}
	if err := t.writeKit(folder, repo, plan); err != nil {
		return err
	}
	_, err = fmt.Fprintf(t.stdout, "%s of %s, looked for in %s: %s\nread %s first; the files hold the keys, and only you can read them\n",
		say.Counted(len(plan.Spellings), "spelling", "spellings"), say.Counted(len(plan.Keys), "key", "keys"),
		say.Counted(plan.Report.Coverage.Blobs, "blob", "blobs")+" and the messages of all commits", report.Line(folder), report.Line(filepath.Join(folder, guideFile)))
	return err
}

// The files of a kit.
const (
	guideFile       = "README.md"
	expressionsFile = "expressions.txt"
	callbackFile    = "blob-callback.py"
)

// kitFolder is the absolute name of a folder that is new or empty and not in
// the repository.
func kitFolder(repo *gitstore.Repository, dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	parent, err := filepath.EvalSymlinks(filepath.Dir(abs))
	if err != nil {
		return "", usageError{"purge-kit: --output: " + err.Error(), "make the folder above it first, or name another one"}
	}
	folder := filepath.Join(parent, filepath.Base(abs))
	if resolved, err := filepath.EvalSymlinks(folder); err == nil {
		folder = resolved
	}
	for _, inside := range []string{repo.WorkTree(), repo.GitDir(), repo.CommonDir()} {
		if isBelow(folder, inside) {
			return "", usageError{"purge-kit: --output is inside the repository, and the kit holds the keys", "--output ../djleaks-purge"}
		}
	}
	entries, err := os.ReadDir(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return "", usageError{"purge-kit: --output: " + err.Error(), "name a new folder"}
	case len(entries) > 0:
		return "", usageError{"purge-kit: --output: the folder is not empty", "name a new one"}
	}
	return folder, nil
}

// isBelow reports whether a resolved path is a folder or in it.
func isBelow(path, folder string) bool {
	if folder == "" {
		return false
	}
	if resolved, err := filepath.EvalSymlinks(folder); err == nil {
		folder = resolved
	}
	rel, err := filepath.Rel(folder, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

func (t *task) writeKit(folder string, repo *gitstore.Repository, plan *scan.PurgePlan) error {
	guide := purge.NewGuide(plan.Keys, plan.Spellings)
	guide.Repository, guide.Folder = report.Line(repo.GitDir()), say.Quote(folder)
	for i := range guide.Keys {
		for j, ref := range guide.Keys[i].Refs {
			guide.Keys[i].Refs[j] = report.Line(t.found.Redact(ref))
		}
	}
	var instructions bytes.Buffer
	if err := guide.Write(&instructions); err != nil {
		return err
	}
	files := map[string][]byte{guideFile: instructions.Bytes(), expressionsFile: purge.Expressions(plan.Spellings)}
	if callback := purge.Callback(plan.Spellings); len(callback) > 0 {
		files[callbackFile] = callback
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	if err := os.Chmod(folder, 0o700); err != nil { // it may have been there
		return err
	}
	return writeAll(folder, files)
}

// writeAll writes files into an empty folder, or none of them: half of a kit
// would take out half of the spellings.
func writeAll(folder string, files map[string][]byte) error {
	for name, text := range files {
		if err := writeNew(filepath.Join(folder, name), text); err != nil {
			for name := range files {
				_ = os.Remove(filepath.Join(folder, name))
			}
			return err
		}
	}
	return nil
}

// writeNew writes a file that only the user can read, and that is not there yet.
func writeNew(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}

// purgedWords takes the fingerprints out of the arguments of an audit with
// --verify-purged: `--verify-purged A B` is both.
func purgedWords(args, purged []string) (rest, all []string) {
	if len(purged) == 0 {
		return args, nil
	}
	all = slices.Clone(purged)
	for _, word := range args {
		if _, problem, _ := policy.ParseFingerprint(word); problem == "" {
			all = append(all, word)
		} else {
			rest = append(rest, word)
		}
	}
	return rest, all
}

// verifyPurged answers whether keys are gone from all objects of a repository.
func (t *task) verifyPurged(ctx context.Context, path string, words []string, expressions string) error {
	wanted, err := fingerprints("--verify-purged", words)
	if err != nil {
		return err
	}
	var spellings []purge.Spelling
	if expressions != "" {
		text, err := os.ReadFile(expressions)
		if err != nil {
			return usageError{"--expressions: " + err.Error(), "it is expressions.txt of djleaks purge-kit"}
		}
		if spellings, err = purge.ParseExpressions(text); err != nil {
			return usageError{"--expressions: " + expressions + ": " + err.Error(), "it is expressions.txt of djleaks purge-kit"}
		}
	}
	repo, err := openRepository(path)
	if err != nil {
		return err
	}
	defer repo.Close()
	s, done := t.watched()
	rep, err := s.VerifyPurged(ctx, repo, wanted, spellings)
	done()
	if err != nil {
		return err
	}
	if err := t.finish(rep); err != nil {
		return err
	}
	names := make([]string, len(wanted))
	for i, f := range wanted {
		names[i] = string(f)
	}
	_, err = fmt.Fprintf(t.stderr, "djleaks: purged: no object of the repository holds %s\n", strings.Join(names, ", "))
	return err
}
