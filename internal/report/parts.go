package report

import (
	"html/template"
	"io"
)

// What the formats of a report have in common with those of a merged one.

// JSON writes v and a line end as reports are written: what does not print, and
// what begins a command of a CI runner, is escaped.
func JSON(w io.Writer, v any, indent string) error { return encodeJSON(w, v, indent) }

// Clean makes a string from a repository fit for a terminal and for a CI log.
func Clean(s string) string { return clean(s) }

// Cell is clean text in a cell of a table of Markdown, where it has no syntax.
func Cell(s string) string { return cell(clean(s)) }

// Prose is plain text in Markdown, of which no character is syntax.
func Prose(s string) string { return markdownText(s) }

// PageStyle is the style of a page that asks for no other file, and the policy
// that lets it have no more.
func PageStyle() (style template.CSS, policy string) {
	return template.CSS(pageStyle), "default-src 'none'; base-uri 'none'; form-action 'none'; style-src '" + digest(pageStyle) + "'"
}
