package policy

import (
	"strconv"
	"strings"
)

// lineIndex says on which line of a TOML file a key is. The decoder
// gives lines of syntax errors only.
//
// It reads headers and assignments line by line and takes no notice of what it
// does not understand: a key that it does not find has the line of its table.
type lineIndex map[string]int

// indexLines reads a TOML text.
func indexLines(text string) lineIndex {
	index := lineIndex{}
	tables := map[string]int{} // how many [[name]] there were
	var table []string
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			name, array := strings.CutPrefix(line[1:], "[")
			name, _, ok := strings.Cut(name, "]")
			path := splitKey(name)
			if !ok || path == nil {
				continue
			}
			table = path
			if array {
				i := tables[keyOf(path)]
				tables[keyOf(path)]++
				table = append(table[:len(table):len(table)], numbered(i))
			}
			index.add(table, n+1)
			continue
		}
		if path := splitKey(line); path != nil {
			index.add(append(table[:len(table):len(table)], path...), n+1)
		}
	}
	return index
}

// add notes a key and, where they are new, the tables above it.
func (x lineIndex) add(path []string, line int) {
	for end := len(path); end > 0; end-- {
		if _, ok := x[keyOf(path[:end])]; ok && end < len(path) {
			return
		} else if !ok {
			x[keyOf(path[:end])] = line
		}
	}
}

// line returns the line of the longest known part of path; 0 if there is none.
func (x lineIndex) line(path ...string) int {
	for end := len(path); end > 0; end-- {
		if n, ok := x[keyOf(path[:end])]; ok {
			return n
		}
	}
	return 0
}

func keyOf(path []string) string { return strings.Join(path, "\x00") }

// numbered is the path element of the i-th table of an array.
func numbered(i int) string { return "#" + strconv.Itoa(i) }

// maxDepth is the longest dotted key that is looked at; ours have 5 parts.
const maxDepth = 8

// splitKey reads the dotted key at the start of s, up to "=" or the end; nil
// if there is none.
func splitKey(s string) []string {
	var path []string
	for {
		s = strings.TrimLeft(s, " \t")
		var part string
		switch {
		case s == "":
			return nil
		case s[0] == '"' || s[0] == '\'':
			end := strings.IndexByte(s[1:], s[0])
			if end < 0 {
				return nil
			}
			part, s = s[1:1+end], s[end+2:]
		default:
			end := 0
			for end < len(s) && isBare(s[end]) {
				end++
			}
			if end == 0 {
				return nil
			}
			part, s = s[:end], s[end:]
		}
		if len(path) == maxDepth {
			return nil
		}
		path = append(path, part)
		s = strings.TrimLeft(s, " \t")
		switch {
		case s == "" || s[0] == '=':
			return path
		case s[0] != '.':
			return nil
		}
		s = s[1:]
	}
}

func isBare(c byte) bool {
	return c == '_' || c == '-' || '0' <= c && c <= '9' || 'a' <= c|32 && c|32 <= 'z'
}
