package scan

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/internal/packwalk"
	"github.com/djleaks/djleaks/internal/purge"
	"github.com/djleaks/djleaks/scanner"
)

// PurgePlan is what is to be taken out of a history.
type PurgePlan struct {
	Keys      []scanner.Key
	Spellings []purge.Spelling // found in the repository, the longest first
	Report    *scanner.Report  // what was read; it has no keys
}

// PurgePlan finds every spelling of some keys in all objects of a repository.
// Keys that a person made up are refused: what everybody can guess is not
// hidden by removing it, and its letters would be removed from other words.
func (s *Scan) PurgePlan(ctx context.Context, repo *gitstore.Repository, wanted []scanner.Fingerprint) (*PurgePlan, error) {
	settings, err := ReadSettings(WorkTree(repo), s.Named)
	if err != nil {
		return nil, err
	}
	p := &PurgePlan{Report: s.report(scanner.ScopeAudit, settings)}
	h := history{repo: repo, jobs: s.jobs()}
	h.tips, _ = describe(repo, p.Report)
	findings, err := h.search(ctx, s, settings.Detector, nil)
	if err != nil {
		return nil, err
	}
	defer h.Walk.Close()
	findings = slices.DeleteFunc(findings, func(f scanner.Finding) bool { return !slices.Contains(wanted, f.Secret.Fingerprint()) })
	p.Keys, _ = scanner.Build(settings.Detector, findings, h.found, scanner.StatusUnreachable)
	if err := checkPurgeable(p.Keys, wanted); err != nil {
		return nil, err
	}
	p.Report.Coverage.Add(h.coverage)
	p.Spellings, err = h.findSpellings(ctx, candidates(repo, findings))
	return p, err
}

func checkPurgeable(keys []scanner.Key, wanted []scanner.Fingerprint) error {
	for _, f := range wanted {
		n := slices.IndexFunc(keys, func(k scanner.Key) bool { return k.Fingerprint == f })
		if n < 0 {
			return Mistake{fmt.Errorf("no key in the history has the fingerprint %s", f), "djleaks audit --all lists them"}
		}
		if !keys[n].Class.Generated() {
			return Mistake{fmt.Errorf("%s is not a generated key (%s): everybody can guess it, whether or not it is in the history", f, keys[n].Class), "rotate it; there is nothing to purge"}
		}
	}
	return nil
}

