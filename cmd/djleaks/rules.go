package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django"
	"github.com/djleaks/djleaks/scanner/django/forms"
	"github.com/djleaks/djleaks/scanner/django/value"
)

func rulesCommand(p process) *cli.Command {
	return &cli.Command{
		Name:      "rules",
		Usage:     "explain what is looked for, how severe it is, and why",
		ArgsUsage: "[RULE]",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "format", Aliases: []string{"f"}, Value: "text", Usage: "`FORMAT`: text, json"},
			&cli.BoolFlag{Name: "forms", Usage: "list the forms in which a name and a value are read, with an example of each"},
			&cli.BoolFlag{Name: "error-rates", Usage: "measure, in about ten seconds, how often generated keys and human text are mistaken for each other"},
		},
		Action: func(c *cli.Context) error { return p.rules(c) },
	}
}

func (p process) rules(c *cli.Context) error {
	whole := c.Bool("error-rates") || c.Bool("forms")
	if whole && c.Args().Present() {
		return tooManyArguments(c)
	}
	if c.NArg() > 1 {
		return usageError{fmt.Sprintf("rules: one rule at a time, but %d were given", c.NArg()), "djleaks rules prints all of them"}
	}
	format := c.String("format")
	if err := checkFormat("--format", format, "text", "json"); err != nil {
		return err
	}
	rules := django.New().Rules()
	if id := c.Args().First(); id != "" {
		rule, err := ruleNamed(rules, id)
		if err != nil {
			return err
		}
		rules = []scanner.Rule{rule}
	}
	switch {
	case c.Bool("error-rates"):
		return value.ErrorRates(p.stdout, 1, 10_000)
	case c.Bool("forms"):
		return p.printForms(format)
	case format == "json":
		return p.printJSON(rules)
	}
	return p.printRules(rules)
}

func ruleNamed(rules []scanner.Rule, id string) (scanner.Rule, error) {
	var names []string
	for _, r := range rules {
		if r.ID == id {
			return r, nil
		}
		names = append(names, r.ID)
	}
	return scanner.Rule{}, usageError{fmt.Sprintf("rules: unknown rule %q", id), say.DidYouMean(id, names, "djleaks rules lists them")}
}

func (p process) printRules(rules []scanner.Rule) error {
	for i, r := range rules {
		if i > 0 {
			fmt.Fprintln(p.stdout)
		}
		fmt.Fprintf(p.stdout, "%s (up to %s)\n", r.ID, r.Severity)
		for _, part := range []string{say.Capitalized(r.Title) + ".", r.Text, r.Fix} {
			fmt.Fprint(p.stdout, wrapped(part, "    "))
		}
	}
	return nil
}

func (p process) printForms(format string) error {
	all := forms.All()
	if format == "json" {
		return p.printJSON(all)
	}
	table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "FORM\tIN TEXTS\tEXAMPLE\n")
	for _, f := range all {
		id, in := string(f.ID), "any"
		if f.Formats != nil {
			in = strings.Join(f.Formats, ", ")
		}
		for line := range strings.SplitSeq(f.Example, "\n") {
			fmt.Fprintf(table, "%s\t%s\t%s\n", id, in, line)
			id, in = "", ""
		}
	}
	return table.Flush()
}

func (p process) printJSON(value any) error {
	encoder := json.NewEncoder(p.stdout)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

// wrapped breaks a paragraph into lines of at most 78 columns, each with an
// indentation.
func wrapped(text, indent string) string {
	var out strings.Builder
	for _, line := range say.Wrap(text, 78-len(indent)) {
		out.WriteString(indent + line + "\n")
	}
	return out.String()
}
