package main

import "github.com/urfave/cli/v2"

// The library cuts the names of a flag out of its text with a regular expression
// each time, and asks for those of all flags for each flag: a third of what a hook
// with nothing to do allocates. These remember them.
type (
	namedBool struct {
		*cli.BoolFlag
		names []string
	}
	namedString struct {
		*cli.StringFlag
		names []string
	}
	namedSlice struct {
		*cli.StringSliceFlag
		names []string
	}
)

func (f namedBool) Names() []string   { return f.names }
func (f namedString) Names() []string { return f.names }
func (f namedSlice) Names() []string  { return f.names }

// rememberNames replaces the flags of some commands by those that remember their
// names.
func rememberNames(commands []*cli.Command) {
	forEachCommand(commands, func(c *cli.Command) {
		for i, flag := range c.Flags {
			switch f := flag.(type) {
			case *cli.BoolFlag:
				c.Flags[i] = namedBool{f, f.Names()}
			case *cli.StringFlag:
				c.Flags[i] = namedString{f, f.Names()}
			case *cli.StringSliceFlag:
				c.Flags[i] = namedSlice{f, f.Names()}
			}
		}
	})
}
