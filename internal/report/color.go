package report

import (
	"github.com/fatih/color"

	"github.com/djleaks/djleaks/scanner"
)

// UseColor decides whether one stream gets colours. flag is the value of
// --color ("always", "never", anything else is "auto"), getenv reads the
// environment, isTTY says whether this very stream is a terminal.
//
// The specifications contradict each other where both NO_COLOR and FORCE_COLOR
// are set; the cautious answer wins, as in CPython.
func UseColor(flag string, getenv func(string) string, isTTY bool) bool {
	forced := func(name string) bool { v := getenv(name); return v != "" && v != "0" }
	switch {
	case flag == "always":
		return true
	case flag == "never", getenv("NO_COLOR") != "":
		return false
	case forced("FORCE_COLOR"), forced("CLICOLOR_FORCE"):
		return true
	case getenv("TERM") == "dumb":
		return false
	}
	return isTTY
}

// palette are the colours of one writer. Package color decides for the whole
// program by standard output; each colour here is told what to do instead.
type palette struct {
	bad, warn, good, dim, bold *color.Color
}

func newPalette(on bool) palette {
	paint := func(attributes ...color.Attribute) *color.Color {
		c := color.New(attributes...)
		if on {
			c.EnableColor()
		} else {
			c.DisableColor()
		}
		return c
	}
	return palette{
		bad:  paint(color.FgRed, color.Bold),
		warn: paint(color.FgYellow, color.Bold),
		good: paint(color.FgGreen),
		dim:  paint(color.Faint),
		bold: paint(color.Bold),
	}
}

func (p palette) severity(s scanner.Severity) *color.Color {
	switch {
	case s >= scanner.High:
		return p.bad
	case s == scanner.Medium:
		return p.warn
	}
	return p.dim
}
