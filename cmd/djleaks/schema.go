package main

import (
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/djleaks/djleaks/schema"
)

// schemaNames are the arguments of `djleaks schema`.
var schemaNames = []string{"report", "config", "merge", "state"}

// schemaOf is the text of a schema; nil if there is no such name.
func schemaOf(name string) []byte {
	switch name {
	case "report":
		return schema.Report
	case "config":
		return schema.Config
	case "merge":
		return schema.Merge
	case "state":
		return schema.State
	}
	return nil
}

func schemaCommand(p process) *cli.Command {
	return &cli.Command{
		Name:      "schema",
		Usage:     "print the JSON Schema of a report, of the configuration, or of what a fleet writes",
		ArgsUsage: strings.Join(schemaNames, "|"),
		Description: "report is what --format json writes, merge what `djleaks merge --format json`\n" +
			"writes, state the state.json of each repository in the store of a fleet, and\n" +
			"config is .djleaks.toml.",
		Action: func(c *cli.Context) error {
			if err := checkWord(c, "schema", schemaNames...); err != nil {
				return err
			}
			_, err := p.stdout.Write(schemaOf(c.Args().First()))
			return err
		},
	}
}
