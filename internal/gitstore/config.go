package gitstore

import (
	"bytes"
	"os"
	"strings"

	"github.com/djleaks/djleaks/internal/regular"
)

// Config holds the settings of configuration files in the order in which they
// were read; the last value of a key wins.
//
// The reader accepts everything that Git accepts, and skips a line that Git would
// refuse. Includes are not followed.
type Config struct {
	entries []configEntry
}

type configEntry struct {
	key   string // section.name or section.sub.name; section and name in lower case
	value string
	bare  bool // the key has no value, which means true
}

// Get returns the last value of a key: section, optional subsection and name
// joined by dots, section and name in lower case.
func (c *Config) Get(key string) (value string, ok bool) {
	for i := len(c.entries) - 1; i >= 0; i-- {
		if c.entries[i].key == key {
			return c.entries[i].value, true
		}
	}
	return "", false
}

// boolean reports whether a key is set to what Git reads as true.
func (c *Config) boolean(key string) bool {
	for i := len(c.entries) - 1; i >= 0; i-- {
		e := &c.entries[i]
		if e.key != key {
			continue
		}
		switch strings.ToLower(e.value) {
		case "true", "yes", "on", "1":
			return true
		}
		return e.bare
	}
	return false
}

// Remotes returns the names of the configured remotes, in the order in which
// they first appear.
func (c *Config) Remotes() []string {
	var names []string
	seen := map[string]bool{}
	for i := range c.entries {
		rest, ok := strings.CutPrefix(c.entries[i].key, "remote.")
		dot := strings.LastIndexByte(rest, '.')
		if !ok || dot <= 0 || seen[rest[:dot]] {
			continue
		}
		seen[rest[:dot]] = true
		names = append(names, rest[:dot])
	}
	return names
}

// section calls f for the name and value of every key of a section that has no
// subsection.
func (c *Config) section(section string, f func(name, value string)) {
	for i := range c.entries {
		name, ok := strings.CutPrefix(c.entries[i].key, section+".")
		if ok && !strings.Contains(name, ".") {
			f(name, c.entries[i].value)
		}
	}
}

// maxConfig bounds the size of a configuration file, in bytes.
const maxConfig = 16 << 20

// read adds the settings of a file. A missing file adds nothing.
func (c *Config) read(path string) error {
	data, err := regular.Read(path, maxConfig)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	c.parse(data)
	return nil
}

func (c *Config) parse(data []byte) {
	p := configParser{text: bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))}
	for p.pos < len(p.text) {
		p.skipSpace()
		switch b := p.peek(); {
		case b == 0 && p.pos >= len(p.text):
		case b == '\n' || b == '\r':
			p.pos++
		case b == '#' || b == ';':
			p.skipLine()
		case b == '[':
			p.header()
		default:
			if e, ok := p.variable(); ok {
				c.entries = append(c.entries, e)
			}
		}
	}
}

type configParser struct {
	text   []byte
	pos    int
	prefix string // of the section, with its dot; empty after a broken header
}

func (p *configParser) peek() byte {
	if p.pos < len(p.text) {
		return p.text[p.pos]
	}
	return 0
}

func (p *configParser) skipSpace() {
	for p.peek() == ' ' || p.peek() == '\t' {
		p.pos++
	}
}

func (p *configParser) skipLine() {
	if n := bytes.IndexByte(p.text[p.pos:], '\n'); n >= 0 {
		p.pos += n + 1
	} else {
		p.pos = len(p.text)
	}
}

// header reads [section], [section "sub"] or the old [section.sub]. What follows
// it on the same line is a variable, as in Git.
func (p *configParser) header() {
	p.pos++
	p.prefix = ""
	start := p.pos
	for p.pos < len(p.text) && isConfigNameByte(p.text[p.pos], true) {
		p.pos++
	}
	section := strings.ToLower(string(p.text[start:p.pos]))
	p.skipSpace()
	if p.peek() == '"' {
		sub, ok := p.subsection()
		if !ok {
			p.skipLine()
			return
		}
		section += "." + sub
	}
	if p.peek() != ']' || section == "" {
		p.skipLine()
		return
	}
	p.pos++
	p.prefix = section + "."
}

func (p *configParser) subsection() (string, bool) {
	p.pos++
	var out []byte
	for p.pos < len(p.text) {
		b := p.text[p.pos]
		p.pos++
		switch b {
		case '"':
			return string(out), true
		case '\n':
			p.pos--
			return "", false
		case '\\':
			if p.pos >= len(p.text) || p.text[p.pos] == '\n' {
				return "", false
			}
			b = p.text[p.pos]
			p.pos++
		}
		out = append(out, b)
	}
	return "", false
}

func (p *configParser) variable() (configEntry, bool) {
	start := p.pos
	for p.pos < len(p.text) && isConfigNameByte(p.text[p.pos], false) {
		p.pos++
	}
	name := strings.ToLower(string(p.text[start:p.pos]))
	p.skipSpace()
	e := configEntry{key: p.prefix + name}
	ok := name != "" && p.prefix != ""
	switch p.peek() {
	case '=':
		p.pos++
		var whole bool
		e.value, whole = p.value()
		return e, ok && whole
	case 0, '\n', '\r', '#', ';':
		e.bare = true
		p.skipLine()
		return e, ok
	}
	p.skipLine()
	return e, false
}

// value reads up to the end of the line, with quotes, escapes, comments and
// continued lines. ok is false for an open quote or a wrong escape.
func (p *configParser) value() (value string, ok bool) {
	p.skipSpace()
	var out []byte
	quoted, kept := false, 0 // kept: length without trailing blanks
	for p.pos < len(p.text) {
		b := p.text[p.pos]
		p.pos++
		switch {
		case b == '\n':
			return string(out[:kept]), !quoted
		case b == '\r' && p.peek() == '\n':
			continue
		case b == '"':
			quoted = !quoted
			kept = len(out)
			continue
		case !quoted && (b == '#' || b == ';'):
			p.skipLine()
			return string(out[:kept]), true
		case !quoted && (b == ' ' || b == '\t'):
			out = append(out, b)
			continue
		case b == '\\':
			escaped, more := p.escape()
			if !more {
				p.skipLine()
				return "", false
			}
			out = append(out, escaped...)
		default:
			out = append(out, b)
		}
		kept = len(out)
	}
	return string(out[:kept]), !quoted
}

func (p *configParser) escape() (string, bool) {
	b := p.peek()
	p.pos++
	switch b {
	case '\n':
		return "", true
	case '\r':
		if p.peek() == '\n' {
			p.pos++
			return "", true
		}
	case 't':
		return "\t", true
	case 'n':
		return "\n", true
	case 'b':
		return "\b", true
	case '"', '\\':
		return string(b), true
	}
	p.pos = min(p.pos, len(p.text))
	return "", false
}

func isConfigNameByte(b byte, dot bool) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || b == '-' || dot && b == '.'
}
