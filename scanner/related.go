package scanner

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strings"
)

// Relation is another key that is the same secret, written differently: whoever
// has one has both, and to go from one to the other rotates nothing.
type Relation struct {
	Fingerprint Fingerprint `json:"fingerprint"`
	How         Difference  `json:"how"`
}

// Difference says in what two keys of the same symbols differ.
type Difference string

// The differences.
const (
	DiffersInPrefix     Difference = "prefix"      // django-insecure-
	DiffersInQuotes     Difference = "quotes"      // that a file of settings kept
	DiffersInWhiteSpace Difference = "white-space" // around it, such as the line break of a file
	DiffersInBase64     Difference = "base64"      // one is the other's base64
)

// Differences returns all differences.
func Differences() []Difference {
	return []Difference{DiffersInPrefix, DiffersInQuotes, DiffersInWhiteSpace, DiffersInBase64}
}

// minSymbols is how many symbols two keys must share to be one secret, in bytes.
const minSymbols = 8

// spelling is what a key is without what is around its symbols.
type spelling struct {
	symbols                string
	prefix, quotes, spaces bool
}

func spell(v string) (s spelling) {
	s.symbols = strings.TrimSpace(v)
	s.spaces = s.symbols != v
	if n := len(s.symbols) - 1; n > 1 && (s.symbols[0] == '"' || s.symbols[0] == '\'') && s.symbols[n] == s.symbols[0] {
		s.symbols, s.quotes = s.symbols[1:n], true
	}
	s.symbols, s.prefix = strings.CutPrefix(s.symbols, InsecurePrefix)
	return s
}

// decoded is the text that a value is the base64 of; empty if it is of none.
func decoded(v string) string {
	v = strings.TrimSpace(v)
	for _, encoding := range [...]*base64.Encoding{base64.StdEncoding, base64.URLEncoding, base64.RawStdEncoding, base64.RawURLEncoding} {
		if raw, err := encoding.DecodeString(v); err == nil {
			return string(raw)
		}
	}
	return ""
}

// written is a key with its value.
type written struct {
	key   *Key
	value string
}

// written gives the keys of a builder their values.
func (b *builder) written(keys []Key) []written {
	out := make([]written, len(keys))
	for i := range keys {
		out[i] = written{&keys[i], b.keys[keys[i].Fingerprint].secret.Reveal()}
	}
	return out
}

// relate tells the keys that are one secret of each other: the new ones, and those
// that the old side of a comparison holds.
func relate(fresh, old []written) {
	type member struct {
		key *Key
		spelling
		encoded bool
	}
	bySymbols := map[string][]member{}
	all := slices.Concat(fresh, old)
	for _, k := range all {
		s := spell(k.value)
		bySymbols[s.symbols] = append(bySymbols[s.symbols], member{k.key, s, false})
		if s = spell(decoded(k.value)); len(s.symbols) >= minSymbols {
			bySymbols[s.symbols] = append(bySymbols[s.symbols], member{k.key, s, true})
		}
	}
	for symbols, all := range bySymbols {
		if len(symbols) < minSymbols || len(all) > maxRelated {
			continue
		}
		for _, m := range all {
			for _, other := range all {
				if m.key.Fingerprint == other.key.Fingerprint {
					continue
				}
				how := DiffersInWhiteSpace
				switch {
				case m.encoded != other.encoded:
					how = DiffersInBase64
				case m.prefix != other.prefix:
					how = DiffersInPrefix
				case m.quotes != other.quotes:
					how = DiffersInQuotes
				}
				m.key.Related = append(m.key.Related, Relation{other.key.Fingerprint, how})
			}
		}
	}
	for _, w := range all {
		k := w.key
		slices.SortFunc(k.Related, func(a, b Relation) int {
			return cmp.Or(cmp.Compare(a.Fingerprint, b.Fingerprint), cmp.Compare(a.How, b.How))
		})
		k.Related = slices.CompactFunc(k.Related, func(a, b Relation) bool { return a.Fingerprint == b.Fingerprint })
	}
}

// maxRelated bounds the keys that are one secret. There are not more ways to
// write it.
const maxRelated = 32

// SameSymbols are the keys that differ from this one in startproject's prefix.
func (k *Key) SameSymbols() (out []Fingerprint) {
	for _, r := range k.Related {
		if r.How == DiffersInPrefix {
			out = append(out, r.Fingerprint)
		}
	}
	return out
}
