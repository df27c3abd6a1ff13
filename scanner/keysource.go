package scanner

import (
	"cmp"
	"fmt"
	"slices"
)

// KeySource is where the settings of a site take their key from, if it is not
// written in them: SECRET_KEY = os.environ["APP_KEY"]. The settings themselves
// are what makes APP_KEY the name of a key in this repository.
type KeySource struct {
	Kind    SourceKind
	Name    string // of the variable or constant; of an entry the names on the way to it, with dots between them
	File    string // name, without folders, of the file it is in; "" if the settings do not say
	Setting string // that is read: SECRET_KEY

	ID   ObjectID // the blob of the settings; empty outside Git
	Path string   // of the settings; "" until it is known
	Line int      // from 1
}

// SourceKind is a kind of KeySource.
type SourceKind uint8

// The kinds.
const (
	SourceVariable SourceKind = iota // of the environment
	SourceFile                       // all of a file
	SourceEntry                      // of a JSON, YAML, TOML or INI file
	SourceConstant                   // of another Python module
)

// Same is the source without the place that reads it.
func (s KeySource) Same() KeySource {
	s.ID, s.Path, s.Line = "", "", 0
	return s
}

// String says who reads the source: "read by mysite/settings.py:12 as SECRET_KEY".
func (s *KeySource) String() string {
	if s.Path == "" {
		return "read by the settings as " + s.Setting
	}
	return fmt.Sprintf("read by %s:%d as %s", s.Path, s.Line, s.Setting)
}

// What a collector keeps of the settings that it reads.
const (
	maxKeySources    = 64      // different ones
	maxReadingPlaces = 1 << 14 // of each
)

// Learn makes the collector keep where settings take their keys from.
func (c *Collector) Learn() { c.learn = true }

// keepSources keeps what one text says.
func (c *Collector) keepSources(id ObjectID, list []KeySource) {
	if len(list) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sources == nil {
		c.sources = map[KeySource][]readingPlace{}
	}
	for _, s := range list {
		places := c.sources[s.Same()]
		if len(places) < maxReadingPlaces && (len(places) > 0 || len(c.sources) < maxKeySources) {
			c.sources[s.Same()] = append(places, readingPlace{id, s.Line})
		}
	}
}

// Sources returns where the settings in the texts take their keys from, each
// source with every place that reads it, in an order that does not depend on
// which text was read first.
func (c *Collector) Sources() []KeySource {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []KeySource
	for s, places := range c.sources {
		for _, p := range places {
			s.ID, s.Line = p.id, p.line
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b KeySource) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name), cmp.Compare(a.File, b.File), cmp.Compare(a.Setting, b.Setting), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Line, b.Line))
	})
	return out
}

// ManyPlaces reports whether the sources, or the places that read one of them, reach a
// limit of the collector. Then some may have been left out, and it is chance which.
func ManyPlaces(sources []KeySource) bool {
	places := map[KeySource]int{}
	for _, s := range sources {
		if places[s.Same()]++; places[s.Same()] >= maxReadingPlaces || len(places) >= maxKeySources {
			return true
		}
	}
	return false
}

// Use gives the collector another detector with the same anchors.
func (c *Collector) Use(d Detector) { c.detector = d }

// Claim gives each match that was found its Source, as the detector says.
func (c *Collector) Claim() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.findings {
		c.detector.Claim(&c.findings[i].Match)
	}
}

// Replace takes in a text again whose name is known now: what was found in it
// before is dropped if more is found.
func (c *Collector) Replace(chunk *Chunk) { c.take(chunk, true) }

// dropReplaced drops what was found in texts before they were taken in again.
func (c *Collector) dropReplaced() {
	if len(c.replaced) == 0 {
		return
	}
	kept := c.findings[:0]
	for i, f := range c.findings {
		if from, again := c.replaced[f.ID]; !again || i >= from {
			kept = append(kept, f)
		}
	}
	clear(c.findings[len(kept):])
	c.findings, c.replaced = kept, nil
}
