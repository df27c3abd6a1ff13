package project

import (
	"path"
	"slices"
	"strings"
)

// composeEnvFile is the file that all services of a file of Compose which name one take
// their variables from, as a path from the top of the repository; "" if they name
// several, or one that is outside or told by a variable.
func composeEnvFile(file string, text []byte) string {
	var named []string
	within, column := false, 0 // of a list under env_file
	lines(text, func(_ int, line string) {
		line, _, _ = strings.Cut(line, " #")
		entry := strings.TrimLeft(line, " ")
		indent := len(line) - len(entry)
		if entry = strings.TrimSpace(entry); entry == "" || entry[0] == '#' {
			return
		}
		if value, ok := strings.CutPrefix(entry, "env_file:"); ok {
			within, column = strings.TrimSpace(value) == "", indent
			named = append(named, strings.FieldsFunc(value, func(c rune) bool { return strings.ContainsRune(" [],\"'", c) })...)
			return
		}
		item, isItem := strings.CutPrefix(entry, "- ")
		if within = within && (indent > column || isItem && indent == column); !within {
			return
		}
		if value, ok := strings.CutPrefix(strings.TrimSpace(item), "path:"); ok {
			item = value
		} else if !isItem {
			return // required: false
		}
		named = append(named, strings.Trim(strings.TrimSpace(item), `"'`))
	})
	slices.Sort(named)
	if named = slices.Compact(named); len(named) != 1 || path.IsAbs(named[0]) || strings.ContainsAny(named[0], "$~{") {
		return ""
	}
	if inside := path.Join(path.Dir(file), named[0]); !strings.HasPrefix(inside, "../") {
		return inside
	}
	return ""
}
