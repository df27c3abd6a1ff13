package scan

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/internal/packwalk"
	"github.com/djleaks/djleaks/internal/project"
	"github.com/djleaks/djleaks/scanner"
)

// maxHeadFile is how much of one file at HEAD is read for the project, in bytes.
const maxHeadFile = 1 << 20

// What is read in one pass over the packs: at most passBytes of text, and only if one
// in passShare objects is wanted, because the pass looks at each of them.
const (
	passBytes = 64 << 20
	passShare = 128
)

// headProject reads the project from HEAD's tree.
func headProject(ctx context.Context, h *history, cache *auditCache) *project.Project {
	files, err := h.head()
	r := headReader{history: h, code: cache.loadCode(h.repo.IDSize()), ids: make(map[string]scanner.ObjectID, len(files)), most: passBytes}
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = f.Path
		r.ids[f.Path] = f.ID
	}
	p := project.Of(paths, func(plain []string) { r.readAhead(ctx, plain) }, r.facts)
	cache.saveCode(r.code)
	if err != nil {
		p.Unread = append(p.Unread, project.Gap{Reason: "HEAD: " + err.Error()})
	}
	return p
}

// headReader reads what the files at HEAD say of the project.
type headReader struct {
	*history
	ids    map[string]scanner.ObjectID // by path
	code   *codeFacts
	most   int64                               // bytes that are read ahead
	ahead  map[scanner.ObjectID]*project.Facts // of plain files
	reader project.Reader                      // of all others
}

var errEnough = errors.New("enough was read ahead")

// readAhead reads plain files in one pass over the packs, which inflates each base of
// a delta once and needs no memory for the texts. What it leaves out is read when it
// is asked for.
func (r *headReader) readAhead(ctx context.Context, plain []string) {
	if r.Walk == nil || r.growth != nil {
		return // most files are known, and the walk has new objects only
	}
	wanted := map[uint32]string{} // paths, by ordinal
	for _, path := range plain {
		if n, ok := r.Ordinal([]byte(r.ids[path])); ok && r.code.find(r.ids[path], path) == nil {
			wanted[n] = path
		}
	}
	if len(wanted)*passShare < r.Count() {
		return
	}
	r.ahead = make(map[scanner.ObjectID]*project.Facts, len(wanted))
	readers := make([]project.Reader, r.jobs) // one for each worker
	var mu sync.Mutex
	var size atomic.Int64
	_ = r.Blobs(ctx, slices.Collect(maps.Keys(wanted)), func(worker int, o *packwalk.Object) error {
		if o.Windowed {
			return nil
		}
		text := o.Text[:min(len(o.Text), maxHeadFile)]
		if size.Add(int64(len(text))) > r.most {
			return errEnough
		}
		facts := readers[worker].Facts(wanted[o.Ordinal], text)
		mu.Lock()
		defer mu.Unlock()
		r.ahead[o.ID()] = facts
		return nil
	}) // who is interrupted, or has a damaged pack, reads the rest one by one
}

// facts returns what the file at a path says.
func (r *headReader) facts(path string) (*project.Facts, error) {
	id := r.ids[path]
	if facts := r.code.find(id, path); facts != nil && r.repo.Has(id) {
		return facts, nil
	}
	if facts := r.ahead[id]; facts != nil && project.IsPlain(path) {
		facts = facts.At(path)
		r.code.add(id, path, facts)
		return facts, nil
	}
	t, text, err := r.repo.Object(id)
	if err != nil {
		return nil, err
	}
	if t != packfile.Blob {
		return nil, fmt.Errorf("it is a %s, not a file", t)
	}
	facts := r.reader.Facts(path, text[:min(len(text), maxHeadFile)])
	r.code.add(id, path, facts)
	return facts, nil
}
