// Package purge helps to take a key out of a history: it finds how else the key can be
// spelled, and writes what git filter-repo needs, expressions and instructions. It
// changes no repository.
//
// An expression has the bytes of a spelling in hexadecimal, so that a spelling
// may hold anything: line breaks, "==>", the zeros of UTF-16.
package purge

import (
	"encoding/base64"
	"encoding/json"
	"html"
	"net/url"
	"slices"
	"strings"
	"unicode/utf16"
)

// Spellings returns how a key may be written besides the ways in which the
// detector recognises it: plain, with the escapes of JSON, HTML, URLs, shells,
// Compose and INI files, in UTF-16, and within base64, at each of the three
// places where a text can begin there. The plain key comes first.
func Spellings(key string) []string {
	out := []string{
		key,
		jsonEscaped(key, true), jsonEscaped(key, false), strings.ReplaceAll(jsonEscaped(key, false), "/", `\/`),
		strings.ReplaceAll(key, `\`, `\\`), strings.ReplaceAll(key, `'`, `\'`), strings.ReplaceAll(key, `"`, `\"`),
		html.EscapeString(key), strings.ReplaceAll(html.EscapeString(key), "&#39;", "&#x27;"), strings.ReplaceAll(key, "&", "&amp;"),
		url.QueryEscape(key), url.PathEscape(key), lowerPercent(url.QueryEscape(key)),
		strings.ReplaceAll(key, "$", "$$"), strings.ReplaceAll(key, "%", "%%"), strings.ReplaceAll(key, "$", `\$`),
		shellEscaped(key),
		inUTF16(key, 0), inUTF16(key, 1),
	}
	for lead := range 3 {
		inner := withinBase64(key, lead)
		out = append(out, inner, strings.NewReplacer("+", "-", "/", "_").Replace(inner))
	}
	distinct := out[:0]
	for _, spelling := range out {
		if spelling != "" && !slices.Contains(distinct, spelling) {
			distinct = append(distinct, spelling)
		}
	}
	return distinct
}

// jsonEscaped is what is between the quotes of a JSON string.
func jsonEscaped(key string, escapeHTML bool) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(escapeHTML)
	if e.Encode(key) != nil {
		return key
	}
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSuffix(b.String(), "\n"), `"`), `"`)
}

// shellEscaped has a backslash before what double quotes of a shell do not
// take away.
func shellEscaped(key string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "`", "\\`", "!", `\!`).Replace(key)
}

// lowerPercent writes %2F as %2f.
func lowerPercent(text string) string {
	out := []byte(text)
	for i := 0; i+2 < len(out); i++ {
		if out[i] == '%' {
			copy(out[i:], strings.ToLower(string(out[i:i+3])))
		}
	}
	return string(out)
}

// inUTF16 is the key in UTF-16, with the low byte of each unit first or last.
func inUTF16(key string, low int) string {
	var out []byte
	for _, unit := range utf16.Encode([]rune(key)) {
		pair := [2]byte{}
		pair[low], pair[1-low] = byte(unit), byte(unit>>8)
		out = append(out, pair[:]...)
	}
	return string(out)
}

// withinBase64 is that part of a base64 text which the key alone decides, where
// lead bytes of a group of three come before it. It is never less than the key
// without four of its bytes.
func withinBase64(key string, lead int) string {
	text := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("\x00", lead) + key))
	first := (lead*8 + 5) / 6 // the first character without a bit of what is before
	last := (lead + len(key)) * 8 / 6
	if first >= last {
		return ""
	}
	return text[first:last]
}
