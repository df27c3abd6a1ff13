package scan

import (
	"cmp"
	"context"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/packwalk"
	"github.com/djleaks/djleaks/internal/regular"
	"github.com/djleaks/djleaks/internal/trace"
	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django"
)

// learned is where the settings of a history take their keys from.
type learned struct {
	read    []scanner.KeySource // every place that reads one, as a collector gives them
	sources []scanner.KeySource // each once
}

func learn(read []scanner.KeySource) *learned {
	l := &learned{read: read}
	for _, s := range read {
		if n := len(l.sources); n == 0 || l.sources[n-1].Same() != s.Same() {
			l.sources = append(l.sources, s.Same())
		}
	}
	return l
}

// find is the source of the list that is the same; nil if there is none.
func (l *learned) find(s scanner.KeySource) *scanner.KeySource {
	for i := range l.sources {
		if l.sources[i].Same() == s.Same() {
			return &l.sources[i]
		}
	}
	return nil
}

// again takes in more places that read the same sources; ok is false if they read
// others, or more than are kept of one.
func (l *learned) again(read []scanner.KeySource) (ok bool) {
	if !slices.Equal(learn(read).sources, l.sources) {
		return false
	}
	l.read = read
	return !scanner.ManyPlaces(read)
}

func (l *learned) list() []scanner.KeySource { return l.sources }

// ask makes the settings an item of the history.
func (l *learned) ask(matched map[scanner.ObjectID][]int32, item int32) {
	for _, s := range l.read {
		if list := matched[s.ID]; len(list) == 0 || list[len(list)-1] != item {
			matched[s.ID] = append(list, item)
		}
	}
}

// place says of each source where it is read: in HEAD's version of the settings,
// if that reads it.
func (l *learned) place(places []scanner.Presence) {
	type version struct {
		path string
		rank int
	}
	paths := map[scanner.ObjectID]version{}
	for _, p := range places {
		for i, id := range p.Blobs {
			v := version{p.Path, 2}
			switch {
			case i == 0 && slices.Contains(p.Refs, "HEAD"):
				v.rank = 0
			case len(p.Refs) > 0:
				v.rank = 1
			}
			if old, known := paths[id]; !known || v.rank < old.rank {
				paths[id] = v
			}
		}
	}
	for i := range l.sources {
		s, best := &l.sources[i], 3
		for _, r := range l.read {
			if v, known := paths[r.ID]; known && r.Same() == s.Same() && v.rank < best {
				s.ID, s.Path, s.Line, best = r.ID, v.path, r.Line, v.rank
			}
		}
	}
}

// readNamed reads the blobs whose names say that they may hold a key that
// nothing in them tells, and reports whether one does.
func (h *history) readNamed(ctx context.Context, detector *django.Detector, collector *scanner.Collector, findings []scanner.Finding) (found bool, err error) {
	if h.result.NamedMore {
		h.coverage.Skip(scanner.Skip{Reason: "further files whose names are those of keys"})
	}
	names := map[uint32]string{} // by ordinal
	for _, b := range h.result.Named {
		if ctx.Err() != nil {
			return found, ctx.Err()
		}
		if scanner.MayNameKey(b.Name) && h.addName(collector, b) {
			found = true
		}
		// What is missing, or cannot be read, is said to be.
		if ordinal, ok := h.Ordinal([]byte(b.Blob)); ok && !strings.HasSuffix(b.Name, "/") {
			names[ordinal] = b.Name
		}
	}
	if len(names) == 0 {
		return found, nil
	}
	seen := map[scanner.ObjectID]bool{}
	for _, f := range findings {
		seen[f.ID] = true
	}
	var more atomic.Bool
	err = h.Blobs(ctx, slices.Collect(maps.Keys(names)), func(_ int, o *packwalk.Object) error {
		if o.Windowed {
			return nil // no file of a key is that long
		}
		name := names[o.Ordinal]
		if collector.LookUnread(name, o.Text) {
			return nil
		}
		matches := detector.FindFile(name, o.Text)
		if len(matches) > 0 && (matches[0].Source != nil || !seen[o.ID()]) {
			collector.Replace(&scanner.Chunk{ID: o.ID(), Names: []string{name}, Text: o.Text})
			more.Store(true)
		}
		return nil
	})
	return found || more.Load(), err
}

// addRefNames searches the names of the refs.
func (h *history) addRefNames(collector *scanner.Collector) {
	for _, tip := range h.tips {
		if scanner.MayNameKey(tip.Ref) {
			collector.Add(refName(tip.Ref, tip.Object))
		}
	}
}

// refName is the name of a ref, to be searched.
func refName(ref string, object scanner.ObjectID) *scanner.Chunk {
	tag, isTag := strings.CutPrefix(ref, "refs/tags/")
	if !isTag {
		tag = ""
	}
	return &scanner.Chunk{Kind: scanner.RefName, ID: object, Text: scanner.NameText(ref), Tag: tag}
}

// addName searches the name of a file or a folder. It stands for the paths of a
// blob: of a folder the first file below is taken.
func (h *history) addName(collector *scanner.Collector, n trace.Named) (found bool) {
	blob := n.Blob
	if folder, ok := strings.CutSuffix(n.Name, "/"); ok {
		n.Name = folder
		if blob, ok = h.repo.FirstFile(n.Blob); !ok {
			return false
		}
	}
	return collector.Add(&scanner.Chunk{Kind: scanner.FileName, ID: blob, Text: scanner.NameText(n.Name)})
}

