package testkit

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"html"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
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

// filters are the ways of writing a value that a field can ask for.
var filters = map[string]func(string) string{
	"json": replacer("&", `\u0026`, "=", `\u003d`, "+", `\u002b`),
	"html": html.EscapeString,
	"url":  url.QueryEscape,
	"b64":  func(v string) string { return base64.StdEncoding.EncodeToString([]byte(v)) },
	"hex":  func(v string) string { return hex.EncodeToString([]byte(v)) },
	"back": func(v string) string {
		letters := []byte(v)
		slices.Reverse(letters)
		return string(letters)
	},
	"py":       replacer("a", `\x61`, "e", `\u0065`, "5", `\065`),
	"shell":    replacer("$", `\$`),
	"backtick": replacer("$", "`$"),
	"caret":    replacer("&", "^&", "^", "^^", "%", "%%"),
	"make":     replacer("$", "$$", "#", `\#`),
	"dollar":   replacer("$", "$$"),
	"percent":  replacer("%", "%%"),
	"x1":       func(v string) string { return "a" + v },
	"x2":       func(v string) string { return "ab" + v },
	"py2":      func(v string) string { return "import os\nSECRET_KEY = '" + v + "'\n" },
	"pyc":      func(v string) string { return "z" + string(rune(len(v))) + v },
	"head":     func(v string) string { return v[:20] },
	"tail":     func(v string) string { return v[20:] },
	"cut":      func(v string) string { return v[:40] },
	"rest":     func(v string) string { return v[40:] },
}

func replacer(pairs ...string) func(string) string { return strings.NewReplacer(pairs...).Replace }

// Filters names the filters, sorted. testdata/README.md says what they do.
func Filters() []string { return slices.Sorted(maps.Keys(filters)) }

// Written changes how a value is written: filters as in a field, "|json|html".
// It panics at a filter that does not exist.
func Written(value, names string) string {
	for _, name := range strings.FieldsFunc(names, func(c rune) bool { return c == '|' }) {
		filter, ok := filters[name]
		if !ok {
			panic("no filter " + name)
		}
		value = filter(value)
	}
	return value
}

// encodings are the ways of storing a text that a case can ask for.
var encodings = map[string]func(string) []byte{
	"":             func(text string) []byte { return []byte(text) },
	"bom":          func(text string) []byte { return []byte("\xef\xbb\xbf" + text) },
	"crlf":         func(text string) []byte { return []byte(strings.ReplaceAll(text, "\n", "\r\n")) },
	"cr":           func(text string) []byte { return []byte(strings.ReplaceAll(text, "\n", "\r")) },
	"utf-16le":     func(text string) []byte { return utf16Bytes(nil, text, binary.LittleEndian) },
	"utf-16be":     func(text string) []byte { return utf16Bytes(nil, text, binary.BigEndian) },
	"utf-16le-bom": func(text string) []byte { return utf16Bytes([]byte{0xff, 0xfe}, text, binary.LittleEndian) },
	"pyc":          func(text string) []byte { return []byte("\x55\x0d\r\n" + strings.Repeat("\x00", 12) + text) },
}

func utf16Bytes(out []byte, text string, order binary.AppendByteOrder) []byte {
	for _, unit := range utf16.Encode([]rune(text)) {
		out = order.AppendUint16(out, unit)
	}
	return out
}

// Encodings names the encodings, sorted. testdata/README.md says what they are.
func Encodings() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(encodings)), func(how string) bool { return how == "" })
}

// Encode stores a text in one of the encodings; in none with "". It panics at
// one that does not exist.
func Encode(text, how string) []byte {
	encode, ok := encodings[how]
	if !ok {
		panic("no encoding " + how)
	}
	return encode(text)
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
		how := map[string]string{}
		for _, m := range encodePattern.FindAllStringSubmatch(c.Comment, -1) {
			how[m[1]] = m[2]
		}
		for _, f := range archive.Files {
			c.Files = append(c.Files, CaseFile{f.Name, string(f.Data), how[f.Name], Encode(Expand(string(f.Data)), how[f.Name])})
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
