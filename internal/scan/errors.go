package scan

// Mistake is something that the user has to correct before anything can be
// scanned: an option, or a file that they wrote for this program.
type Mistake struct {
	error
	Next string // what to write or to run instead; may be empty
}

// Unwrap returns the cause.
func (m Mistake) Unwrap() error { return m.error }

// Hint returns Next.
func (m Mistake) Hint() string { return m.Next }

// Interrupted is what is left of a scan that the user stops.
type Interrupted string

// Error says what was not read.
func (i Interrupted) Error() string { return string(i) }
