package project

import (
	"bytes"
	"slices"
)

// Facts are what one file says of a project. They are plain data, hold no part of
// the text but for manifests, and depend on the path and the text alone.
type Facts struct {
	Packages []Package
	Manifest []byte // the text of a file about a platform; nil if it says nothing
	Python   *File  // nil if nothing in it matters
	Size     int    // of the text, in bytes
}

// Reader reads the facts of files one after another.
type Reader struct {
	lexer lexer
	found []int32
}

// Facts returns what a file says.
func (r *Reader) Facts(path string, text []byte) *Facts {
	f := &Facts{Size: len(text)}
	if read := packageReader(path); read != nil {
		var p packages
		read(&p, path, text)
		f.Packages = p.found
	}
	if isPlatform(path) && !isSilent(path, text) {
		f.Manifest = bytes.Clone(text)
	}
	if isCode(path) && (namedSettings(path) || r.hasNeedle(text)) {
		f.Python = r.lexer.parseFile(path, text)
	}
	return f
}

func (r *Reader) hasNeedle(text []byte) bool {
	for from := 0; from < len(text); from += needleStep {
		r.found = needles().Append(r.found[:0], text, from, min(len(text), from+needleStep))
		if len(r.found) > 0 {
			return true
		}
	}
	return false
}

// needleStep is how many bytes of a file are searched before it is asked whether one
// was found: most files that have one have it among their imports.
const needleStep = 1 << 10

// IsPlain reports whether what a file of this path may say depends on its text alone:
// it is code, and neither settings by its name, nor a list of requirements, nor about
// a platform.
func IsPlain(path string) bool {
	return isCode(path) && !namedSettings(path) && packageReader(path) == nil && !isPlatform(path)
}

// Quotes reports whether the facts hold a string of the file, which may be a key.
func (f *Facts) Quotes() bool {
	if f.Packages != nil || f.Manifest != nil {
		return true
	}
	p := f.Python
	return p != nil && (p.Broken != "" || slices.ContainsFunc(p.Called, Expr.quotes) || slices.ContainsFunc(p.Assigns, func(a Assign) bool { return a.Key != "" || a.Value.quotes() }))
}

// At are the facts of the same text at another path, if they are plain at both.
func (f *Facts) At(path string) *Facts {
	if f.Python == nil || f.Python.Path == path {
		return f
	}
	facts, python := *f, *f.Python
	python.Path = path
	facts.Python = &python
	return &facts
}

// isSilent reports whether a file is in the format of manifests of Kubernetes and
// names no variable for a key, without which readManifest says nothing.
func isSilent(path string, text []byte) bool {
	return platformOf(path) == Kubernetes && !bytes.Contains(text, []byte("SECRET"))
}
