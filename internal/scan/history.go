package scan

import (
	"bytes"
	"context"
	"fmt"
	"sync"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/internal/packwalk"
	"github.com/djleaks/djleaks/internal/trace"
	"github.com/djleaks/djleaks/scanner"
)

// history is the search of all objects of one repository. It shows the objects
// of its walk to the trace; what cannot be read goes into coverage.
type history struct {
	*packwalk.Walk
	repo *gitstore.Repository
	jobs int
	tips []trace.Tip
	tags []gitstore.PeeledTag // that refs name
	logs                      // what reflogs add to the tips

	remember bool           // the result is to be kept
	growth   *growth        // what was added to a memory; nil if everything was read
	commits  *trace.Commits // nil unless the search has read them all
	coverage scanner.Coverage
	unread   bool // commits or trees that are there
	result   *trace.Result
	found    *scanner.History
	remarks  []scanner.Remark
	hidden   []string               // notes of files whose content is packed or encrypted
	wanted   func(name []byte) bool // files whose names say that they may be keys
	sources  []scanner.KeySource    // where the settings take their keys from
	read     []scanner.KeySource    // each place that says so
	keys     []seenKey              // that the redactor was told of, each once
	listed   func() ([]gitstore.TreeFile, error)
}

// head are the files at HEAD.
func (h *history) head() ([]gitstore.TreeFile, error) {
	if h.listed == nil {
		h.listed = sync.OnceValues(func() ([]gitstore.TreeFile, error) { return h.repo.Listing("HEAD") })
	}
	return h.listed()
}

// localPlaces are where files of the work tree hold the settings of this machine.
func (h *history) localPlaces() *localPlaces {
	if h.repo.WorkTree() == "" {
		return &localPlaces{}
	}
	files, _ := h.head() // what cannot be listed is said in the dossiers
	return placesOf(files)
}

// Commits implements trace.History.
func (h *history) Commits(ctx context.Context, visit func(int, trace.Object) error) error {
	coverage, err := h.Walk.Commits(ctx, func(worker int, o *packwalk.Object) error {
		return visit(worker, trace.Object{Ordinal: o.Ordinal, Base: trace.None, Text: o.Text})
	})
	h.skip(coverage)
	return err
}

// Trees implements trace.History.
func (h *history) Trees(ctx context.Context, visit func(int, trace.Object) error) error {
	fresh := make([][]trace.Span, h.jobs) // one for each worker
	coverage, err := h.Walk.Trees(ctx, func(worker int, o *packwalk.Object) error {
		spans := fresh[worker][:0]
		for _, f := range o.Fresh {
			spans = append(spans, trace.Span(f))
		}
		fresh[worker] = spans
		return visit(worker, trace.Object{Ordinal: o.Ordinal, Base: o.Base, Text: o.Text, Fresh: spans})
	})
	h.skip(coverage)
	return err
}

// skip adds what a pass could not read. Its other figures are not those of
// searched texts.
func (h *history) skip(c scanner.Coverage) {
	for _, s := range c.Skipped {
		h.coverage.Skip(s)
	}
	h.unread = h.unread || len(c.Skipped) > 0
}

// chunksOf makes an object of the walk texts to be searched: of a commit or a tag
// its headers and its message, of a blob all.
func chunksOf(repo *gitstore.Repository, o *packwalk.Object) []*scanner.Chunk {
	chunk := &scanner.Chunk{ID: o.ID(), Text: o.Text, Anchors: o.Anchors, Searched: true, LinesBefore: o.LinesBefore}
	if o.Kind == packfile.Blob {
		return []*scanner.Chunk{chunk}
	}
	var commits []scanner.Commit
	var tag string
	if o.Kind == packfile.Tag {
		tag = gitstore.TagName(o.Text)
	} else if commit, err := repo.Commit(chunk.ID); err == nil {
		commits = []scanner.Commit{commit.Summary()}
	}
	var chunks []*scanner.Chunk
	for _, part := range partsOf(o.Kind, o.Text) {
		chunks = append(chunks, &scanner.Chunk{ID: chunk.ID, Kind: part.kind, Text: part.text, LinesBefore: o.LinesBefore, Commits: commits, Tag: tag})
	}
	return chunks
}

// part is a text in an object that is not a blob.
type part struct {
	kind scanner.Kind
	text []byte
}

// partsOf are the headers and the message of a commit or a tag.
func partsOf(kind packfile.Type, text []byte) []part {
	headers, message, _ := bytes.Cut(text, []byte("\n\n"))
	as := scanner.TagMessage
	if kind == packfile.Commit {
		as = scanner.CommitMessage
	}
	return []part{{scanner.ObjectHeaders, headers}, {as, message}}
}

// Type implements trace.History.
func (h *history) Type(ordinal uint32) trace.Type { return trace.Type(h.Kind(ordinal)) }

// isWhole reports whether all commits and trees were read, so that what is in none
// of them was never committed.
func (h *history) isWhole() bool {
	r := h.result
	return !h.unread && r.Missing.Trees.Count+r.Missing.Commits.Count+r.Broken.Count+r.Mistyped.Count+r.Knots.Count == 0 && !r.Truncated
}

// addMissing records what the history names and the repository does not hold.
func (h *history) addMissing() {
	c, r := &h.coverage, h.result
	c.Commits = r.Commits
	reason := "not in this repository"
	if h.repo.PartialClone() {
		reason = "not fetched by this partial clone"
	}
	skipIDs(c, r.Missing.Blobs, "blob "+reason)
	skipIDs(c, r.Missing.Trees, "tree "+reason)
	skipIDs(c, r.Missing.Commits, "commit "+reason)
	skipIDs(c, r.Broken, "cannot be understood")
	skipIDs(c, r.Mistyped, "is not of the type that a tree or a commit says")
	skipIDs(c, r.Knots, "leads back to itself")
	if n := len(h.repo.Shallow()); n > 0 {
		c.Skip(scanner.Skip{Reason: "history before a commit at which this shallow clone is cut off (git fetch --unshallow gets it)", Count: int64(n)})
	}
	if r.Truncated {
		c.Skip(scanner.Skip{Reason: "a key has more places or changes than can be listed"})
	}
}

// skipIDs records objects by name as far as the names are known, and the rest
// by their number.
func skipIDs(c *scanner.Coverage, ids trace.IDs, reason string) {
	for _, id := range ids.First {
		c.Skip(scanner.Skip{ID: id.String(), Reason: reason})
	}
	if more := ids.Count - int64(len(ids.First)); more > 0 {
		c.Skip(scanner.Skip{Reason: fmt.Sprintf("%s (further ones)", reason), Count: more})
	}
}
