package scanner

import (
	"reflect"
	"slices"
	"strings"
)

// Redactor takes keys out of strings that are not keys: the names of files,
// branches and authors, reasons, errors. It masks the keys that it was told of,
// and whatever has startproject's prefix. A nil Redactor masks the prefix only.
// It is not safe for concurrent use.
type Redactor struct {
	heads  map[string][]maskedKey // by their first headLength bytes
	filter [1 << 16 / 64]uint64   // hashes of the heads: most places of a text are told apart by it
	seen   map[Secret]bool
}

// maskedKey is a key that is looked for.
type maskedKey struct {
	value, mask string
	class       Class
}

const (
	headLength = 4 // also the length of the shortest key that is looked for
	// shortestRest is how much of a key's random part makes a text with
	// startproject's prefix worth a mask, in bytes.
	shortestRest = 8
)

// Add makes the redactor mask a key, which is of this class.
func (r *Redactor) Add(s Secret, class Class) {
	if r == nil || r.seen[s] || s.Len() < headLength {
		return
	}
	if r.seen == nil {
		r.seen, r.heads = map[Secret]bool{}, map[string][]maskedKey{}
	}
	r.seen[s] = true
	value := s.Reveal()
	r.heads[value[:headLength]] = append(r.heads[value[:headLength]], maskedKey{value, s.Mask(class), class})
	hash := headHash(value)
	r.filter[hash/64] |= 1 << (hash % 64)
}

// headHash is a hash of the first headLength bytes of a text.
func headHash(text string) uint16 {
	head := uint32(text[0]) | uint32(text[1])<<8 | uint32(text[2])<<16 | uint32(text[3])<<24
	return uint16(head * 0x9e3779b1 >> 16)
}

// Redact masks the keys in a text. What a person made up is masked if it is a word
// by itself and cannot be mistaken for a word: a project whose key is
// "production" has a file of that name, too.
func (r *Redactor) Redact(text string) string { return r.redact(text, inNames) }

// RedactAll is Redact that masks keys that are ordinary words as well.
func (r *Redactor) RedactAll(text string) string { return r.redact(text, inReasons) }

// place is what kind of text a key is looked for in.
type place uint8

const (
	inNames    place = iota // of the repository
	inReasons               // that people give for accepting a key
	inOwnWords              // of djleaks, which a key that a person made up may be too: "django-insecure", "high"
)

// noKeys is what a nil Redactor is.
var noKeys Redactor

func (r *Redactor) redact(text string, in place) string {
	if r == nil {
		r = &noKeys
	}
	var out strings.Builder
	done := 0
	for i := 0; i+headLength <= len(text); {
		hash := headHash(text[i:])
		if r.filter[hash/64]>>(hash%64)&1 == 0 && text[i] != InsecurePrefix[0] {
			i++
			continue
		}
		mask, length := r.keyAt(text, i, in)
		if length == 0 {
			i++
			continue
		}
		out.WriteString(text[done:i])
		out.WriteString(mask)
		i += length
		done = i
	}
	if done == 0 {
		return text
	}
	out.WriteString(text[done:])
	return out.String()
}

// keyAt returns the mask and the length of the longest key at an offset, if one
// is there.
func (r *Redactor) keyAt(text string, at int, in place) (mask string, length int) {
	if text[at] == InsecurePrefix[0] {
		mask, length = insecureAt(text[at:])
	}
	for _, key := range r.heads[text[at:at+headLength]] {
		if len(key.value) > length && strings.HasPrefix(text[at:], key.value) && key.isMaskedIn(text, at, in) {
			mask, length = key.mask, len(key.value)
		}
	}
	return mask, length
}

// insecureAt recognises a key with startproject's prefix at the head of a text:
// what comes after the prefix is of Django's alphabet, or of another generator's,
// and is not only words.
func insecureAt(text string) (mask string, length int) {
	rest, ok := strings.CutPrefix(text, InsecurePrefix)
	if !ok {
		return "", 0
	}
	n := 0
	for n < len(rest) && (isAlnum(rest[n]) || strings.IndexByte("!@#$%^&*(-_=+)", rest[n]) >= 0) {
		n++
	}
	if n < shortestRest || areWords(rest[:n]) {
		return "", 0
	}
	value := text[:len(InsecurePrefix)+n]
	return NewSecret(value).Mask(ClassDjangoInsecure), len(value)
}

// MayNameKey reports whether the name of a file or a ref may have a key with
// startproject's prefix in it.
func MayNameKey(name string) bool {
	return len(name) >= len(InsecurePrefix)+shortestRest && strings.Contains(name, InsecurePrefix)
}

// NameText is a name as it is searched. What is directly before a prefix, as in
// v1-django-insecure-…, is not a part of a value: a name has no quotes that would
// say so. Offsets are those of the name.
func NameText(name string) []byte {
	text := []byte(name)
	for at := 0; ; at++ {
		n := strings.Index(name[at:], InsecurePrefix)
		if n < 0 {
			return text
		}
		if at += n; at > 0 {
			text[at-1] = '/'
		}
	}
}

