package say

import "errors"

// hinted is an error with what to do about it.
type hinted struct {
	error
	hint string
}

func (h *hinted) Unwrap() error { return h.error }

// Hint implements the interface that Hints looks for.
func (h *hinted) Hint() string { return h.hint }

// WithHint adds to an error what to do about it: one command or sentence.
func WithHint(err error, hint string) error { return &hinted{err, hint} }

// Hints returns what an error and those that it wraps say is to be done, the
// outermost first. Any error with a method Hint() string can say so.
func Hints(err error) []string {
	var out []string
	for ; err != nil; err = errors.Unwrap(err) {
		if h, ok := err.(interface{ Hint() string }); ok && h.Hint() != "" {
			out = append(out, h.Hint())
		}
	}
	return out
}
