package main

import (
	"context"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() { os.Exit(start()) }

// start runs the program with the process's streams. It is apart from main so
// that deferred calls run before the process ends.
func start() int {
	slack := int64(heapSlack)
	if searchesCommits(os.Args) {
		slack = commitSlack
	}
	recalled := boundMemory(slack)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if leavesNothing(os.Args) {
		defer time.AfterFunc(patience, func() { listen(cancel) }).Stop()
	} else {
		listen(cancel)
	}
	return run(ctx, os.Args, process{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv, recalled: recalled})
}

// patience is how long a command that leaves nothing behind may run until it
// listens to signals. Until then they end it, which is all that it would do itself
// but for a line on standard error. Listening takes two threads and 0.2 ms of CPU, a
// twelfth of a hook.
const patience = 50 * time.Millisecond

// leavesNothing reports whether a command writes to its streams alone, so that
// nothing is left to clean up if it is stopped.
func leavesNothing(args []string) bool {
	writes := func(word string) bool {
		return strings.HasPrefix(word, "-o") || strings.HasPrefix(word, "--o") || strings.HasPrefix(word, "--report") || strings.HasPrefix(word, "--write")
	}
	return searchesCommits(args) && !slices.ContainsFunc(args, writes)
}

// searchesCommits reports whether a command is about a commit or some, and not about
// a whole history.
func searchesCommits(args []string) bool {
	return len(args) > 1 && (args[1] == "staged" || args[1] == "range") || len(args) > 2 && args[1] == "hook" && args[2] == "run"
}

// listen calls cancel at the first signal that stops the program, and keeps those
// that follow from ending it before it has cleaned up.
func listen(cancel context.CancelFunc) {
	signals := stopping()
	if len(signals) == 0 {
		return // Notify would take that for all signals
	}
	received := make(chan os.Signal, 1)
	signal.Notify(received, signals...)
	go func() {
		<-received
		cancel()
	}()
}

// stopping are the signals after which the program cleans up and ends: those of
// the keyboard, of whoever stops a job, and of a terminal that is closed. One
// that was ignored when the program started, as under nohup, stays ignored.
func stopping() []os.Signal {
	return slices.DeleteFunc([]os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}, signal.Ignored)
}
