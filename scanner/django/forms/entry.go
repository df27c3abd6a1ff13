package forms

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
)

// maxEntries bounds the places of one entry in one text.
const maxEntries = 64

// Entries returns the offsets at which a text names an entry of data, by the keys
// to it: web, secret is "secret" below "web" of JSON and YAML, and secret = in
// the section [web] of INI and TOML. What is above the first name may be
// anything: settings often take a part of a file first. ext is the ending of the
// file's name, with its dot.
func Entries(text []byte, ext string, keys []string) []int {
	switch ext {
	case ".json":
		return jsonEntries(text, keys)
	case ".yaml", ".yml":
		return yamlEntries(text, keys)
	}
	return sectionEntries(text, keys)
}

// endsIn reports whether the last of names are keys, without regard to case.
func endsIn(names, keys []string) bool {
	if len(names) < len(keys) {
		return false
	}
	for i, name := range names[len(names)-len(keys):] {
		if !strings.EqualFold(name, keys[i]) {
			return false
		}
	}
	return true
}

// jsonEntries reads JSON as far as it is well-formed.
func jsonEntries(text []byte, keys []string) (out []int) {
	d := json.NewDecoder(bytes.NewReader(text))
	type level struct {
		object bool
		key    bool // a key is next
	}
	var levels []level
	var names []string // of the objects that are open, one each
	for len(out) < maxEntries {
		token, err := d.Token()
		if err != nil {
			return out
		}
		n := len(levels) - 1
		switch t := token.(type) {
		case json.Delim:
			if t == '{' || t == '[' {
				levels = append(levels, level{t == '{', t == '{'})
				names = append(names, "")
				continue
			}
			levels, names = levels[:n], names[:n]
			n--
		case string:
			if n >= 0 && levels[n].object && levels[n].key {
				levels[n].key, names[n] = false, t
				if end := int(d.InputOffset()) - 1; endsIn(names, keys) && bytes.HasSuffix(text[:end], []byte(t)) {
					out = append(out, end-len(t))
				}
				continue
			}
		}
		if n >= 0 {
			levels[n].key = levels[n].object
		}
	}
	return out
}

// yamlEntries reads block mappings, by their indentation.
func yamlEntries(text []byte, keys []string) (out []int) {
	var indents []int
	var names []string
	for at := 0; at < len(text) && len(out) < maxEntries; {
		end := nextBreak(text, at, len(text))
		from := skipSpaces(text, at)
		for byteAt(text, from) == '-' && ascii.IsSpace(byteAt(text, from+1)) {
			from = skipSpaces(text, from+1)
		}
		to := from
		for to < end && (ascii.IsWord(text[to]) || text[to] == '-' || text[to] == '"' || text[to] == '\'') {
			to++
		}
		if to > from && byteAt(text, to) == ':' {
			for len(indents) > 0 && indents[len(indents)-1] >= from-at {
				indents, names = indents[:len(indents)-1], names[:len(names)-1]
			}
			name := strings.Trim(string(text[from:to]), `"'`)
			indents, names = append(indents, from-at), append(names, name)
			if endsIn(names, keys) {
				out = append(out, from+strings.Index(string(text[from:to]), name))
			}
		}
		at = end + 1
	}
	return out
}

// sectionEntries reads INI and TOML.
func sectionEntries(text []byte, keys []string) (out []int) {
	var section []string
	for at := 0; at < len(text) && len(out) < maxEntries; {
		end := nextBreak(text, at, len(text))
		from := skipSpaces(text, at)
		if byteAt(text, from) == '[' {
			if to := bytes.IndexByte(text[from:end], ']'); to > 0 {
				section = strings.Split(strings.Trim(string(text[from:from+to]), `[]"' `), ".")
			}
		}
		to := from
		for to < end && (ascii.IsWord(text[to]) || text[to] == '-') {
			to++
		}
		if sign := byteAt(text, skipSpaces(text, to)); to > from && (sign == '=' || sign == ':') &&
			endsIn(append(section[:len(section):len(section)], string(text[from:to])), keys) {
			out = append(out, from)
		}
		at = end + 1
	}
	return out
}
