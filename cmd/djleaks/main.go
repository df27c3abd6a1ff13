package main

import (
	"context"
	"os"
	"os/signal"
	"slices"
	"syscall"
)

func main() { os.Exit(start()) }

// start runs the program with the process's streams. It is apart from main so
// that deferred calls run before the process ends.
func start() int {
	boundMemory()
	ctx, stop := signal.NotifyContext(context.Background(), stopping()...)
	defer stop()
	return run(ctx, os.Args, process{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv})
}

// stopping are the signals after which the program cleans up and ends: those of
// the keyboard, of whoever stops a job, and of a terminal that is closed. One
// that was ignored when the program started, as under nohup, stays ignored.
func stopping() []os.Signal {
	return slices.DeleteFunc([]os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}, signal.Ignored)
}
