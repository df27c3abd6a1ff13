//go:build unix

package main

import (
	"os"
	"os/exec"
	"syscall"
)

// inGroup gives a child a process group, which a time-out ends as a whole: the
// child may have started git.
func inGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	withParent(cmd.SysProcAttr)
}

// terminate tells a child and what it has started to end.
func terminate(p *os.Process) error { return syscall.Kill(-p.Pid, syscall.SIGTERM) }

// endAll ends what a child has left.
func endAll(p *os.Process) {
	if p != nil {
		_ = syscall.Kill(-p.Pid, syscall.SIGKILL) // usually there is nobody
	}
}
