package django

import (
	"cmp"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/forms"
	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// Sources returns where the settings in a text take the site's key from, if it
// is not written in them. The anchors are all of text's.
func (*Detector) Sources(text []byte, anchors []int32) []scanner.KeySource {
	var out []scanner.KeySource
	line, at := 1, 0
	for _, s := range forms.Sources(text, anchors) {
		if s.Offset > at {
			lines, _ := scanner.Position(text[at:], s.Offset-at)
			line, at = line+lines-1, s.Offset
		}
		s.Line = line
		out = append(out, s.KeySource)
	}
	return out
}

// WithSources returns a detector that finds the keys of these sources too, in
// files whose name says that they may hold them. They are asked for once, when
// the first such file is met whose text may hold one.
func (d *Detector) WithSources(load func() []scanner.KeySource) *Detector {
	return &Detector{names: d.names, sources: &sources{load: sync.OnceValue(load)}}
}

// sources are what the settings of one repository read.
type sources struct {
	load func() []scanner.KeySource
	once sync.Once
	// variables says whether there is a variable whose name does not look like that
	// of a key, so that only its name finds it.
	variables bool
	others    []*scanner.KeySource // what is not a variable
}

// mayBeIn reports whether a file of this name can hold one of the sources. An audit
// asks for every name of its history.
func (s *sources) mayBeIn(base string) bool {
	s.once.Do(func() {
		list := s.load()
		for i := range list {
			if list[i].Kind != scanner.SourceVariable {
				s.others = append(s.others, &list[i])
			} else if !isAnchored(&list[i]) {
				s.variables = true
			}
		}
	})
	return s.variables && setsVariables(base) || slices.ContainsFunc(s.others, func(o *scanner.KeySource) bool { return isIn(o, base) })
}

// TakesFile reports whether a file may hold a key that only its name tells: one
// that is nothing but the key, or one that the settings read. It does not ask
// what they read, so it is true of many files: FindFile asks, and only where the
// text may be such a key.
func (d *Detector) TakesFile(file string) bool {
	base := path.Base(file)
	return namesKey(base) || d.sources != nil && mayHoldSources(base)
}

// WantsFile is TakesFile for callers that have to read a file for it: it also asks what
// the settings read, and so is true of fewer files.
func (d *Detector) WantsFile(file string) bool {
	base := path.Base(file)
	if namesKey(base) {
		return true
	}
	if d.sources == nil || !mayHoldSources(base) {
		return false
	}
	return d.sources.mayBeIn(base)
}

// mayHoldSources is false for files that hold none whatever the settings say, so
// that they need not be read for it.
func mayHoldSources(base string) bool {
	return !sourcelessEndings.Has(path.Ext(base)) && !toolFiles.Has(base)
}

// isIn reports whether a file of this name can hold a source.
func isIn(s *scanner.KeySource, base string) bool {
	switch s.Kind {
	case scanner.SourceVariable:
		return !isAnchored(s) && setsVariables(base)
	case scanner.SourceEntry:
		return forms.IsValuesOf(s.File, base) || s.File == "" && slices.Contains(forms.DataEndings[:], path.Ext(base))
	}
	return s.File == base
}

// isAnchored reports whether every text with a name is read anyway, because it
// looks like that of a key: then only what it means is learned.
func isAnchored(s *scanner.KeySource) bool { return value.JudgeName(s.Name) != value.NameNone }

// Claim sets the source of a key in a variable that the settings read, if its name
// alone did not say that it is the site's.
func (d *Detector) Claim(m *scanner.Match) {
	if d.sources == nil || m.Source != nil || !m.Has(scanner.OtherName) {
		return
	}
	list := d.sources.load()
	for i := range list {
		if s := &list[i]; s.Kind == scanner.SourceVariable && s.Name == m.Name {
			m.Source = s
			m.Traits &^= scanner.OtherName | scanner.Unclaimed
			return
		}
	}
}

// setsVariables reports whether a file of this name may set variables of the
// environment: .env, Compose, Kubernetes, CI, Dockerfile, a shell script.
func setsVariables(base string) bool {
	low := strings.ToLower(base)
	if strings.HasPrefix(low, ".env") || strings.HasPrefix(low, "env.") || strings.HasPrefix(low, "dockerfile") || strings.HasPrefix(low, "docker-compose") {
		return true
	}
	if variableFiles.Has(low) || variableEndings.Has(path.Ext(low)) {
		return true
	}
	return path.Ext(low) == ".json" &&
		hasWord(low, "env", "environment", "app", "config", "settings", "secrets", "task", "vercel", "now", "values", "variables", "definition", "devcontainer", "launch")
}

// findSources returns the keys of the sources that a file holds.
func (d *Detector) findSources(file string, text []byte) []scanner.Match {
	base := path.Base(file)
	if d.sources == nil || len(text) > maxSourceText || !mayBeSource(base, text) {
		return nil
	}
	var found []scanner.Match
	var places []namePlace
	list := d.sources.load()
	for i := range list {
		s := &list[i]
		if !isIn(s, base) {
			continue
		}
		if s.Kind == scanner.SourceFile {
			for _, m := range keyFile(text, value.Placeholder) {
				m.Source = s
				found = append(found, m)
			}
			continue
		}
		places = append(places, sourcePlaces(s, path.Ext(base), text)...)
	}
	slices.SortFunc(places, func(a, b namePlace) int { return cmp.Compare(a.at, b.at) })
	return append(found, findAt(text, places)...)
}

// mayBeSource is false for a text that holds the key of no source, whatever the
// settings say: it sets no variable of the environment, is not a file of data, has
// no constant of Python, and is not one key.
func mayBeSource(base string, text []byte) bool {
	switch ext := path.Ext(base); {
	case ext == ".py" && !variableFiles.Has(strings.ToLower(base)):
		return !strings.HasPrefix(base, "test_") && forms.SetsConstant(text)
	case slices.Contains(forms.DataEndings[:], ext) || setsVariables(base):
		return true
	}
	return len(keyFile(text, value.Placeholder)) > 0
}

// maxSourceText bounds the files in which sources are looked for, in bytes.
const maxSourceText = 1 << 20

// namePlace is where a text names a source.
type namePlace struct {
	source *scanner.KeySource
	at     int
	length int
}

// sourcePlaces finds the name of a source in a file with this ending.
func sourcePlaces(s *scanner.KeySource, ext string, text []byte) []namePlace {
	if s.Kind == scanner.SourceEntry {
		way := strings.Split(s.Name, ".")
		var out []namePlace
		for _, at := range forms.Entries(text, ext, way) {
			out = append(out, namePlace{s, at, len(way[len(way)-1])})
		}
		return out
	}
	return wordPlaces(s, text)
}

// maxPlaces bounds the places of one name in one text.
const maxPlaces = 256

// wordPlaces finds a name as a word of its own.
func wordPlaces(s *scanner.KeySource, text []byte) (out []namePlace) {
	part := func(i int) bool {
		return i >= 0 && i < len(text) && (ascii.IsWord(text[i]) || text[i] == '-' || text[i] == '.' && s.Kind == scanner.SourceVariable)
	}
	for at := 0; len(out) < maxPlaces; {
		n := ascii.Index(text[at:], s.Name)
		if n < 0 {
			break
		}
		from := at + n
		at = from + len(s.Name)
		if !part(from-1) && !part(at) {
			out = append(out, namePlace{s, from, len(s.Name)})
		}
	}
	return out
}

// sourceAlias is what stands for the name of a source while a text is read. The
// forms recognise it as a key's.
const sourceAlias = "SOURCE_SECRET_KEY"

// findAt reads the text around the names of sources as if they were names of
// keys.
func findAt(text []byte, places []namePlace) []scanner.Match {
	if len(places) == 0 {
		return nil
	}
	var replaced []byte
	var splices []splice
	var anchors []int32
	done := 0
	for _, p := range places {
		if p.at < done {
			continue
		}
		replaced = append(replaced, text[done:p.at]...)
		anchors = append(anchors, int32(len(replaced)+strings.Index(sourceAlias, "SECRET")))
		replaced = append(replaced, sourceAlias...)
		done = p.at + p.length
		splices = append(splices, splice{len(replaced), len(replaced) - done})
	}
	replaced = append(replaced, text[done:]...)
	var out []scanner.Match
	found, _ := find(replaced, anchors)
	for _, m := range found {
		if m.Has(scanner.NoName) || !strings.Contains(m.Name, sourceAlias) {
			continue
		}
		move(&m, splices)
		n, _ := slices.BinarySearchFunc(places, m.Offset, func(p namePlace, offset int) int { return cmp.Compare(p.at, offset) })
		if n == 0 {
			continue
		}
		s := places[n-1].source
		m.Name = s.Name[1+strings.LastIndexByte(s.Name, '.'):]
		m.Traits &^= scanner.OtherName | scanner.Unclaimed
		m.Source = s
		out = append(out, m)
	}
	return out
}
