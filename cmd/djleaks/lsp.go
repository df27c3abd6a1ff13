package main

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/djleaks/djleaks/internal/lsp"
	"github.com/djleaks/djleaks/internal/scan"
	"github.com/djleaks/djleaks/scanner"
)

func lspCommand(p process) *cli.Command {
	return &cli.Command{
		Name:      "lsp",
		Usage:     "serve an editor over the Language Server Protocol",
		ArgsUsage: " ",
		Description: "Speaks the Language Server Protocol on standard input and output: diagnostics\n" +
			"while you type, the reasons when you point at one, and two actions: the change\n" +
			"that takes the key out, and the comment that accepts it. docs/editors.md has\n" +
			"the settings for VS Code, Neovim, Helix, Zed and PyCharm.",
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				return tooManyArguments(c)
			}
			if _, ok := terminal(p.stdin); ok {
				fmt.Fprintln(p.stderr, "djleaks: lsp is for an editor, which starts it; docs/editors.md says how (Ctrl-D ends it)")
			}
			s := &scan.Scan{Version: version, Getenv: p.getenv}
			server := &lsp.Server{Version: version, Check: func(path, text string) []lsp.Problem { return problems(s, path, text) }}
			err := server.Serve(p.stdin, p.stdout)
			if errors.Is(err, lsp.ErrNoShutdown) {
				return verdictError(exitFound) // as the protocol wants it
			}
			return err
		},
	}
}

// problems are the remarks on a document, as an editor shows them. A
// configuration that cannot be read is one too: then nothing was checked.
//
// No message has a key in it: an editor writes what it is told into logs. The
// changes have what is left of the document, which is the editor's own.
func problems(s *scan.Scan, file, text string) []lsp.Problem {
	d := scan.NewDocument(file, text)
	asked := *s
	asked.Found = &scanner.Redactor{} // of this text: one for all would keep each key that was ever half typed
	remarks, rules, err := asked.Remarks(d)
	if err != nil {
		words := asked.Found.Redact(err.Error())
		return []lsp.Problem{{Severity: 1, Code: "configuration", Message: "not checked: " + words, Hover: words, Fixed: func() string { return "" }}}
	}
	list := make([]lsp.Problem, len(remarks))
	for i := range remarks {
		r := &remarks[i]
		list[i] = lsp.Problem{
			From: r.Offset, To: r.Offset + r.Length, Severity: lspSeverity(r.Severity), Code: r.Rule,
			Message: asked.Found.Redact(strings.Join(append([]string{"Django secret key (" + r.Severity.String() + ")"}, r.Reasons...), ": ")),
			Hover:   asked.Found.Redact(hover(r, rules)),
			Fixed:   func() string { return scan.FixDocument(d, r) },
		}
		list[i].AcceptAt, list[i].Accept = acceptance(file, text, r)
	}
	return list
}

func lspSeverity(s scanner.Severity) int {
	switch {
	case s >= scanner.High:
		return 1
	case s == scanner.Medium:
		return 2
	}
	return 3
}

// hover is what an editor shows of a key when somebody points at it.
func hover(r *scan.Remark, rules []scanner.Rule) string {
	var b strings.Builder
	fmt.Fprintf(&b, "**Django secret key**, %s: `%s`, fingerprint `%s`\n", r.Severity, r.Secret.Mask(r.Class), r.Secret.Fingerprint())
	for _, reason := range r.Reasons {
		fmt.Fprintf(&b, "\n- %s", reason)
	}
	for _, rule := range rules {
		if rule.ID == r.Rule {
			fmt.Fprintf(&b, "\n\n%s\n\n%s", rule.Text, rule.Fix)
		}
	}
	if r.Replacement != "" {
		fmt.Fprintf(&b, "\n\nInstead: `%s`", r.Replacement)
	}
	return b.String()
}

// acceptance is the comment that accepts a key, on a line of its own before it,
// with the indentation of the key's line.
func acceptance(file, text string, r *scan.Remark) (at int, comment string) {
	sign := "#"
	switch strings.ToLower(path.Ext(file)) {
	case ".json", ".ipynb", ".md", ".html", ".xml", ".csv", ".txt", ".rst":
		return 0, ""
	case ".js", ".ts", ".jsx", ".tsx", ".go", ".java", ".php", ".c", ".rs", ".kt", ".swift", ".groovy":
		sign = "//"
	}
	at = strings.LastIndexAny(text[:r.Offset], "\r\n") + 1
	indent := text[at : at+len(text[at:])-len(strings.TrimLeft(text[at:], " \t"))]
	return at, indent + sign + " djleaks: allow[reason]\n"
}
