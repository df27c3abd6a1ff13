package scan

import (
	"fmt"
	"slices"

	"github.com/djleaks/djleaks/internal/dossier"
	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/internal/project"
	"github.com/djleaks/djleaks/scanner"
)

// dossiers gives the keys of an audit their dossiers.
func (s *Scan) dossiers(r *scanner.Report, h *history, settings *Settings, cache *auditCache) {
	live, notes := s.Live.given(s.Getenv)
	r.Coverage.Notes = append(r.Coverage.Notes, notes...)
	if len(r.Keys)+len(r.Accepted) > 0 {
		h.localPlaces().keys(h.repo, settings.Detector, live.Keys)
		f := dossier.Facts{
			Now: s.now(), PushUnknown: pushUnknown(h.repo), FirstPush: h.firstPush, Committed: h.committed, First: h.isFirst, Live: live,
		}
		if cut := h.repo.Shallow(); len(cut) > 0 {
			f.Cut = func(commit string) bool {
				id, ok := scanner.ParseObjectID(commit)
				return ok && cut[id]
			}
		}
		if slices.ContainsFunc(r.Keys, func(k scanner.Key) bool { return k.Severity > scanner.Low || live.Keys[k.Fingerprint].Where != nil }) {
			files, err := h.head()
			f.Project = headProject(h.repo, files, err, cache)
		}
		dossier.Complete(r, &f)
	}
	if s.Named.Verdict != "" {
		r.FailOnVerdict = s.Named.Verdict
		r.Conclude()
	}
}

// maxHeadFile is how much of one file at HEAD is read for the project, in bytes.
const maxHeadFile = 1 << 20

// headProject reads the project from HEAD's tree; err is what the listing of
// it could not do. What most of the code says a cache keeps.
func headProject(repo *gitstore.Repository, files []gitstore.TreeFile, err error, cache *auditCache) *project.Project {
	code := cache.loadCode(repo.IDSize())
	paths := make([]string, len(files))
	ids := make(map[string]scanner.ObjectID, len(files))
	for i, f := range files {
		paths[i] = f.Path
		ids[f.Path] = f.ID
	}
	var reader project.Reader
	p := project.Of(paths, func(path string) (*project.Facts, error) {
		id := ids[path]
		if facts := code.find(id, path); facts != nil && repo.Has(id) {
			return facts, nil
		}
		t, text, err := repo.Object(id)
		if err != nil {
			return nil, err
		}
		if t != packfile.Blob {
			return nil, fmt.Errorf("it is a %s, not a file", t)
		}
		facts := reader.Facts(path, text[:min(len(text), maxHeadFile)])
		code.add(id, path, facts)
		return facts, nil
	})
	cache.saveCode(code)
	if err != nil {
		p.Unread = append(p.Unread, project.Gap{Reason: "HEAD: " + err.Error()})
	}
	return p
}
