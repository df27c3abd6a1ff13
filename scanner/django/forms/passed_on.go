package forms

import (
	"bytes"
	"path"
	"strings"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// A text that deploys a site often only passes its key on, under another name:
// SECRET_KEY: ${APP_KEY} in Compose, {{ app_key }} in Ansible, var.app_key in
// Terraform, SECRET_KEY_FILE=/run/secrets/app_key. The other name is the source.

// maxReference bounds what is passed on, in bytes.
const maxReference = 256

// passesOn is the format of texts that can pass a key on.
func passesOn(k format) bool {
	switch k {
	case formatMarkup, formatPatch, formatNotebook, formatBinary, formatUTF16:
		return false
	}
	return true
}

// passedOn returns what the name at text[from:to] is given, if that is a reference.
func (t *sourceText) passedOn(from, to int) (scanner.KeySource, bool) {
	text := t.text
	at := givenAt(text, from, to)
	if at == 0 {
		return scanner.KeySource{}, false
	}
	at = skipSpaces(text, at)
	for range 2 { // """ and \"
		if at < len(text) && (ascii.IsQuote(text[at]) || text[at] == '\\') {
			at++
		}
	}
	end := nextBreak(text, at, min(len(text), at+maxReference))
	if bytes.HasSuffix(bytes.ToUpper(text[from:to]), []byte("_FILE")) {
		return fileReference(t, text[at:end])
	}
	return reference(text[at:end])
}

// givenAt returns the offset of what the name at text[from:to] is given; 0 if it is
// given nothing.
func givenAt(text []byte, from, to int) int {
	at := to
	if at < len(text) && ascii.IsQuote(text[at]) {
		at++
	}
	at = skipSpaces(text, at)
	switch sign := byteAt(text, at); {
	case (sign == '=' || sign == ':') && byteAt(text, at+1) != '=':
		return at + 1
	case sign == '\n' || sign == '\r' || sign == ',':
		return valueAfter(text, from, at) // name: SECRET_KEY, then value: $(APP_KEY)
	case sign == '$' && at > to:
		return at // ENV SECRET_KEY $APP_KEY
	}
	return 0
}

// valueAfter returns the offset after the sign of the value that follows a name as
// the next entry of its object; 0 if none does.
func valueAfter(text []byte, name, at int) int {
	left := bytes.TrimRight(text[lastBreak(text, max(0, name-maxReference), name):name], " \t\"'")
	if !bytes.HasSuffix(left, []byte(":")) && !bytes.HasSuffix(left, []byte("=")) {
		return 0
	}
	for at < len(text) && (ascii.IsSpace(text[at]) || ascii.IsBreak(text[at]) || text[at] == ',' || ascii.IsQuote(text[at])) {
		at++
	}
	if !bytes.HasPrefix(text[at:], []byte("value")) {
		return 0
	}
	after, ok := skipKeySign(text, at+len("value"))
	if !ok {
		return 0
	}
	return after
}

// reference reads ${APP_KEY}, $APP_KEY, $(APP_KEY), %(ENV_APP_KEY)s, var.app_key,
// ${{ env.APP_KEY }}, {{ app_key }}, {{ .Values.app.key }} and $(cat file). A word
// in small letters says too little to look for it, and secret_key is found anyway.
func reference(v []byte) (source scanner.KeySource, ok bool) {
	rest, name := v, ""
	cut := func(prefix string) (found bool) {
		if found = bytes.HasPrefix(rest, []byte(prefix)); found {
			rest = bytes.TrimLeft(rest[len(prefix):], " \t")
		}
		return found
	}
	switch {
	case cut("${{"):
		if cut("env.") {
			name = leadingWord(rest)
		}
	case cut("{{"):
		return templateSource(rest)
	case cut("$(cat "), cut("$(<"), cut("$$(cat "):
		return fileReference(nil, rest)
	case cut("%(ENV_"), cut("$("):
		if name = leadingWord(rest); byteAt(rest, len(name)) != ')' {
			return source, false // $(openssl rand 32)
		}
	case cut("$env:"):
		name = leadingWord(rest)
	case cut("${"), cut("$$"), cut("$"), cut("var."), cut("local."):
		if !cut("var.") {
			cut("local.")
		}
		name = leadingWord(rest)
	}
	if !isOtherName(name) {
		return source, false
	}
	return scanner.KeySource{Kind: scanner.SourceVariable, Name: name}, true
}

// isOtherName reports whether a variable of this name can hold a key that would not
// be found without it.
func isOtherName(name string) bool {
	return len(name) >= minConstant && isDistinctive(name) && value.JudgeName(name) != value.NameMain && !value.IsForeignName(name) && !value.IsGeneric(name)
}

// leadingWord is the name that a text begins with.
func leadingWord(v []byte) string {
	name := string(v[:wordEndAt(v, 0)])
	if !value.IsPlainName(name) {
		return ""
	}
	return name
}

// templateSource reads what is in the braces of a template: a variable of Ansible,
// if its name says enough to look for it, or an entry of the values of Helm.
func templateSource(v []byte) (source scanner.KeySource, ok bool) {
	v, _, _ = bytes.Cut(v, []byte("}"))
	v = bytes.TrimLeft(v, "- ")
	if n := bytes.Index(v, []byte(".Values.")); n >= 0 {
		rest := v[n+len(".Values."):]
		end := 0
		for end < len(rest) && (ascii.IsWord(rest[end]) || rest[end] == '.' || rest[end] == '-') {
			end++
		}
		way := string(rest[:end])
		last := way[strings.LastIndexByte(way, '.')+1:]
		if last == "" || last == way || value.JudgeName(last) != value.NameNone {
			return source, false // too general, or found by its name
		}
		return scanner.KeySource{Kind: scanner.SourceEntry, Name: way, File: helmValues}, true
	}
	if n := bytes.Index(v, []byte("'env',")); n >= 0 { // lookup('env', 'APP_KEY')
		v = bytes.TrimLeft(v[n+len("'env',"):], " '\"")
		return reference(append([]byte("$"), v...))
	}
	name := leadingWord(v)
	if rest := bytes.TrimLeft(v[len(name):], " "); !strings.Contains(name, "_") || len(rest) > 0 && rest[0] != '|' {
		return source, false
	}
	return reference([]byte("$" + name))
}

// helmValues stands for all files of values of a Helm chart.
const helmValues = "values.yaml"

// IsValuesOf reports whether a file of this name can be one that a source names.
func IsValuesOf(file, base string) bool {
	return file == base || file == helmValues && strings.HasPrefix(base, "values") && (strings.HasSuffix(base, ".yaml") || strings.HasSuffix(base, ".yml"))
}

// fileReference reads the path of a file that is the key. Of a secret of Compose
// the text says which file it is.
func fileReference(in *sourceText, v []byte) (source scanner.KeySource, ok bool) {
	end := 0
	for end < len(v) && (ascii.IsWord(v[end]) || strings.IndexByte("./-~${}:\\", v[end]) >= 0) {
		end++
	}
	file := strings.ReplaceAll(strings.TrimRight(string(v[:end]), "}.,;:"), `\`, "/")
	base := path.Base(file)
	if !strings.Contains(file, "/") || len(base) < minConstant || strings.ContainsAny(base, "${}") {
		return source, false
	}
	if in != nil {
		base = in.composeFile(base)
	}
	if base == "" || strings.Contains(base, " ") {
		return source, false
	}
	return scanner.KeySource{Kind: scanner.SourceFile, File: base}, true
}

// composeFile is the file of a secret that the text of Compose declares; without a
// declaration the secret's own name.
func (t *sourceText) composeFile(base string) string {
	if n := t.find("\n  "+base+":\n", 0); n >= 0 {
		n += len(base) + 5
		rest := bytes.TrimLeft(t.text[n:min(len(t.text), n+maxReference)], " \t")
		if rest, ok := bytes.CutPrefix(rest, []byte("file:")); ok {
			rest = bytes.Trim(rest[:nextBreak(rest, 0, len(rest))], " \t\"'")
			base = path.Base(string(rest))
		}
	}
	return base
}
