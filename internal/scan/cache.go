package scan

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/djleaks/djleaks/internal/cache"
	"github.com/djleaks/djleaks/internal/packwalk"
	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// auditCache is what earlier audits have read, or nil if nobody wants that.
type auditCache struct {
	cache *cache.Cache
	notes []string
}

// openCache reads the cache that the user named. A folder that cannot be
// written is a usage error; a cache that cannot be used is a note.
func (s *Scan) openCache(dir string, idSize int, settings *Settings) (*auditCache, error) {
	if dir == "" {
		return nil, nil
	}
	program, err := programSum()
	if err != nil {
		return &auditCache{notes: []string{"the cache was not used: it is not known which program this is: " + err.Error()}}, nil
	}
	// Whatever could change a match. The program's own checksum covers all rules,
	// so that a build between two releases never trusts another one.
	rules := []string{s.Version, settings.Detector.Version(), program}
	rules = append(rules, slices.Sorted(slices.Values(settings.Policy.Names))...)
	c, why, err := cache.Open(dir, strings.Join(rules, "\n"), idSize)
	if err != nil {
		return nil, Mistake{fmt.Errorf("--cache: %w", err), ""}
	}
	m := &auditCache{cache: c}
	if why != "" {
		m.notes = append(m.notes, "everything was read, because the cache cannot be used: "+why)
	}
	return m, nil
}

// programSum is the SHA-256 of the running program's file.
var programSum = sync.OnceValues(func() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", err
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
})

// search searches what earlier audits have not. Without a cache it shows every
// commit to commits too.
func (m *auditCache) search(ctx context.Context, walk *packwalk.Walk, set *scanner.AnchorSet, visit, commits packwalk.Visit) (scanner.Coverage, *packwalk.Searched, error) {
	if m == nil || m.cache == nil {
		coverage, err := walk.SearchAndCommits(ctx, set, visit, commits)
		return coverage, nil, err
	}
	return walk.SearchNew(ctx, set, m.cache.Has, visit)
}

// update saves which objects of a complete search hold no key, and says in its
// coverage what came of the cache. An object with a match is never saved, even
// if the match is accepted: that may change.
func (m *auditCache) update(searched *packwalk.Searched, findings []scanner.Finding, remarks []scanner.RemarkIn, collector *scanner.Collector, coverage *scanner.Coverage) {
	if m == nil {
		return
	}
	defer func() { coverage.Notes = append(coverage.Notes, m.notes...) }()
	if searched == nil {
		return
	}
	if searched.Known > 0 {
		m.notes = append(m.notes, say.Counted(searched.Known, "object was", "objects were")+" read by an earlier audit with the same rules")
	}
	if len(coverage.Skipped) > 0 {
		m.notes = append(m.notes, "the cache was not saved, because not everything could be read")
		return
	}
	matched := map[scanner.ObjectID]bool{}
	for _, f := range findings {
		matched[f.ID] = true
	}
	for _, m := range remarks { // they are for every report
		matched[m.ID] = true
	}
	for _, s := range collector.Sources() { // they are asked for in every audit
		matched[s.ID] = true
	}
	names, err := searched.Names(matched)
	if err == nil {
		err = m.cache.Save(names)
	}
	if err != nil {
		m.notes = append(m.notes, fmt.Sprintf("the cache was not saved: %v", err))
	}
}
