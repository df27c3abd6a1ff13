package scanner

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// Class says what kind of value a key is.
type Class string

// The classes.
const (
	ClassDjangoInsecure Class = "django-insecure" // startproject's prefix and 50 random symbols
	ClassDjango         Class = "django"          // 50 random symbols of Django's alphabet
	ClassRandom         Class = "random"          // made by another generator, or typed at random
	ClassPublic         Class = "public"          // random to look at, but printed in documentation
	ClassWeak           Class = "weak"            // made up by a person
	ClassPlaceholder    Class = "placeholder"     // asks to be replaced, or a dummy
)

// Classes returns all classes, from the surest key to the least.
func Classes() []Class {
	return []Class{ClassDjangoInsecure, ClassDjango, ClassRandom, ClassPublic, ClassWeak, ClassPlaceholder}
}

// Rank is the place of a class in Classes, from 0; an unknown one is last.
func (c Class) Rank() int { return rank(Classes(), c) }

// Generated reports whether a machine made the value, so that nobody but its
// holders can know it.
func (c Class) Generated() bool {
	return c == ClassDjangoInsecure || c == ClassDjango || c == ClassRandom
}

// Severity orders findings by what they cost if nothing is done.
type Severity uint8

// The severities; Silent findings are not reported at all.
const (
	Silent Severity = iota
	Note
	Low
	Medium
	High
	Critical
)

var severityNames = [...]string{"silent", "note", "low", "medium", "high", "critical"}

// String returns the severity's name in lower case.
func (s Severity) String() string { return severityNames[s] }

// SeverityNames returns the names of the severities that a report can have, the
// highest first.
func SeverityNames() []string {
	names := slices.Clone(severityNames[Note:])
	slices.Reverse(names)
	return names
}

// ParseSeverity reads a severity's name.
func ParseSeverity(name string) (Severity, error) {
	if i := slices.Index(severityNames[:], name); i >= int(Note) {
		return Severity(i), nil
	}
	return Silent, fmt.Errorf("unknown severity %q: it is one of %s", name, strings.Join(SeverityNames(), ", "))
}

// MarshalText returns the name.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the name.
func (s *Severity) UnmarshalText(text []byte) (err error) {
	*s, err = ParseSeverity(string(text))
	return err
}

// Trait is a fact about a match that its severity depends on.
type Trait uint32

// The traits.
const (
	Fallback    Trait = 1 << iota // a default that holds only where the environment has no value
	Guarded                       // a comparison with this value raises, so it cannot be deployed
	Comment                       // in a comment
	BuildOnly                     // given to one command of an image build
	OtherName                     // the name is a sibling of SECRET_KEY: JWT_SECRET, SIGNING_KEY, …
	NoName                        // found by its shape alone
	TestOnly                      // set by test code: override_settings, monkeypatch.setenv, …
	DevOnly                       // holds in a development branch only: `… if DEBUG else …`
	InFallbacks                   // listed in SECRET_KEY_FALLBACKS: verifies, but does not sign
	Typed                         // typed at random by a person, not drawn by a generator
	Unclaimed                     // nothing in the text speaks for a Django or Flask site, and the name is common elsewhere
	Deployed                      // given to a command that deploys
	WholeFile                     // the file is nothing but the key
)

// Form says how a name and a value are written: "python-assign", "dotenv",
// "yaml", … The detector lists them.
type Form string

// Match is one key in one text.
type Match struct {
	Offset int    // of the value as written, in bytes from 0
	Length int    // of the value as written, in bytes
	Secret Secret // the value as Django sees it: un-escaped, folded, decoded
	Class  Class
	Rule   string // id of the rule that found it
	Name   string // the setting or variable as written; empty with NoName
	Form   Form   // how it was written
	Traits Trait
	Allow  *Allow // set if a comment beside it accepts it
	// Source is set where only the settings of this repository say that it is
	// their key.
	Source *KeySource
	// Repeats is how many more places of the text hold the same match and are
	// not listed. It is 0 but for texts that repeat one thousands of times.
	Repeats int
}

// Has reports whether the match has all of these traits.
func (m *Match) Has(t Trait) bool { return m.Traits&t == t }

// Allow is a comment that accepts a key.
type Allow struct {
	By     string // the marker: "djleaks: allow", "pragma: allowlist secret", …
	Reason string
	Line   int // of the comment in its text, from 1
}

