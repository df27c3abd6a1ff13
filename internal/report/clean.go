package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/djleaks/djleaks/scanner"
)

// longest is how much of one string from a repository is shown, in characters.
// Git takes paths of 4,096 bytes; a made-up author can have megabytes.
const longest = 1024

// longestLine is how much of a message is shown, in characters: hints hold a
// command with several paths.
const longestLine = 8 * longest

// clean makes a string from a repository fit for a terminal and for a CI log.
//
// What does not print is shown escaped: control characters, ANSI sequences,
// bidirectional and zero-width marks, line ends, and bytes that are not UTF-8.
// The beginnings of workflow commands are broken wherever they are, because
// runners look for "::" after blanks and for "##vso[", "##[" and "##teamcity["
// anywhere in a line.
func clean(s string) string { return escaped(s, longest, true) }

// Line does the same for a whole line of a message, in which a string from a
// repository, the environment or the command line is a part: errors, hints and
// notes. A colon may be at its end.
func Line(s string) string { return escaped(s, longestLine, false) }

// onlyPrefix masks what has startproject's prefix, in messages about what no
// report holds. What a scan has found is masked before.
var onlyPrefix *scanner.Redactor

// escaped is clean for at most n characters. Where s is only a part of a
// line, what is beside it could make "::" of a colon at its edge.
func escaped(s string, most int, part bool) string {
	s = onlyPrefix.Redact(s)
	if plain(s) {
		return s
	}
	var b strings.Builder
	count := 0
	for i := 0; i < len(s); count++ {
		if count == most {
			b.WriteString("…")
			break
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case unicode.Is(unicode.Zs, r):
			b.WriteByte(' ') // the ideographic space is common in names
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case !unicode.IsPrint(r):
			writeEscape(&b, r)
		case r == ':' && commandColon(s, i, part), r == '#' && i > 0 && s[i-1] == '#':
			writeEscape(&b, r)
		default:
			b.WriteRune(r)
		}
		i += size
	}
	return b.String()
}

// plain reports whether clean has nothing to do: the usual case.
func plain(s string) bool {
	if len(s) > longest {
		return false
	}
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' || s[i] == ':' || s[i] == '#' {
			return false
		}
	}
	return true
}

// commandColon reports whether the colon at s[i] could be a half of "::", be it
// with what is printed before or after a part of a line.
func commandColon(s string, i int, part bool) bool {
	return part && (i == 0 || i == len(s)-1) || i > 0 && s[i-1] == ':'
}

func writeEscape(b *strings.Builder, r rune) {
	switch {
	case r < 0x100:
		fmt.Fprintf(b, `\x%02x`, r)
	case r < 0x10000:
		fmt.Fprintf(b, `\u%04x`, r)
	default:
		fmt.Fprintf(b, `\U%08x`, r)
	}
}
