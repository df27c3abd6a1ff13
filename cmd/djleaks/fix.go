package main

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/urfave/cli/v2"

	"github.com/djleaks/djleaks/internal/fix"
	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/internal/scan"
	"github.com/djleaks/djleaks/internal/worktree"
	"github.com/djleaks/djleaks/scanner"
)

func fixCommand(p process) *cli.Command {
	return &cli.Command{
		Name:      "fix",
		Usage:     "take keys out of the work tree so that the project keeps running",
		ArgsUsage: "[FILE[:LINE]...]",
		Description: "Shows the smallest change that takes the open keys of the work tree, or those\n" +
			"of FILEs, out of the code: a literal becomes a read of the environment, through\n" +
			"the getter that the project has; a default that holds a key loses it; a fresh\n" +
			"key goes into .env where the project reads one, and .env into .gitignore.\n" +
			"Nothing is written without --write. What cannot be changed without guessing is\n" +
			"refused (exit 2), and then no file is changed at all. Keys are masked in the\n" +
			"diff, which is for reading, not for applying.\n\n" +
			"A key that others could read must still be replaced where it runs: the change\n" +
			"stops the next leak, not the last one.",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "write", Aliases: []string{"w"}, Usage: "make the change"},
			&cli.StringFlag{Name: "fail-on", Usage: "lowest `SEVERITY` that is fixed if no FILE is named: " + strings.Join(scanner.SeverityNames(), ", ")},
			&cli.StringFlag{Name: "baseline", Usage: "leave alone the keys that `FILE` lists"},
			&cli.StringFlag{Name: "config", EnvVars: []string{"DJLEAKS_CONFIG"}, Usage: "read the configuration from `FILE` instead of .djleaks.toml or pyproject.toml"},
		},
		Action: func(c *cli.Context) error { return p.fix(c) },
	}
}

func (p process) fix(c *cli.Context) error {
	s := &scan.Scan{Version: version, Getenv: p.getenv, Found: p.found, Named: scan.Named{Config: c.String("config"), Baseline: c.String("baseline")}}
	if c.IsSet("fail-on") {
		var err error
		if s.Named.FailOn, err = scanner.ParseSeverity(c.String("fail-on")); err != nil {
			return usageError{"--fail-on: " + err.Error(), say.DidYouMean(c.String("fail-on"), scanner.SeverityNames(), "--fail-on high")}
		}
	}
	repo, err := openRepository("")
	if err != nil {
		return err
	}
	defer repo.Close()
	if repo.WorkTree() == "" {
		return usageError{"fix: a bare repository has no work tree, so nothing can be changed", "clone it, and run djleaks fix there"}
	}
	places, err := readPlaces(repo, c.Args().Slice())
	if err != nil {
		return err
	}
	var keyErr error
	plan, tree, coverage, err := s.Fix(c.Context, repo, places, func() string {
		key, err := drawKey(envSafeAlphabet, envSafeLength)
		keyErr = errors.Join(keyErr, err)
		return key
	})
	if err == nil {
		err = keyErr
	}
	if err != nil {
		return fmt.Errorf("fix: %w", err)
	}
	if len(plan.Refusals) > 0 {
		return p.refused(plan)
	}
	if c.Bool("write") {
		err = p.writeFix(c, repo, tree, plan)
	} else {
		err = p.showFix(plan)
	}
	if err == nil && len(coverage.Skipped) > 0 {
		for _, skip := range coverage.Skipped {
			fmt.Fprintf(p.stderr, "djleaks: fix: not read: %s: %s\n", p.line(skip.Path), p.line(skip.Reason))
		}
		return verdictError(exitIncomplete)
	}
	return err
}

// readPlaces reads FILE and FILE:LINE.
func readPlaces(repo *gitstore.Repository, words []string) ([]scan.Location, error) {
	var places []scan.Location
	for _, word := range words {
		name, line := word, 0
		if at := strings.LastIndexByte(word, ':'); at > 0 {
			if n, err := strconv.Atoi(word[at+1:]); err == nil {
				name, line = word[:at], n
				if line < 1 {
					return nil, usageError{fmt.Sprintf("fix: %s: lines are counted from 1", word), "djleaks fix " + say.Quote(name) + " for the whole file"}
				}
			}
		}
		paths, err := scan.Paths(repo, []string{name})
		if err != nil {
			return nil, err
		}
		places = append(places, scan.Location{Path: paths[0], Line: line})
	}
	return places, nil
}

