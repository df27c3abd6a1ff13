package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/scanner"
)

func demoCommand(p process) *cli.Command {
	return &cli.Command{
		Name:      "demo",
		Usage:     "make a small repository that has leaked a key, audit it, and clean up",
		ArgsUsage: " ",
		Description: "The key is made for this run and never shown. Nothing outside a temporary\n" +
			"folder is read or written, and the folder is gone at the end.",
		Flags: scanFlags(),
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				return tooManyArguments(c)
			}
			return p.demo(c)
		},
	}
}

// demo tells the life of most leaked keys: committed by startproject, moved
// with the settings, taken out of the main branch, and still on another one.
func (p process) demo(c *cli.Context) error {
	t, err := p.newTask(c)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "djleaks-demo-")
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	defer os.RemoveAll(dir)
	repository := filepath.Join(dir, "mysite")
	if err := writeDemo(repository); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	if t.options.format == "text" && !t.options.quiet {
		fmt.Fprintln(p.stderr, strings.TrimSpace(demoStory)+"\n")
	}
	report, err := t.audit(c.Context, repository, "")
	if err != nil {
		return err
	}
	report.Scope.Repository = "mysite" // the folder is about to go
	t.options.exitZero = true          // a demonstration that finds its key has worked
	return t.finish(report)
}

const demoStory = `
A repository with four commits, made for this demonstration:
  1. startproject writes mysite/settings.py with a fresh key, and it is committed
  2. the settings move to mysite/settings/base.py
  3. a branch "feature" starts here
  4. main reads the key from the environment: the file has no key any more
Is the key gone?  $ djleaks audit mysite
`

// writeDemo makes the repository of the story.
func writeDemo(dir string) error {
	key, err := drawKey(keyAlphabet, keyLength)
	if err != nil {
		return err
	}
	const before = "from pathlib import Path\n\nBASE_DIR = Path(__file__).resolve().parent.parent\n\n" +
		"# SECURITY WARNING: keep the secret key used in production secret!\n"
	const after = "\n\nDEBUG = True\n\nINSTALLED_APPS = [\n    \"django.contrib.auth\",\n    \"django.contrib.sessions\",\n    \"rest_framework_simplejwt\",\n]\n"
	const needs = "Django==5.2.1\ndjangorestframework-simplejwt==5.5.1\n"
	leaking := before + "SECRET_KEY = '" + scanner.InsecurePrefix + key + "'" + after
	mended := "import os\n" + before + "SECRET_KEY = os.environ[\"DJANGO_SECRET_KEY\"]" + after

	r, err := gitstore.Create(dir)
	if err != nil {
		return err
	}
	start := time.Date(2024, 3, 4, 9, 30, 0, 0, time.UTC)
	commits := []struct {
		author, message string
		files           map[string]string
	}{
		{"Ada", "Start the project", map[string]string{"mysite/settings.py": leaking, "requirements.txt": needs}},
		{"Ada", "Split the settings", map[string]string{"mysite/settings/base.py": leaking, "requirements.txt": needs}},
		{"Grace", "Begin the feature", map[string]string{"mysite/settings/base.py": leaking, "requirements.txt": needs, "feature.py": "# soon\n"}},
		{"Grace", "Read the key from the environment", map[string]string{"mysite/settings/base.py": mended, "requirements.txt": needs}},
	}
	var ids []scanner.ObjectID
	for i, commit := range commits {
		var parents []scanner.ObjectID
		if i > 0 {
			parents = []scanner.ObjectID{ids[min(i-1, 1)]} // the last two both follow the second
		}
		id, err := r.Commit(commit.files, parents, commit.author, start.AddDate(0, i, 3*i), commit.message)
		if err != nil {
			return err
		}
		ids = append(ids, id)
	}
	if err := r.SetRef("refs/heads/feature", ids[2]); err != nil {
		return err
	}
	return r.SetRef("refs/heads/main", ids[3])
}
