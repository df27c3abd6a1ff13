package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// explain says of each finding why it was judged as it was. It shows nothing of
// a value but its mask.
func (p process) explain(d *django.Detector, findings []scanner.Finding) error {
	if len(findings) == 0 {
		_, err := fmt.Fprintln(p.stdout, "no value is where a secret key belongs, and none has the shape of one")
		return err
	}
	for i := range findings {
		f := &findings[i]
		severity, reason := d.Severity(&f.Match, f.Path)
		name := p.line(f.Name)
		if name == "" {
			name = "no name"
		}
		fmt.Fprintf(p.stdout, "%s:%d:%d  %s\n", cmp.Or(p.line(f.Path), "standard input"), f.Line, f.Column, f.Secret.Mask(f.Class))
		fmt.Fprintf(p.stdout, "  name      %s, written as %s%s\n", name, f.Form, traitWords(f.Traits))
		e := value.Evaluate(f.Secret.Reveal())
		fmt.Fprintf(p.stdout, "  value     %d bytes, %s\n", e.Length, e.Kind)
		for _, why := range e.Reasons {
			fmt.Fprint(p.stdout, wrapped("- "+why, "            "))
		}
		fmt.Fprintf(p.stdout, "  severity  %s: %s\n", severity, reason)
		fmt.Fprintf(p.stdout, "  rule      %s, key %s\n", f.Rule, f.Secret.Fingerprint())
		if f.Allow != nil {
			fmt.Fprintf(p.stdout, "  accepted  by %s %s\n", p.line(f.Allow.By), p.line(p.found.RedactAll(f.Allow.Reason)))
		}
	}
	return nil
}

// traitWords are the facts about a match that its severity depends on.
func traitWords(t scanner.Trait) string {
	var words []string
	for _, trait := range []struct {
		bit  scanner.Trait
		word string
	}{
		{scanner.Fallback, "a default"}, {scanner.Guarded, "guarded by a check that raises"}, {scanner.Comment, "in a comment"},
		{scanner.BuildOnly, "for one command of a build"}, {scanner.OtherName, "not Django's own setting"},
		{scanner.NoName, "found by its shape"}, {scanner.TestOnly, "set by a test"}, {scanner.DevOnly, "for development only"},
		{scanner.InFallbacks, "in SECRET_KEY_FALLBACKS"},
	} {
		if t&trait.bit != 0 {
			words = append(words, trait.word)
		}
	}
	if len(words) == 0 {
		return ""
	}
	return "; " + strings.Join(words, ", ")
}
