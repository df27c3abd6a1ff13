package main

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

// A sentence of help may be forgotten when an option is renamed; an example
// that fails is worse than none.
func TestTheExamplesOfTheHelpCanBeCalled(t *testing.T) {
	app := newApp(process{})
	forEachCommand(app.Commands, func(c *cli.Command) {
		_, text, _ := strings.Cut(c.Description, "Examples:\n")
		for _, line := range strings.Split(text, "\n") {
			call := regexp.MustCompile(`djleaks ([^|)"<>]*)`).FindStringSubmatch(line)
			if call == nil {
				t.Errorf("%s: no call in %q", c.Name, line)
				continue
			}
			words, _, _ := strings.Cut(call[1], "   ") // then a remark
			commands, flags, called := app.Commands, app.Flags, app.Name
			for _, word := range strings.Fields(words) {
				name, isOption := strings.CutPrefix(word, "--")
				if command := find(commands, word); command != nil && !isOption {
					commands, flags, called = command.Subcommands, command.Flags, command.Name
				} else if isOption && !slices.ContainsFunc(flags, func(f cli.Flag) bool { return slices.Contains(f.Names(), name) }) {
					t.Errorf("%s: %q: there is no option %s", c.Name, line, word)
				}
			}
			if called != c.Name && find(c.Subcommands, called) == nil && c.Name != "version" {
				t.Errorf("%s: %q calls %s", c.Name, line, called)
			}
		}
	})
}

func TestEveryCommandHasThreeExamplesAndAGroup(t *testing.T) {
	app := newApp(process{})
	forEachCommand(app.Commands, func(c *cli.Command) {
		_, text, _ := strings.Cut(c.Description, "Examples:\n")
		if calls := strings.Split(text, "\n"); len(calls) < 3 {
			t.Errorf("%s: %d examples in its help: %q", c.Name, len(calls), text)
		}
	})
	for _, c := range app.Commands {
		if c.Category == "" {
			t.Errorf("%s is in no group of the help", c.Name)
		}
	}
}

func TestTheHelpIsInGroups(t *testing.T) {
	_, stdout, _ := program("", "--help")
	for _, want := range []string{"Find keys:\n", "Guard commits, pushes and merges:\n", "Replace a leaked key:\n"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no group %q in\n%s", want, stdout)
		}
	}
}

func TestTheVersionHasThreeNames(t *testing.T) {
	for _, word := range []string{"--version", "-V", "version"} {
		code, stdout, stderr := program("", word)
		if code != exitClean || stdout != thisBuild().String()+"\n" || !strings.HasPrefix(stdout, "djleaks version "+version+" (") {
			t.Errorf("%s: exit %d, %q, %q", word, code, stdout, stderr)
		}
	}
}

func TestTheVersionSaysWhatItWasBuiltFrom(t *testing.T) {
	for want, b := range map[string]built{
		"djleaks version 1.2.3 (c320d952c1 2026-11-28, rules django/1)":   {Commit: "c320d952c1aaaaaaaa", Date: "2026-11-28"},
		"djleaks version 1.2.3 (c320d952c1 with changes, rules django/1)": {Commit: "c320d952c1aaaaaaaa", Changed: true},
		"djleaks version 1.2.3 (rules django/1)":                          {},
	} {
		b.Name, b.Version, b.Rules = "djleaks", "1.2.3", "django/1"
		if got := b.String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	code, stdout, _ := program("", "version", "--format", "json")
	var b built
	if err := json.Unmarshal([]byte(stdout), &b); code != exitClean || err != nil || b != thisBuild() || b.Rules == "" {
		t.Errorf("exit %d, %v, %s", code, err, stdout)
	}
	if code, _, stderr := program("", "version", "--format", "xml"); code != exitUsage || !strings.Contains(stderr, "formats: text, json") {
		t.Errorf("exit %d, %s", code, stderr)
	}
}

func TestAnAddressIsAnsweredWithTheCommandThatClonesIt(t *testing.T) {
	for _, words := range [][]string{
		{"audit", "https://example.com/ada/site.git"}, {"audit", "git@example.com:ada/site.git"}, {"https://example.com/ada/site"},
	} {
		code, _, stderr := program("", words...)
		url := words[len(words)-1]
		if code != exitUsage || !strings.Contains(stderr, "hint: git clone --mirror "+url+" site.git && djleaks audit site.git\n") {
			t.Errorf("%v: exit %d, %s", words, code, stderr)
		}
	}
}
