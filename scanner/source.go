package scanner

import (
	"context"
	"time"
)

// Kind says what a text is.
type Kind uint8

// The kinds of text.
const (
	File          Kind = iota // a blob, a file or standard input
	CommitMessage             // of a commit object, after its headers
	TagMessage                // of an annotated tag object
	ObjectHeaders             // of a commit or an annotated tag: author, merged tag, …
	FileName                  // the path of a file, or a name in it
	RefName                   // of a branch, a tag or another ref
)

// Chunk is one text, or one window of a text that is too large to hold.
type Chunk struct {
	Kind     Kind
	ID       ObjectID // the Git object; empty for a text that is not in Git
	Path     string   // where the text is; empty if only its object is known
	Also     []string // further paths of the same text
	Names    []string // of the file, without folders, if its paths are not known
	Tag      string   // of an annotated tag, and of the name of a tag: the tag's name
	Known    bool     // the old side of a comparison: its keys are not new
	Worktree bool     // what a file holds now, which is not what is staged
	Commits  []Commit // commits that bring the text, where the source has them

	Text []byte // borrowed: valid until the yield function returns
	// Anchors of Text, if the source has searched for them already.
	Anchors  []int32
	Searched bool

	// LinesBefore is the number of lines that end before Text, for a window
	// that does not begin its text.
	LinesBefore int
}

// names are all names that a text is known to have: its paths, or those of the file
// alone.
func (c *Chunk) names() []string {
	if c.Path == "" {
		return c.Names
	}
	return append([]string{c.Path}, c.Also...)
}

// Source yields texts. It may call yield from several goroutines at a time,
// and stops at the first error that yield returns. What it could not read it
// names in the Coverage instead of failing; an error means that the question
// itself could not be answered.
type Source interface {
	Chunks(ctx context.Context, yield func(*Chunk) error) (Coverage, error)
}

// Skip is one thing that was asked for and not read.
type Skip struct {
	ID     string `json:"id,omitempty"`     // object name, in hexadecimal
	Path   string `json:"path,omitempty"`   // file name, where known
	Reason string `json:"reason,omitempty"` // lower case, no full stop
	Count  int64  `json:"count,omitempty"`  // how many skips of the same kind this one stands for, if more than one
}

// Coverage says what was read. A scan is complete if nothing was skipped.
type Coverage struct {
	Complete bool     `json:"complete"`
	Commits  int64    `json:"commits"`         // commits read, or commits of the range
	Blobs    int64    `json:"blobs"`           // texts searched: blobs or files, each once
	Bytes    int64    `json:"bytes"`           // their size, expanded
	Skipped  []Skip   `json:"skipped"`         // what was asked for and not read
	Notes    []string `json:"notes,omitempty"` // what a reader should know though nothing is missing
	// LastFull is when all objects were last read at once, if an audit has taken
	// from its cache what earlier ones had read.
	LastFull *time.Time `json:"last_full,omitempty"`
}

// maxSkips bounds the list of skipped things; further ones are counted in the
// last entry.
const maxSkips = 1000

// Skip records a thing that was not read.
func (c *Coverage) Skip(s Skip) {
	if n := len(c.Skipped); n >= maxSkips {
		last := &c.Skipped[n-1]
		if last.Reason != moreSkips {
			*last = Skip{Reason: moreSkips, Count: 1}
		}
		last.Count += max(1, s.Count)
		return
	}
	c.Skipped = append(c.Skipped, s)
}

const moreSkips = "further objects were not read"

// SkippedCount is the number of things that were not read.
func (c *Coverage) SkippedCount() int64 {
	var n int64
	for _, s := range c.Skipped {
		n += max(1, s.Count)
	}
	return n
}

// Add merges the figures of another part of the same scan.
func (c *Coverage) Add(o Coverage) {
	c.Commits += o.Commits
	c.Blobs += o.Blobs
	if o.LastFull != nil {
		c.LastFull = o.LastFull
	}
	c.Bytes += o.Bytes
	for _, s := range o.Skipped {
		c.Skip(s)
	}
	c.Notes = append(c.Notes, o.Notes...)
}
