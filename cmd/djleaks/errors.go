package main

import (
	"errors"
	"strconv"
	"strings"

	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/internal/scan"
)

// The exit codes. They are a contract: nothing else is ever returned.
const (
	exitClean      = 0 // everything was read, and no key reaches --fail-on
	exitFound      = 1 // keys at or above --fail-on, whether or not all was read
	exitUsage      = 2 // usage or configuration error
	exitIncomplete = 3 // what was asked for could not be read to the end
)

// usageError is a mistake on the command line.
type usageError struct{ message, hint string }

func (e usageError) Error() string { return e.message }
func (e usageError) Hint() string  { return e.hint }

// usageOf is an error that is a mistake on the command line, with its hints.
func usageOf(err error) error {
	return usageError{err.Error(), strings.Join(say.Hints(err), "; ")}
}

// verdictError carries the exit code of a scan whose report is written.
type verdictError int

func (e verdictError) Error() string { return "exit code " + strconv.Itoa(int(e)) }

func exitCode(err error) int {
	var verdict verdictError
	var usage usageError
	var mistake scan.Mistake
	switch {
	case err == nil:
		return exitClean
	case errors.As(err, &verdict):
		return int(verdict)
	case errors.As(err, &usage), errors.As(err, &mistake):
		return exitUsage
	}
	return exitIncomplete
}
