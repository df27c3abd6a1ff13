package policy

import "strings"

// The bounds of a file that is given to the TOML decoder, whose time grows with
// the square of nesting and which recurses on it.
const (
	maxFile    = 1 << 20 // bytes
	maxNesting = 32      // brackets, or dots in a key
)

// tooDeep returns the line, from 1, on which text nests brackets or dotted keys
// too deeply; 0 if none does. Strings and comments do not count.
func tooDeep(text string) int {
	line, depth, dots := 1, 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\n':
			line, dots = line+1, 0
		case '=', ',':
			dots = 0
		case '.':
			dots++
		case '[', '{':
			depth++
		case ']', '}':
			depth = max(0, depth-1)
		case '#':
			if end := strings.IndexByte(text[i:], '\n'); end > 0 {
				i += end - 1
			} else {
				i = len(text)
			}
		case '"', '\'':
			end := stringEnd(text, i)
			line += strings.Count(text[i:end], "\n")
			i = end - 1
		}
		if depth > maxNesting || dots > maxNesting {
			return line
		}
	}
	return 0
}

// stringEnd returns the end of the string that starts at i. One that is not
// closed ends with its line, or if it has three quotes with the text.
func stringEnd(text string, i int) int {
	quote := text[i : i+1]
	if triple := strings.Repeat(quote, 3); strings.HasPrefix(text[i:], triple) {
		return closing(text, i+3, triple, len(text))
	}
	end := strings.IndexByte(text[i:], '\n')
	if end < 0 {
		end = len(text) - i
	}
	return closing(text, i+1, quote, i+end)
}

// closing returns the end of the first delimiter in text[i:limit]; a backslash
// hides it in double quotes.
func closing(text string, i int, delimiter string, limit int) int {
	for ; i < limit; i++ {
		switch {
		case text[i] == '\\' && delimiter[0] == '"':
			i++
		case strings.HasPrefix(text[i:limit], delimiter):
			return i + len(delimiter)
		}
	}
	return limit
}
