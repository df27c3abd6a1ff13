package scan

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/djleaks/djleaks/internal/cache"
	"github.com/djleaks/djleaks/internal/packwalk"
	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// auditCache is what earlier audits have left, or nil if nobody wants that.
type auditCache struct {
	folder   *cache.Folder
	question string   // see questionOf; "" if no answer can be kept
	notes    []string // why something of it was not used or not saved

	known *cache.Objects // in which nothing was found, before this audit
	full  time.Time      // when all objects were last read at once; zero if not all could be read
}

// openCache opens the cache that the user named. A folder that cannot be written,
// or that others can write to, is a usage error.
func (s *Scan) openCache(dir string, idSize int, settings *Settings) (*auditCache, error) {
	if dir == "" {
		return nil, nil
	}
	program, err := programID()
	if err != nil {
		return &auditCache{notes: []string{"the cache was not used: it is not known which program this is: " + err.Error()}}, nil
	}
	// Whatever could change a match. The name of the build covers all rules, so that
	// one between two releases never trusts another.
	rules := []string{s.Version, settings.Detector.Version(), program}
	rules = append(rules, slices.Sorted(slices.Values(settings.Policy.Names))...)
	folder, err := cache.OpenFolder(dir, strings.Join(rules, "\n"), idSize)
	if err != nil {
		hint := ""
		if errors.Is(err, cache.ErrForeign) {
			hint = "whoever can write to it can hide a key: name a folder that only you can write to"
		}
		return nil, Mistake{fmt.Errorf("--cache: %w", err), hint}
	}
	return &auditCache{folder: folder}, nil
}

// note says why something was not used or not saved.
func (m *auditCache) note(format string, args ...any) {
	m.notes = append(m.notes, fmt.Sprintf(format, args...))
}

// search searches what earlier audits have not, and counts in its coverage what
// they have. Without a cache it shows every commit to commits too.
func (m *auditCache) search(ctx context.Context, walk *packwalk.Walk, set *scanner.AnchorSet, visit, commits packwalk.Visit) (scanner.Coverage, *packwalk.Searched, error) {
	if m == nil || m.folder == nil {
		coverage, err := walk.SearchAndCommits(ctx, set, visit, commits)
		return coverage, nil, err
	}
	known, why := m.folder.NoKey()
	if why != "" {
		m.note("everything was read, because the cache cannot be used: %s", why)
	}
	m.known = known
	coverage, searched, err := walk.SearchNew(ctx, set, known.Find, visit)
	if searched != nil {
		coverage.Blobs += searched.KnownBlobs
		coverage.Bytes += searched.KnownBytes
	}
	return coverage, searched, err
}

// saveObjects saves which objects of a complete search hold no key, and says in its
// coverage what came of the cache. An object with a match is never saved, even
// if the match is accepted: that may change.
func (m *auditCache) saveObjects(searched *packwalk.Searched, idSize int, now time.Time, matched map[scanner.ObjectID]bool, coverage *scanner.Coverage) {
	if m == nil || searched == nil {
		return
	}
	next := cache.NewObjects(idSize)
	next.Full = now
	if searched.Known > 0 {
		next.Full = m.known.Full
		m.noteEarlier(coverage, next.Full, say.Counted(searched.Known, "object was", "objects were")+" read by earlier audits with the same rules")
	}
	if len(coverage.Skipped) > 0 {
		m.note("the cache was not saved, because not everything could be read")
		return
	}
	m.full = next.Full
	err := searched.Each(func(id []byte, size uint32) {
		if !matched[scanner.ObjectID(id)] {
			next.Add(id, size)
		}
	})
	if err == nil {
		err = m.folder.SaveNoKey(next)
	}
	if err != nil {
		m.note("the cache was not saved: %v", err)
	}
}

// noteEarlier says in a coverage what was taken from the cache, and since when damage to
// it would not have been noticed.
func (m *auditCache) noteEarlier(coverage *scanner.Coverage, full time.Time, what string) {
	full = full.UTC().Truncate(time.Second)
	coverage.LastFull = &full
	m.note("%s; all objects were last read at once on %s", what, full.Format("2006-01-02 at 15:04 MST"))
}

// matchedIn are the objects that are read again in every audit: those with a
// match, with a remark, which is for every report, and with a source of keys.
func matchedIn(findings []scanner.Finding, remarks []scanner.RemarkIn, sources []scanner.KeySource) map[scanner.ObjectID]bool {
	matched := map[scanner.ObjectID]bool{}
	for _, f := range findings {
		matched[f.ID] = true
	}
	for _, m := range remarks {
		matched[m.ID] = true
	}
	for _, s := range sources {
		matched[s.ID] = true
	}
	return matched
}
