//go:build !unix

package main

import (
	"os"
	"os/exec"
)

// inGroup does nothing: there are no process groups here.
func inGroup(*exec.Cmd) {}

// terminate ends a child.
func terminate(p *os.Process) error { return p.Kill() }

// endAll does nothing.
func endAll(*os.Process) {}
