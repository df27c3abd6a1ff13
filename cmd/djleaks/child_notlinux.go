//go:build unix && !linux

package main

import "syscall"

// withParent does nothing: only Linux ends a child with its parent.
func withParent(*syscall.SysProcAttr) {}
