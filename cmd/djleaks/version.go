package main

import (
	"fmt"

	"github.com/urfave/cli/v2"
)

func versionCommand(process) *cli.Command {
	return &cli.Command{
		Name:      "version",
		Usage:     "print the version",
		ArgsUsage: " ",
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				return tooManyArguments(c)
			}
			return printVersion(c)
		},
	}
}

func printVersion(c *cli.Context) error {
	_, err := fmt.Fprintln(c.App.Writer, c.App.Name, "version", version)
	return err
}
