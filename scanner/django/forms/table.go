package forms

import (
	"sync"

	"github.com/djleaks/djleaks/scanner"
)

// A form is one way of writing a name and a value. Exactly one of its four
// functions is set. Those that read texts of any size emit what they find, the
// others answer.
//
// A form sees one anchor at a time and must look at a bounded part of the text
// around it (document.line): see the package's documentation.
type form struct {
	gives []example // the ids of what it finds; none if it reads an inner text
	in    formats   // the kinds of text in which it is asked

	// line reads the line around a name. It gets a copy of the statement, so
	// that a form which declines leaves nothing to the next one.
	line func(s statement) answer
	// name reads whatever is around a name.
	name func(doc *document, anchor int) answer
	// literal reads around an anchor of this kind, which is in a value, and
	// returns the offset after what it has read, or 0.
	literal  func(doc *document, anchor int, emit func(*Assignment)) (end int)
	anchored anchorKind
	// inner reads the texts within a text, as far as their bounds are seen
	// without looking for a name, and returns where they are, ascending.
	inner func(doc *document, emit func(*Assignment)) []span
}

// example shows a form: … is the key.
type example struct {
	id   scanner.Form
	text string
}

// table lists the forms in the order in which they are asked. Those whose signs
// cannot be mistaken come first, then those of one format, then the
// grammar of any other line. The first one that does not pass is the last one
// asked.
func table() []form {
	return []form{
		{literal: prefixForm, anchored: anchorInsecure, in: everywhere, gives: []example{
			{Value, `django-insecure-…`},
		}},
		{literal: base64Form, anchored: anchorBase64, in: everywhere, gives: []example{
			{Base64, `ZGphbmdvLWluc2VjdXJlLWF…`},
		}},
		{literal: wideForm, anchored: anchorWide, in: everywhere},

		{inner: notebookTexts, in: of(formatNotebook)},
		{inner: patchTexts, in: of(formatPatch)},
		{inner: markupTexts, in: of(formatMarkup)},
		{inner: binaryTexts, in: of(formatBinary), gives: []example{
			{CompiledPython, `SECRET_KEY z2…`},
		}},

		{name: gluedForm, in: everywhere, gives: []example{
			{Binary, `SECRET_KEY…`},
		}},
		{name: bareKeyForm, in: of(formatPython), gives: []example{
			{Dotenv, `SECRET_KEY = …`},
		}},
		{name: pythonForm, in: of(formatPython), gives: pythonExamples},

		{line: expansionForm, in: everywhere, gives: []example{
			{ShellDefault, `${SECRET_KEY:-…}`},
		}},
		{line: secretForm, in: of(formatDotenv) | unknown, gives: []example{
			{KubernetesBase64, "kind: Secret\ndata:\n  SECRET_KEY: <base64 of …>"},
		}},
		{line: elementForm, in: unknown, gives: []example{
			{XML, `<SECRET_KEY>…</SECRET_KEY>`},
		}},
		{line: pairForm, in: everywhere &^ of(formatDocker), gives: []example{
			{NameValue, "- name: SECRET_KEY\n  value: …"},
		}},
		{line: blockForm, in: unknown, gives: []example{
			{Terraform, `variable "secret_key" { default = "…" }`},
		}},
		{line: dockerForm, in: of(formatDocker) | unknown, gives: []example{
			{Dockerfile, `ENV SECRET_KEY=…`},
		}},
		{line: unitForm, in: of(formatYAML, formatDotenv, formatINI) | unknown, gives: []example{
			{Unit, `Environment="SECRET_KEY=…"`},
		}},
		{line: powershellForm, in: of(formatYAML, formatDotenv) | unknown, gives: []example{
			{PowerShell, `$env:SECRET_KEY = "…"`},
		}},
		{line: batchForm, in: of(formatYAML, formatDotenv) | unknown, gives: []example{
			{Batch, `set SECRET_KEY=…`},
		}},
		{line: makeForm, in: of(formatYAML, formatDotenv) | unknown, gives: []example{
			{Make, `SECRET_KEY ?= …`},
		}},
		{line: commandForm, in: of(formatDotenv) | unknown, gives: []example{
			{Shell, `setenv SECRET_KEY …`},
		}},
		{line: yamlItemForm, in: of(formatYAML), gives: []example{
			{YAMLItem, `- SECRET_KEY=…`},
		}},
		{line: yamlForm, in: of(formatYAML), gives: []example{
			{YAML, `SECRET_KEY: …`},
			{KubernetesBase64, "kind: Secret\ndata:\n  SECRET_KEY: <base64 of …>"},
		}},
		{line: jsonForm, in: of(formatJSON), gives: []example{
			{JSON, `{"SECRET_KEY": "…"}`},
		}},
		{line: dotenvForm, in: of(formatDotenv) | unknown, gives: []example{
			{Dotenv, `SECRET_KEY=…`},
		}},
		{line: iniForm, in: of(formatINI), gives: []example{
			{INI, `secret_key = …`},
		}},
		{line: shellForm, in: everywhere, gives: []example{
			{Shell, `docker run -e SECRET_KEY=…`},
		}},
		{line: iniLikeForm, in: unknown, gives: []example{
			{INI, "[django]\nsecret_key = …"},
		}},
		{line: optionForm, in: everywhere &^ of(formatPython, formatJSON), gives: []example{
			{Shell, `gh secret set SECRET_KEY --body …`},
		}},
		{line: cellForm, in: everywhere &^ of(formatPython, formatJSON), gives: []example{
			{NameValue, "| `SECRET_KEY` | `…` |"},
		}},
		{line: proseForm, in: everywhere &^ of(formatPython, formatJSON), gives: []example{
			{NameValue, "the SECRET_KEY is `…`"},
		}},
		{line: lineForm, in: everywhere, gives: []example{
			{Text, `const secretKey = "…"`},
		}},

		{name: pythonForm, in: everywhere &^ of(formatPython), gives: pythonExamples},
	}
}