// refused lists what cannot be changed.
func (p process) refused(plan *fix.Plan) error {
	for _, r := range plan.Refusals {
		place := r.Path
		if r.Line > 0 {
			place += ":" + strconv.Itoa(r.Line)
		}
		fmt.Fprintf(p.stderr, "%s: %s\n", p.line(place), p.line(r.Reason))
		if r.ByHand != "" {
			fmt.Fprintf(p.stderr, "  by hand: %s\n", p.line(r.ByHand))
		}
	}
	return usageError{fmt.Sprintf("fix: nothing is written: %s cannot be changed without guessing", say.Counted(int64(len(plan.Refusals)), "place", "places")),
		"change it by hand, or name the files to fix: djleaks fix FILE..."}
}

// showFix prints what would be done.
func (p process) showFix(plan *fix.Plan) error {
	if plan.Empty() {
		_, err := fmt.Fprintln(p.stdout, "nothing to fix")
		return err
	}
	for _, f := range plan.Files {
		old, name := f.OldShown, "a/"+f.Path
		if f.Old == nil {
			old, name = nil, "/dev/null"
		}
		if f.New == nil {
			fmt.Fprintln(p.stdout, "delete", p.line(f.Path))
			continue
		}
		p.showDiff(name, old, f.Path, f.NewShown)
	}
	p.sayFix(plan, "would leave the index (git rm --cached) and stay in the work tree")
	_, err := fmt.Fprintln(p.stdout, "\nNothing is written yet. To make this change: djleaks fix --write")
	return err
}

// showDiff prints what changes in a file.
func (p process) showDiff(oldName string, old []byte, path string, text []byte) {
	_, body, _ := bytes.Cut(diff.Diff(oldName, old, "b/"+path, text), []byte("\n")) // without its "diff" line
	for line := range bytes.Lines(body) {
		fmt.Fprintln(p.stdout, p.line(string(bytes.TrimRight(line, "\r\n"))))
	}
}

func (p process) sayFix(plan *fix.Plan, untracked string) {
	if len(plan.Notes)+len(plan.Untrack) > 0 {
		fmt.Fprintln(p.stdout)
	}
	for _, path := range plan.Untrack {
		if plan.Removes(path) {
			continue
		}
		fmt.Fprintf(p.stdout, "%s %s; whatever else it holds was committed too.\n", p.line(path), untracked)
	}
	for _, note := range plan.Notes {
		fmt.Fprintln(p.stdout, p.line(note))
	}
}

// writeFix makes the change.
func (p process) writeFix(c *cli.Context, repo *gitstore.Repository, tree *worktree.Tree, plan *fix.Plan) error {
	if plan.Empty() {
		_, err := fmt.Fprintln(p.stdout, "nothing to fix")
		return err
	}
	changes := make([]worktree.Change, len(plan.Files))
	for i, f := range plan.Files {
		changes[i] = worktree.Change{Path: f.Path, Old: f.Old, New: f.New, Private: f.Private}
	}
	if err := tree.Write(changes); err != nil {
		return usageError{"fix: nothing is written: " + err.Error(), "see what has changed, and run djleaks fix again"}
	}
	if len(plan.Untrack) > 0 {
		git := hookTarget(c.Context, repo).Git
		if git == nil {
			return errors.New("fix: the files are written, but git is not on PATH, so these are still in the index: " + strings.Join(plan.Untrack, " "))
		}
		if _, err := git(append([]string{"update-index", "--force-remove", "--"}, plan.Untrack...)...); err != nil {
			return fmt.Errorf("fix: the files are written, but the index is not: %w", err)
		}
	}
	for _, f := range plan.Files {
		done := "changed"
		switch {
		case f.New == nil:
			done = "deleted"
		case f.Old == nil:
			done = "made"
		}
		fmt.Fprintln(p.stdout, done, p.line(f.Path))
	}
	p.sayFix(plan, "left the index (git rm --cached) and is still in the work tree")
	fmt.Fprintln(p.stdout)
	if names := staging(tree, plan); names != "" {
		p.say("The change is in the work tree, and the next commit does not have it yet: git add %s", names)
	}
	_, err := fmt.Fprintln(p.stdout, "If others could read the key that was there, it must still be replaced where it runs: djleaks audit says what to do.")
	return err
}

// staging are the changed files that belong into a commit, for a shell; empty if
// there are none.
func staging(tree *worktree.Tree, plan *fix.Plan) string {
	var names []string
	for _, f := range plan.Files {
		made := f.Old == nil && !f.Private
		if f.New != nil && (made || tree.Tracked(f.Path)) && !slices.Contains(plan.Untrack, f.Path) {
			names = append(names, say.Quote(f.Path))
		}
	}
	return strings.Join(names, " ")
}