// Bounds of looking for settings that name where their key is.
const (
	maxReaders     = 24        // files of settings that are read
	maxReaderSize  = 256 << 10 // of each, in bytes
	maxReaderDirs  = 400       // folders that are looked into
	maxReaderDepth = 5         // how deep they may be
)

// learnFrom makes the detector find the keys that the settings among some files
// read elsewhere. The files are asked for when the first text is met that may be
// such a key.
func (s *Settings) learnFrom(files func() []gitstore.TreeFile, read func(gitstore.TreeFile) ([]byte, error)) {
	plain := s.Detector
	s.Detector = plain.WithSources(func() []scanner.KeySource {
		list := slices.DeleteFunc(files(), func(f gitstore.TreeFile) bool { return !readsKeys(f.Path) })
		slices.SortStableFunc(list, func(a, b gitstore.TreeFile) int {
			return cmp.Or(cmp.Compare(readerRank(a.Path), readerRank(b.Path)), cmp.Compare(strings.Count(a.Path, "/"), strings.Count(b.Path, "/")))
		})
		var found []scanner.KeySource
		for _, f := range list[:min(len(list), maxReaders)] {
			text, err := read(f)
			if err != nil || len(text) > maxReaderSize {
				continue
			}
			for _, source := range plain.Sources(text, plain.Anchors().Append(nil, text, 0, len(text))) {
				if !slices.ContainsFunc(found, func(x scanner.KeySource) bool { return x.Same() == source.Same() }) {
					source.ID, source.Path = f.ID, f.Path
					found = append(found, source)
				}
			}
		}
		return found
	})
}

// learnFromFolder is learnFrom for the files of a folder.
func (s *Settings) learnFromFolder(root string) {
	if root == "" {
		return
	}
	s.learnFrom(func() (files []gitstore.TreeFile) {
		dirs := 0
		_ = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			file, _ := filepath.Rel(root, name)
			file = filepath.ToSlash(file)
			switch {
			case err != nil:
				return nil // what cannot be read is told by who searches it
			case d.IsDir():
				if dirs++; dirs > maxReaderDirs || name != root && !mayHoldReaders(file) {
					return fs.SkipDir
				}
			case d.Type().IsRegular() && readsKeys(file):
				files = append(files, gitstore.TreeFile{Path: file})
			}
			return nil
		})
		return files
	}, func(f gitstore.TreeFile) ([]byte, error) { return regular.ReadIn(root, f.Path, maxReaderSize) })
}

// mayHoldReaders reports whether the settings of this project may be in a folder.
func mayHoldReaders(folder string) bool {
	return strings.Count(folder, "/") < maxReaderDepth && !isLeftOut(path.Base(folder))
}

// isLeftOut recognises folders that hold no settings of this project.
func isLeftOut(folder string) bool {
	switch folder {
	case "templates", "locale", "fixtures", "test", "tests", "node_modules", "site-packages", "venv", "__pycache__", "migrations", "static", "staticfiles", "media":
		return true
	}
	return strings.HasPrefix(folder, ".")
}

// objectReader reads files from their objects.
func objectReader(repo *gitstore.Repository) func(gitstore.TreeFile) ([]byte, error) {
	return func(f gitstore.TreeFile) ([]byte, error) {
		_, text, err := repo.Object(f.ID)
		return text, err
	}
}

// readsKeys reports whether a file is one in which a site takes its key from
// somewhere, by its path.
func readsKeys(file string) bool { return readerRank(file) < unlikelyReader }

// lastName is the part of a path after its last slash.
func lastName(file string) string { return file[1+strings.LastIndexByte(file, '/'):] }

// unlikelyReader is the rank of files that are hardly the settings of a site.
const unlikelyReader = 3

// readerRank orders files by how likely they are the settings of a site, or what
// passes a key on to them: 3 is unlikely.
func readerRank(file string) int {
	above, base := path.Split(file)
	folder := lastName(strings.TrimSuffix(above, "/"))
	switch {
	case path.Ext(base) != ".py":
		return deployerRank(base)
	case strings.HasPrefix(base, "test") || folder == "tests" || folder == "migrations":
		return unlikelyReader
	case strings.Contains(base, "settings") || folder == "settings":
		return 0
	case strings.Contains(base, "config") || slices.Contains([]string{"config", "conf", "configs"}, folder):
		return 1
	case slices.Contains([]string{"app.py", "base.py", "common.py", "production.py", "prod.py", "main.py"}, base):
		return 2
	}
	return unlikelyReader
}

// deployerRank is readerRank for files of Compose, Docker and Terraform, and for
// what starts a container.
func deployerRank(base string) int {
	low := strings.ToLower(base)
	ext := path.Ext(low)
	switch {
	case (strings.HasPrefix(low, "docker-compose") || strings.HasPrefix(low, "compose")) && (ext == ".yml" || ext == ".yaml"):
		return 1
	case strings.HasPrefix(low, "dockerfile"), strings.Contains(low, "entrypoint"), ext == ".tf":
		return 2
	}
	return unlikelyReader
}
