// Package words holds lists of words, one a line, so that a change of a list
// shows its words.
package words

import (
	"strings"
	"sync"
)

// Set is a list of words. It is read at its first use, and is safe for
// concurrent use.
type Set struct {
	text string
	once sync.Once
	has  map[string]struct{}
}

// New returns the words of a text: one a line. Empty lines, and lines that begin
// with "# ", are for people.
func New(text string) *Set { return &Set{text: text} }

// List returns the words of a text as New reads it, in its order.
func List(text string) (list []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\r\n"); line != "" && !strings.HasPrefix(line, "# ") {
			list = append(list, line)
		}
	}
	return list
}

// Has reports whether a word is in the list.
func (s *Set) Has(word string) bool {
	s.once.Do(s.read)
	_, ok := s.has[word]
	return ok
}

// HasBytes is Has for a word that is a part of a text.
func (s *Set) HasBytes(word []byte) bool {
	s.once.Do(s.read)
	_, ok := s.has[string(word)]
	return ok
}

func (s *Set) read() {
	list := List(s.text)
	s.has = make(map[string]struct{}, len(list))
	for _, word := range list {
		s.has[word] = struct{}{}
	}
}
