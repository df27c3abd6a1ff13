package main

import "syscall"

// withParent ends a child if this process is killed.
func withParent(a *syscall.SysProcAttr) { a.Pdeathsig = syscall.SIGKILL }