// candidates are the spellings that findings have in their texts, and all
// others that their keys may have.
func candidates(repo *gitstore.Repository, findings []scanner.Finding) []purge.Spelling {
	var out []purge.Spelling
	seen := map[purge.Spelling]bool{}
	add := func(f scanner.Fingerprint, text string) {
		if s := (purge.Spelling{Key: f, Bytes: text}); len(text) >= minSpelling && !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	for i := range findings {
		f := &findings[i]
		fingerprint := f.Secret.Fingerprint()
		for _, text := range purge.Spellings(f.Secret.Reveal()) {
			add(fingerprint, text)
		}
		add(fingerprint, written(repo, f))
	}
	return out
}

// minSpelling is the length in bytes below which a text is not taken for a
// spelling: replacing it would change what is not a key.
const minSpelling = 12

// written is the value of a finding as its text has it, or "" if that cannot be
// read again.
func written(repo *gitstore.Repository, f *scanner.Finding) string {
	kind, text, err := repo.Object(f.ID)
	if err != nil {
		return ""
	}
	if kind != packfile.Blob {
		_, text, _ = bytes.Cut(text, []byte("\n\n"))
	}
	if f.Offset+f.Length > len(text) {
		return ""
	}
	return string(text[f.Offset : f.Offset+f.Length])
}

// spellingsPerPass bounds the anchors of one pass, of which each takes three
// entries of a table of 255.
const spellingsPerPass = 64

// findSpellings returns those that are in any blob or message, the longest
// first.
func (h *history) findSpellings(ctx context.Context, all []purge.Spelling) ([]purge.Spelling, error) {
	var found []purge.Spelling
	for batch := range slices.Chunk(all, spellingsPerPass) {
		places, err := h.placesOf(ctx, batch)
		if err != nil {
			return nil, err
		}
		for i, s := range batch {
			if place := places[i]; place.objects != nil {
				s.Binary = place.binary
				found = append(found, s)
			}
		}
	}
	purge.Sort(found)
	return found, nil
}

// spellingPlaces says where one spelling is.
type spellingPlaces struct {
	objects []scanner.ObjectID
	binary  bool // one of them is a binary blob
}

// placesOf looks for spellings in all blobs, commits and tags.
func (h *history) placesOf(ctx context.Context, spellings []purge.Spelling) ([]spellingPlaces, error) {
	anchors := make([]scanner.Anchor, len(spellings))
	for i, s := range spellings {
		anchors[i].Text = lowerASCII(s.Bytes)
	}
	places := make([]spellingPlaces, len(spellings))
	var mu sync.Mutex
	// What cannot be read is in the coverage already: search reads the same.
	_, err := h.Walk.Search(ctx, scanner.NewAnchorSet(anchors...), func(_ int, o *packwalk.Object) error {
		binary := o.Kind == packfile.Blob && bytes.IndexByte(o.Text[:min(len(o.Text), purge.BinaryPrefix)], 0) >= 0
		for i, s := range spellings {
			if bytes.Contains(o.Text, []byte(s.Bytes)) {
				mu.Lock()
				places[i].objects = append(places[i].objects, o.ID())
				places[i].binary = places[i].binary || binary
				mu.Unlock()
			}
		}
		return nil
	})
	return places, err
}

// lowerASCII leaves all other bytes as they are: a spelling need not be UTF-8.
func lowerASCII(text string) string {
	out := []byte(text)
	for i, c := range out {
		if c >= 'A' && c <= 'Z' {
			out[i] = c | 0x20
		}
	}
	return string(out)
}

// VerifyPurged searches all objects of a repository, reachable or not, for some
// keys: as the detector recognises them, whatever is accepted or excluded, and
// for the bytes of spellings. The report has what is left of them.
func (s *Scan) VerifyPurged(ctx context.Context, repo *gitstore.Repository, wanted []scanner.Fingerprint, spellings []purge.Spelling) (*scanner.Report, error) {
	settings, err := ReadSettings(WorkTree(repo), s.Named)
	if err != nil {
		return nil, err
	}
	r := s.report(scanner.ScopeAudit, settings)
	r.FailOn = scanner.Note
	h, findings, err := s.searchAll(ctx, repo, settings, r)
	if err != nil {
		return nil, err
	}
	defer h.Walk.Close()
	findings = slices.DeleteFunc(findings, func(f scanner.Finding) bool { return !slices.Contains(wanted, f.Secret.Fingerprint()) })
	r.Keys, _ = scanner.Build(settings.Detector, findings, h.found, scanner.StatusUnreachable)
	for batch := range slices.Chunk(spellings, spellingsPerPass) {
		places, err := h.placesOf(ctx, batch)
		if err != nil {
			return nil, err
		}
		for i, place := range places {
			for _, id := range place.objects {
				r.Keys = addLeft(r.Keys, batch[i], id)
			}
		}
	}
	r.Coverage.Add(h.coverage)
	r.Conclude()
	return r, nil
}

// addLeft adds an object that still holds a spelling, unless its key is known to
// be there.
func addLeft(keys []scanner.Key, s purge.Spelling, id scanner.ObjectID) []scanner.Key {
	n := slices.IndexFunc(keys, func(k scanner.Key) bool { return k.Fingerprint == s.Key })
	if n < 0 {
		n = len(keys)
		keys = append(keys, scanner.Key{
			Fingerprint: s.Key, Class: scanner.ClassRandom, Severity: scanner.High, Status: scanner.StatusUnreachable, Rule: "purged-key",
			Masked: scanner.NewSecret(s.Bytes).String(), Length: len(s.Bytes), Reasons: []string{"the bytes of a key that was to be purged"},
		})
	}
	k := &keys[n]
	known := slices.ContainsFunc(k.Occurrences, func(o scanner.Occurrence) bool {
		return o.Blob == id.String() || o.Commit == id.String() ||
			slices.ContainsFunc(o.Versions, func(v scanner.Version) bool { return v.Blob == id.String() })
	})
	if !known {
		k.Occurrences = append(k.Occurrences, scanner.Occurrence{
			Blob: id.String(), Line: 1, Column: 1, Form: "bytes", Rule: "purged-key", Severity: scanner.High, Status: scanner.StatusUnreachable,
			Introduced: []scanner.Commit{}, Removed: []scanner.Commit{}, Refs: []string{},
		})
	}
	return keys
}