// areWords reports whether a text is words and numbers, joined by - and _, as in
// the name of a file.
func areWords(s string) bool {
	for _, part := range strings.FieldsFunc(s, func(c rune) bool { return c == '-' || c == '_' }) {
		letters := strings.IndexFunc(part, func(c rune) bool { return !isLetter(byte(c)) }) < 0
		digits := strings.Trim(part, "0123456789") == ""
		if len(part) > longWord || !letters && !digits {
			return false
		}
	}
	return true
}

// longWord is more letters in a row than a name has.
const longWord = 16

// isSettingName reports whether a value is the name of the setting, which is what
// SECRET_KEY=SECRET_KEY gives it.
func isSettingName(value string) bool {
	rest, ok := strings.CutSuffix(value, "SECRET_KEY")
	return ok && strings.Trim(rest, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == ""
}

// isMaskedIn reports whether the key at an offset of a text is to be masked.
func (k *maskedKey) isMaskedIn(text string, at int, in place) bool {
	switch k.class {
	case ClassDjangoInsecure, ClassDjango, ClassRandom:
		return true
	}
	if in == inOwnWords || isSettingName(k.value) {
		return false // whoever has the setting's name has it, and every advice has that name
	}
	end := at + len(k.value)
	if at > 0 && isAlnum(text[at-1]) && isAlnum(text[at]) || end < len(text) && isAlnum(text[end]) && isAlnum(text[end-1]) {
		return false // a part of another word
	}
	if in == inReasons {
		return true
	}
	for i := 0; i < len(k.value); i++ {
		if !isLetter(k.value[i]) {
			return len(k.value) >= 8
		}
	}
	return len(k.value) > longWord
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isAlnum(c byte) bool { return isLetter(c) || c >= '0' && c <= '9' }

// Redacted returns v with all strings redacted that it holds or leads to, in a
// copy of what has to be changed: v itself stays as it is. The reasons that
// people give for accepting a key lose the keys that are words, too. What djleaks
// says in words of its own, in types that have few values and in fields with the
// tag `redact:"own"`, loses the keys that a generator made.
func Redacted[T any](r *Redactor, v T) T {
	out, changed := r.value(reflect.ValueOf(&v).Elem(), inNames)
	if changed {
		return out.Interface().(T)
	}
	return v
}

// value is Redacted for a value of any type. Maps are left alone: a report
// has none.
func (r *Redactor) value(v reflect.Value, in place) (out reflect.Value, changed bool) {
	switch v.Kind() {
	case reflect.String:
		if v.Type() != stringType {
			in = inOwnWords
		}
		text := r.redact(v.String(), in)
		if text == v.String() {
			return v, false
		}
		return reflect.ValueOf(text).Convert(v.Type()), true
	case reflect.Struct:
		if v.Type() == acceptanceType {
			a := v.Interface().(Acceptance)
			if reason := r.RedactAll(a.Reason); reason != a.Reason {
				a.Reason = reason
				out, _ = r.fields(reflect.ValueOf(a))
				return out, true
			}
		}
		return r.fields(v)
	case reflect.Slice:
		if list, ok := v.Interface().([]string); ok {
			list, changed := r.list(list, in)
			return reflect.ValueOf(list), changed
		}
		return r.parts(v, v.Len(), reflect.Value.Index, func(int) place { return in }, func() reflect.Value {
			return reflect.AppendSlice(reflect.MakeSlice(v.Type(), 0, v.Len()), v)
		})
	case reflect.Pointer:
		if v.IsNil() {
			return v, false
		}
		to, changed := r.value(v.Elem(), in)
		if !changed {
			return v, false
		}
		copied := reflect.New(v.Type().Elem())
		copied.Elem().Set(to)
		return copied, true
	}
	return v, false
}

// list is value for strings: the names of refs are most of what a large report has.
func (r *Redactor) list(list []string, in place) (out []string, changed bool) {
	for i, text := range list {
		redacted := r.redact(text, in)
		if redacted == text {
			continue
		}
		if !changed {
			list, changed = slices.Clone(list), true
		}
		list[i] = redacted
	}
	return list, changed
}

var acceptanceType, stringType = reflect.TypeFor[Acceptance](), reflect.TypeFor[string]()

func (r *Redactor) fields(v reflect.Value) (out reflect.Value, changed bool) {
	in := func(i int) place {
		if v.Type().Field(i).Tag.Get("redact") == "own" {
			return inOwnWords
		}
		return inNames
	}
	return r.parts(v, v.NumField(), reflect.Value.Field, in, func() reflect.Value {
		copied := reflect.New(v.Type()).Elem()
		copied.Set(v)
		return copied
	})
}

// parts redacts the n parts of a value, and copies it if one of them changes.
func (r *Redactor) parts(v reflect.Value, n int, part func(reflect.Value, int) reflect.Value, in func(int) place, copied func() reflect.Value) (out reflect.Value, changed bool) {
	for i := range n {
		at := part(v, i)
		if !at.CanInterface() {
			continue // a field of another package's type, such as a time
		}
		to, is := r.value(at, in(i))
		if !is {
			continue
		}
		if !changed {
			v, changed = copied(), true
		}
		part(v, i).Set(to)
	}
	return v, changed
}
