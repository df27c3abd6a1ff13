//go:build unix

package regular

import "syscall"

// withoutWaiting opens a pipe that took a file's place without waiting for a
// writer, and a terminal without making it the process's own.
const withoutWaiting = syscall.O_NONBLOCK | syscall.O_NOCTTY