// RemarkKind is a kind of Remark.
type RemarkKind string

// The kinds of remark.
const (
	NearMiss      RemarkKind = "near-miss"      // a comment that is not written as it must be
	UnusedComment RemarkKind = "unused-comment" // a comment beside which there is no key
)

// RemarkKinds returns all kinds of remark.
func RemarkKinds() []RemarkKind { return []RemarkKind{NearMiss, UnusedComment} }

// Remark is a comment that was written to accept a key and accepts nothing.
type Remark struct {
	Path string     `json:"path"`
	Line int        `json:"line"` // from 1
	Kind RemarkKind `json:"kind"`
	Text string     `json:"text"` // why: the rest of a sentence, without a full stop
}

// RuleLeakedFallback is the id of the rule that Build itself gives: to a key in
// SECRET_KEY_FALLBACKS that is also found as a key that signed.
const RuleLeakedFallback = "leaked-key-in-fallbacks"

// Rule documents one kind of finding, for `rules` and for reports.
type Rule struct {
	ID       string
	Title    string   // a short noun phrase
	Text     string   // what it means and why it matters, in sentences
	Severity Severity // the highest it gives
	Fix      string   // what to do, in sentences
}

// Replacement says what to write in the place of a key.
type Replacement struct {
	Line     string // of code, or a command for the file as a whole; may be empty
	Note     string // what else it needs, in a few words
	Python   bool   // Line is Python, and reads the key
	Variable string // the environment variable from which the key is read then
	Dotenv   bool   // what reads it looks into a file named .env too
}

// String is the replacement in one line.
func (r Replacement) String() string {
	switch {
	case r.Line == "":
		return r.Note
	case r.Note == "":
		return r.Line
	}
	return r.Line + "  (" + r.Note + ")"
}

// Detector finds keys in texts. Its methods are safe for concurrent use. Package
// scanner/django has the only one: the interface is there because that package
// imports this one, and the terms here (fallbacks, startproject) are Django's.
type Detector interface {
	// Version changes whenever the same text could give other matches.
	Version() string
	Rules() []Rule
	// Anchors are the literals of which a text has at least one if it has a
	// match.
	Anchors() *AnchorSet
	// Search returns the matches of text, by offset. cut is the number of statements
	// that are too long to be read to their end, so that a key in them may have been
	// missed. anchors are those that Anchors().Append finds in all of text. Nothing
	// returned refers to text.
	Search(text []byte, anchors []int32) (found []Match, cut int)
	// TakesFile reports whether FindFile may find a key in a file of this path.
	TakesFile(path string) bool
	// FindFile returns the keys that only the path tells: the one that is all of
	// a small file, and those that the settings read there.
	FindFile(path string, text []byte) []Match
	// MayBeUnread reports whether a file of this path is one that Unread judges.
	MayBeUnread(path string) bool
	// Unread says what hides the content of a file, if it is packed or encrypted as
	// a whole: "compressed with gzip"; or "".
	Unread(path string, text []byte) string
	// Claim sets the Source of a match of Find, if the settings read it.
	Claim(m *Match)
	// Sources returns where the settings in text take their key from. The
	// anchors are those that Search gets.
	Sources(text []byte, anchors []int32) []KeySource
	// Remarks returns the comments of text that accept none of its matches, which
	// are those that Search has returned. Paths are left empty.
	Remarks(text []byte, anchors []int32, matches []Match) []Remark
	// ReplacementLines returns a function that gives, for a match of text, the line of
	// code to write in its place, or "" if the text does not tell.
	ReplacementLines(text []byte) func(m *Match) string
	// Severity judges a match in a file of this path ("" for a text without
	// one) and says why in one sentence.
	Severity(m *Match, path string) (Severity, string)
}

// Position turns an offset into a line and a column, both from 1, the column in
// bytes. LF, CRLF and a lone CR end a line.
func Position(text []byte, offset int) (line, column int) {
	before := text[:min(offset, len(text))]
	if bytes.IndexByte(before, '\r') < 0 {
		return 1 + bytes.Count(before, []byte{'\n'}), offset - bytes.LastIndexByte(before, '\n')
	}
	line, start := 1, 0
	for i, c := range before {
		if c == '\n' || c == '\r' && (i+1 == len(text) || text[i+1] != '\n') {
			line, start = line+1, i+1
		}
	}
	return line, offset - start + 1
}