var pythonExamples = []example{
	{PythonAssign, `SECRET_KEY = "…"`},
	{PythonName, "KEY = \"…\"\nSECRET_KEY = KEY"},
	{PythonKwarg, `settings.configure(SECRET_KEY="…")`},
	{PythonDict, `{"SECRET_KEY": "…"}`},
	{PythonSubscript, `app.config["SECRET_KEY"] = "…"`},
	{PythonEnvDefault, `os.environ.get("SECRET_KEY", "…")`},
	{PythonSetCall, `monkeypatch.setenv("SECRET_KEY", "…")`},
	{PythonAppend, `SECRET_KEY_FALLBACKS.append("…")`},
	{PythonCompare, `if SECRET_KEY == "…":`},
	{PythonText, `f.write("SECRET_KEY = '…'\n")`},
}

// A plan is the table of forms by what they are asked about. Texts refer to it
// rather than to the table, which refers to what reads texts.
type plan struct {
	names    [formatCount][]step // in order
	literals [anchorCount]func(doc *document, anchor int, emit func(*Assignment)) (end int)
	inner    [formatCount]func(doc *document, emit func(*Assignment)) []span
}

// step is what is asked next about a name: one form, or several about its line.
type step struct {
	name  func(doc *document, anchor int) answer
	lines []func(s statement) answer
}

var thePlan = sync.OnceValue(func() *plan {
	p := &plan{}
	for _, f := range table() {
		if f.literal != nil {
			p.literals[f.anchored] = f.literal
			continue
		}
		for k := range format(formatCount) {
			if !f.in.has(k) {
				continue
			}
			steps := &p.names[k]
			switch last := len(*steps) - 1; {
			case f.inner != nil:
				p.inner[k] = f.inner
			case f.name != nil:
				*steps = append(*steps, step{name: f.name})
			case last >= 0 && (*steps)[last].lines != nil:
				(*steps)[last].lines = append((*steps)[last].lines, f.line)
			default:
				*steps = append(*steps, step{lines: []func(statement) answer{f.line}})
			}
		}
	}
	return p
})

// Description is a form for readers: which texts have it, and an example in
// which … is the key.
type Description struct {
	ID      scanner.Form
	Formats []string // of texts; nil if it is read in all of them
	Example string
}

// All describes all forms, in the order in which they are asked.
func All() []Description {
	var all []Description
	in := map[scanner.Form]formats{}
	for _, f := range table() {
		for _, e := range f.gives {
			if _, seen := in[e.id]; !seen {
				all = append(all, Description{ID: e.id, Example: e.text})
			}
			in[e.id] |= f.in
		}
	}
	for i := range all {
		all[i].Formats = in[all[i].ID].names()
	}
	return all
}
