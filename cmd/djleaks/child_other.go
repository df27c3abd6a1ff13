//go:build !unix

package main

import (
	"os"
	"os/exec"
)

// inGroup does nothing: there are no process groups here.
func inGroup(*exec.Cmd) {}

// ask ends a child.
func ask(p *os.Process) error { return p.Kill() }

// endAll does nothing.
func endAll(*os.Process) {}
