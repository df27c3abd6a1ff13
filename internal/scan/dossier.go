package scan

import (
	"context"
	"slices"

	"github.com/djleaks/djleaks/internal/dossier"
	"github.com/djleaks/djleaks/scanner"
)

// dossiers gives the keys of an audit their dossiers.
func (s *Scan) dossiers(ctx context.Context, r *scanner.Report, h *history, settings *Settings, cache *auditCache) {
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
			f.Project = headProject(ctx, h, cache)
		}
		dossier.Complete(r, &f)
	}
	if s.Named.Verdict != "" {
		r.FailOnVerdict = s.Named.Verdict
		r.Conclude()
	}
}
