package testkit

import (
	"encoding/base64"
	"html"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/rogpeppe/go-internal/txtar"
)

// Alphabets of generators, for Draw.
const (
	LowerHex = "0123456789abcdef"
	Alnum    = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
)

var encodePattern = regexp.MustCompile(`(?m)^encode (\S+): (\S+)$`)

// Kinds is a pattern for the kinds of made-up values.
const Kinds = `key|insecure|hex|alnum|base64|urlsafe|paren|equals|dollar|longdash`

var fieldPattern = regexp.MustCompile(`\{\{(` + Kinds + `) (\d+)((?:\|\w+)*)\}\}`)

// Made returns the n-th made-up value of a kind: key, insecure, hex (64
// digits), alnum (40), base64 (44) or urlsafe (43), and keys of Django's that
// begin with a sign: paren with ), equals with =, dollar with $(, longdash with
// --.
func Made(kind string, n int) string {
	switch kind {
	case "insecure":
		return InsecureKey(n)
	case "hex":
		return Draw("hex", n, 64, LowerHex)
	case "alnum":
		return Draw("alnum", n, 40, Alnum)
	case "base64":
		return Draw("base64", n, 43, Alnum+"+/") + "="
	case "urlsafe":
		return Draw("urlsafe", n, 43, Alnum+"-_")
	case "paren":
		return ")" + Key(n)[1:]
	case "equals":
		return "=" + Key(n)[1:]
	case "dollar":
		return "$(" + Key(n)[2:]
	case "longdash":
		return "--" + Key(n)[2:]
	}
	return Key(n)
}

// A Field is a made-up value in a text.
type Field struct {
	Offset, Length int // as it is written, in bytes of the expanded text
	Value          string
	Filters        string // "|json|head", as in the case
}

// Fields puts made-up values in the place of the fields of a case, and says
// where they are.
func Fields(text string) (expanded string, fields []Field) {
	var out strings.Builder
	at := 0
	for _, m := range fieldPattern.FindAllStringSubmatchIndex(text, -1) {
		n, _ := strconv.Atoi(text[m[4]:m[5]])
		f := Field{Value: Made(text[m[2]:m[3]], n), Filters: text[m[6]:m[7]]}
		out.WriteString(text[at:m[0]])
		written := Written(f.Value, f.Filters)
		f.Offset, f.Length = out.Len(), len(written)
		out.WriteString(written)
		at = m[1]
		fields = append(fields, f)
	}
	out.WriteString(text[at:])
	return out.String(), fields
}

// Expand puts made-up values in the place of the fields of a case.
func Expand(text string) string {
	expanded, _ := Fields(text)
	return expanded
}

// Written changes how a value is written: filters as in a field, "|json|html".
func Written(value, filters string) string {
	for f := range strings.SplitSeq(strings.TrimPrefix(filters, "|"), "|") {
		switch f {
		case "json":
			value = strings.NewReplacer("&", `\u0026`, "=", `\u003d`, "+", `\u002b`).Replace(value)
		case "html":
			value = html.EscapeString(value)
		case "py":
			value = strings.NewReplacer("a", `\x61`, "e", `\u0065`, "5", `\065`).Replace(value)
		case "shell": // between double quotes
			value = strings.ReplaceAll(value, "$", `\$`)
		case "make":
			value = strings.NewReplacer("$", "$$", "#", `\#`).Replace(value)
		case "backtick":
			value = strings.ReplaceAll(value, "$", "`$")
		case "caret":
			value = strings.NewReplacer("&", "^&", "^", "^^", "%", "%%").Replace(value)
		case "url":
			value = url.QueryEscape(value)
		case "pyc": // a constant of compiled Python
			value = "z" + string(rune(len(value))) + value
		case "x1", "x2": // one or two bytes before it
			value = "ab"[:f[1]-'0'] + value
		case "py2":
			value = "import os\nSECRET_KEY = '" + value + "'\n"
		case "dollar":
			value = strings.ReplaceAll(value, "$", "$$")
		case "percent":
			value = strings.ReplaceAll(value, "%", "%%")
		case "b64":
			value = base64.StdEncoding.EncodeToString([]byte(value))
		case "cut": // after the prefix and a part of the key
			value = value[:40]
		case "rest":
			value = value[40:]
		case "head":
			value = value[:20]
		case "tail":
			value = value[20:]
		}
	}
	return value
}

// Encode writes a text in another encoding or with other line ends: bom, crlf,
// cr, utf-16le, utf-16be, utf-16le-bom, pyc (with the head of compiled Python).
func Encode(text, how string) []byte {
	switch how {
	case "bom":
		return []byte("\xef\xbb\xbf" + text)
	case "crlf":
		return []byte(strings.ReplaceAll(text, "\n", "\r\n"))
	case "cr":
		return []byte(strings.ReplaceAll(text, "\n", "\r"))
	case "pyc":
		return []byte("\x55\x0d\r\n" + strings.Repeat("\x00", 12) + text)
	case "utf-16le", "utf-16be", "utf-16le-bom":
		var out []byte
		if strings.HasSuffix(how, "bom") {
			out = []byte{0xff, 0xfe}
		}
		for _, u := range utf16.Encode([]rune(text)) {
			if how == "utf-16be" {
				out = append(out, byte(u>>8), byte(u))
			} else {
				out = append(out, byte(u), byte(u>>8))
			}
		}
		return out
	}
	return []byte(text)
}

// CaseFiles returns the paths of the detection cases, from whichever package a
// test runs in.
func CaseFiles(tb testing.TB) []string {
	tb.Helper()
	root, err := filepath.Abs(".")
	for err == nil {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			break
		}
		if filepath.Dir(root) == root {
			tb.Fatal("no go.mod above the test")
		}
		root = filepath.Dir(root)
	}
	files, err := filepath.Glob(filepath.Join(root, "testdata/detect/django/*/*.txtar"))
	if err != nil || len(files) == 0 {
		tb.Fatalf("no cases: %v", err)
	}
	return files
}

// Case is one archive of texts.
type Case struct {
	Path    string
	Comment string // above the first file
	Files   []CaseFile
}

// CaseFile is one text of a case.
type CaseFile struct {
	Name     string
	Source   string // as it is in the case
	Encoding string // see Encode; empty for none
	Text     []byte // expanded and encoded
}

// Cases returns all detection cases.
func Cases(tb testing.TB) (all []Case) {
	tb.Helper()
	for _, path := range CaseFiles(tb) {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		c := Case{Path: path, Comment: string(archive.Comment)}
		encodings := map[string]string{}
		for _, m := range encodePattern.FindAllStringSubmatch(c.Comment, -1) {
			encodings[m[1]] = m[2]
		}
		for _, f := range archive.Files {
			how := encodings[f.Name]
			c.Files = append(c.Files, CaseFile{f.Name, string(f.Data), how, Encode(Expand(string(f.Data)), how)})
		}
		all = append(all, c)
	}
	return all
}

// CaseTexts returns the texts of all detection cases before they are encoded,
// for fuzzing and benchmarks.
func CaseTexts(tb testing.TB) (texts [][]byte) {
	tb.Helper()
	for _, c := range Cases(tb) {
		for _, f := range c.Files {
			texts = append(texts, []byte(Expand(f.Source)))
		}
	}
	return texts
}
