package main

import (
	"github.com/urfave/cli/v2"

	"github.com/djleaks/djleaks/schema"
)

// schemaNames are the arguments of `djleaks schema`.
var schemaNames = []string{"report", "config"}

func schemaCommand(p process) *cli.Command {
	return &cli.Command{
		Name:      "schema",
		Usage:     "print the JSON Schema of the JSON report or of the configuration",
		ArgsUsage: "report|config",
		Action: func(c *cli.Context) error {
			text := map[string][]byte{"report": schema.Report, "config": schema.Config}[c.Args().First()]
			if err := checkWord(c, "schema", "report", "config"); err != nil {
				return err
			}
			_, err := p.stdout.Write(text)
			return err
		},
	}
}
