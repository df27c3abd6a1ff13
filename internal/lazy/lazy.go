// Package lazy makes what costs time only when it is used first: a hook that
// runs on every commit must not compile the patterns of other commands.
package lazy

import (
	"regexp"
	"sync"
)

// Regexp compiles a regular expression at the first call, and panics then if it
// is not one.
func Regexp(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
