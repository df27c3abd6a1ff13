package scan

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/djleaks/djleaks/internal/cache"
	"github.com/djleaks/djleaks/internal/dossier"
	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django"
)

// answer is the report of an audit, and all that it depends on besides the rules
// and the day. As long as that is the same, so is the report.
type answer struct {
	Places  localPlaces
	Local   string    // their digest
	Day     string    // on which it was given
	Until   string    // the day on which an entry that accepts a key expires, or ""
	Full    time.Time // when all objects were last read at once
	Keys    []seenKey // in the order in which the redactor is told of them
	Sources []scanner.KeySource
	Report  scanner.Report
}

// seenKey says where a key can be read. The key itself is in no cache.
type seenKey struct {
	Fingerprint scanner.Fingerprint
	Class       scanner.Class
	Kind        scanner.Kind
	ID          scanner.ObjectID
	Name        string // of a file that only its name makes one with a key
}

// answerKind is the kind of the file with the question, see auditCache.questionOf, and
// after it the answer.
const answerKind = "answer"

// questionOf is a digest of all that the report of an audit depends on, but for the
// rules, the day, and the files of the work tree that hold local settings.
func (m *auditCache) questionOf(s *Scan, repo *gitstore.Repository) (string, error) {
	named, err := s.namedDigest(WorkTree(repo))
	if err != nil {
		return "", err
	}
	live, notes := s.Live.given(s.Getenv)
	keys, err := json.Marshal(live)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s %q %q %q\n", repo.Stamp(), repo.GitDir(), repo.WorkTree(), s.As)
	fmt.Fprintf(h, "%s %d %q %v %s %q\n", named, s.Named.FailOn, s.Named.Verdict, s.Strict, keys, notes)
	if repo.WorkTree() != "" {
		rootDigest(h, WorkTree(repo))
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// lastReport returns the report of the last audit, if nothing has changed that it
// depends on; otherwise nil. Every key of it is read from the repository again, so
// that no cache can invent one.
func (m *auditCache) lastReport(s *Scan, repo *gitstore.Repository, settings *Settings) *scanner.Report {
	if m == nil || m.folder == nil {
		return nil
	}
	question, err := m.questionOf(s, repo)
	if err != nil {
		return nil
	}
	m.question = question
	body, err := m.folder.Load(answerKind)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	body, same := bytes.CutPrefix(body, []byte(question))
	if err == nil && !same {
		return nil
	}
	a := &answer{}
	if err == nil {
		err = cache.Decode(body, a)
	}
	if err != nil {
		m.note("the report in the cache cannot be used: %v", err)
		return nil
	}
	now := s.now()
	today := now.UTC().Format(time.DateOnly)
	if a.Day > today || a.Until != "" && a.Until <= today || a.Places.digest(repo) != a.Local {
		return nil
	}
	secrets, ok := readAgain(repo, settings.Detector.WithSources(func() []scanner.KeySource { return a.Sources }), a.Keys)
	if !ok {
		return nil
	}
	for i, k := range a.Keys {
		s.Found.Add(secrets[i], k.Class)
	}
	r := &a.Report
	dossier.Redate(r, now)
	m.noteEarlier(&r.Coverage, a.Full, "nothing has changed since an earlier audit with the same rules")
	r.Coverage.Notes = append(r.Coverage.Notes, m.notes...)
	return r
}

// saveReport saves the report of a complete search, if nothing has changed while it
// was made.
func (m *auditCache) saveReport(s *Scan, h *history, settings *Settings, r *scanner.Report) {
	if m == nil || m.folder == nil {
		return
	}
	if problem := m.replaceReport(s, h, settings, r); problem != nil {
		r.Coverage.Notes = append(r.Coverage.Notes, fmt.Sprintf("the cache was not saved: %v", problem))
	}
}

// replaceReport saves the report, or removes the saved one if this one cannot be
// given again.
func (m *auditCache) replaceReport(s *Scan, h *history, settings *Settings, r *scanner.Report) error {
	now := s.now()
	if m.question == "" || m.full.IsZero() || h.unread || len(h.repo.Warnings()) > 0 || !fromObjects(h.keys) || !openToday(r, now) {
		return m.folder.Remove(answerKind)
	}
	if again, err := m.questionOf(s, h.repo); err != nil || again != m.question {
		return m.folder.Remove(answerKind)
	}
	a := &answer{
		Places: *h.localPlaces(), Day: now.UTC().Format(time.DateOnly), Until: settings.until(now), Full: m.full,
		Keys: h.keys, Sources: h.sources, Report: *r,
	}
	a.Local = a.Places.digest(h.repo)
	// What this audit says of its cache is not what the next one will say.
	a.Report.Coverage.LastFull = nil
	a.Report.Coverage.Notes = slices.DeleteFunc(slices.Clone(r.Coverage.Notes), func(note string) bool { return slices.Contains(m.notes, note) })
	return m.folder.Save(answerKind, append([]byte(m.question), cache.Encode(a)...))
}

// openToday reports whether the exposures that have not ended last until today, so
// that the report of another day has only other numbers of days.
func openToday(r *scanner.Report, now time.Time) bool {
	for k := range r.AllKeys() {
		d := k.Dossier
		if d != nil && d.Exposure != nil && d.Exposure.LastSource == "now" && !d.Exposure.Last.Equal(now.UTC().Truncate(24*time.Hour)) {
			return false
		}
	}
	return true
}

// fromObjects reports whether all keys are in the texts of objects, and not in the
// names of files and refs.
func fromObjects(keys []seenKey) bool {
	return !slices.ContainsFunc(keys, func(k seenKey) bool { return k.Kind == scanner.FileName || k.Kind == scanner.RefName })
}

// noteKeys notes the keys among findings that were not there before.
func (h *history) noteKeys(findings []scanner.Finding) {
	known := map[scanner.Fingerprint]bool{}
	for _, k := range h.keys {
		known[k.Fingerprint] = true
	}
	names := map[scanner.ObjectID]string{}
	if h.result != nil {
		for _, n := range h.result.Named {
			names[n.Blob] = n.Name
		}
	}
	for i := range findings {
		f := &findings[i]
		if fp := f.Secret.Fingerprint(); !known[fp] {
			known[fp] = true
			h.keys = append(h.keys, seenKey{fp, f.Class, f.Kind, f.ID, names[f.ID]})
		}
	}
}

// readAgain finds keys where they were found before; ok is false if one is not
// there.
func readAgain(repo *gitstore.Repository, detector *django.Detector, keys []seenKey) (secrets []scanner.Secret, ok bool) {
	collector := scanner.NewCollector(detector)
	type text struct {
		id   scanner.ObjectID
		name string
	}
	read := map[text]bool{}
	for _, k := range keys {
		if at := (text{k.ID, k.Name}); !read[at] {
			read[at] = true
			if !addObject(repo, collector, k) {
				return nil, false
			}
		}
	}
	found := map[scanner.Fingerprint]scanner.Secret{}
	for _, f := range collector.Findings() {
		found[f.Secret.Fingerprint()] = f.Secret
	}
	for _, k := range keys {
		secret, ok := found[k.Fingerprint]
		if !ok {
			return nil, false
		}
		secrets = append(secrets, secret)
	}
	return secrets, true
}

// addObject searches the texts of one object.
func addObject(repo *gitstore.Repository, collector *scanner.Collector, k seenKey) bool {
	kind, text, err := repo.Object(k.ID)
	if err != nil {
		return false
	}
	if kind == packfile.Blob {
		chunk := &scanner.Chunk{ID: k.ID, Text: text}
		if k.Name != "" {
			chunk.Names = []string{k.Name}
		}
		collector.Add(chunk)
		return true
	}
	for _, part := range partsOf(kind, text) {
		collector.Add(&scanner.Chunk{ID: k.ID, Kind: part.kind, Text: part.text})
	}
	return true
}
