package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// plain are phrases that are not how this house speaks, each with what to write
// instead. They are common where English is a second language, and a reader
// whose first it is stumbles over each. A line is searched only if it has stem.
var plain = []struct{ stem, phrase, instead string }{
	{"behind", `\bbehind\b`, "after"},
	{"stand", `\bstands?\b`, "is"},
	{"knows", `\bknows\b`, "recognises, reads or has"},
	{" none", `\b(that|which) (is|are) none\b|\bwhat is none\b|\bif it is none\b`, "the noun: that is not a key"},
	{" no ", `\b(that|which|what|it) (is|are|was|were) no [a-z]`, "not a: that is not a ref"},
	{"so many", `\b(and|are|is) so many\b`, "the number"},
	{"less ", `\bless (its|the|their)\b`, "without"},
	{"wrong word", `\bwrong words?\b`, "usage error"},
	{"way out", `\bway out\b`, "what to do"},
	{"no command", `\bis no command\b`, "unknown command"},
	{"still there", `\bstill there\b`, "in current code"},
}

// idiom are the uses of these words that are plain English.
const idiom = `(left|leaves a file|leaves nothing) behind|behind in random ways|behind (a|the) (load balancer|proxy)` +
	`|\bstand(s for| for|-ins?|s? in for)\b|nobody outside knows|\b(is|are) no (more|longer|reason|limit|difference)\b`

// TestTheHouseIsWrittenInPlainWords reads every text that somebody reads: code,
// documentation, scripts, pages.
func TestTheHouseIsWrittenInPlainWords(t *testing.T) {
	idioms := regexp.MustCompile(idiom)
	var phrases []*regexp.Regexp
	for _, p := range plain {
		phrases = append(phrases, regexp.MustCompile(p.phrase))
	}
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && (e.Name() == ".git" || e.Name() == "fuzz"):
			return filepath.SkipDir
		case e.IsDir() || e.Name() == "words_test.go":
			return nil
		}
		switch filepath.Ext(path) {
		case ".go", ".md", ".py", ".txtar", ".tmpl", ".yml", ".yaml", ".toml", ".sh", ".sbatch", ".js", ".mjs", ".rb", "": // "" are scripts
		default:
			if !strings.Contains(filepath.ToSlash(path), "/.ci/") {
				return nil
			}
		}
		text, err := os.ReadFile(path)
		for n, line := range bytes.Split(bytes.ToLower(text), []byte("\n")) {
			for i, p := range plain {
				if !bytes.Contains(line, []byte(p.stem)) {
					continue
				}
				if found := phrases[i].Find(idioms.ReplaceAll(line, nil)); found != nil {
					t.Errorf("%s:%d: %q: say %s", path, n+1, found, p.instead)
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
