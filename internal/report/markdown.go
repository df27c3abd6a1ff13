package report

import (
	"html"
	"io"
	"strings"

	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// markdownLimit is where keys stop and are only counted: GitHub refuses a job
// summary of more than 1 MiB, and shows none of it.
const markdownLimit = 900 << 10

// markdownRows bounds the events and refs of one key.
const markdownRows = 50

// writeMarkdown is for job summaries and issues. Every string of a repository
// is in a code span, in which Markdown has no syntax, no links and no
// mentions.
func writeMarkdown(w io.Writer, r *scanner.Report, opt Options) error {
	keys, hidden := shown(r, opt.All)
	var b strings.Builder
	if hasDossiers(r) {
		markdownDossiers(&b, r, keys, hidden)
		markdownCoverage(&b, r)
		_, err := io.WriteString(w, b.String())
		return err
	}
	b.WriteString("## djleaks: " + verdictTitle(r) + "\n\n")
	b.WriteString(markdownText(sentence(verdictWords(r, hidden))) + "\n")
	if len(keys) > 0 {
		b.WriteString("\n| severity | key | where | status | fingerprint |\n| --- | --- | --- | --- | --- |\n")
	}
	written := 0
	for i := range keys {
		if b.Len() > markdownLimit/2 {
			break
		}
		markdownRow(&b, &keys[i])
		written++
	}
	for i := range keys[:written] {
		if b.Len() > markdownLimit {
			break
		}
		markdownKey(&b, &keys[i])
	}
	if written < len(keys) {
		b.WriteString("\n" + say.Counted(len(keys)-written, "more key is", "more keys are") + " in the JSON report.\n")
	}
	if failing := r.Failing(); len(failing) > 0 {
		b.WriteString("\n### What to do\n\n")
		for _, s := range opt.whatToDo(failing, elsewhere) {
			b.WriteString("1. " + s.Do)
			if s.Code != "" {
				b.WriteString(" " + codeSpan(s.Code))
			}
			b.WriteString("\n")
		}
	}
	markdownCoverage(&b, r)
	_, err := io.WriteString(w, b.String())
	return err
}

// verdictTitle is the verdict as a heading.
func verdictTitle(r *scanner.Report) string {
	switch {
	case r.Verdict == scanner.KeysFound && !r.Coverage.Complete:
		return "keys found, and the scan is incomplete"
	case r.Verdict == scanner.KeysFound:
		return "keys found"
	case r.Verdict == scanner.Incomplete:
		return "the scan is incomplete"
	}
	return "clean"
}

func markdownRow(b *strings.Builder, k *scanner.Key) {
	b.WriteString("| " + k.Severity.String() + " | " + cell(clean(k.Masked)) + " " + markdownText(classWords(k.Class)) +
		" | " + placesCell(k) + " | " + markdownText(keyStatus(k)) + " | " + cell(clean(string(k.Fingerprint))) + " |\n")
}

// placesCell is the first place of a key, and how many more there are.
func placesCell(k *scanner.Key) string {
	if len(k.Occurrences) == 0 {
		return ""
	}
	at := cell(place(&k.Occurrences[0]))
	if n := len(k.Occurrences) - 1; n > 0 {
		at += " and " + say.Counted(n, "more", "more")
	}
	return at
}

// markdownKey is the life of a key, folded away.
func markdownKey(b *strings.Builder, k *scanner.Key) {
	list := events(k)
	refs := keyRefs(k)
	if len(list)+len(refs) == 0 {
		return
	}
	b.WriteString("\n<details><summary>Timeline of key " + html.EscapeString(clean(string(k.Fingerprint))) + "</summary>\n\n")
	for _, e := range list[:min(len(list), markdownRows)] {
		b.WriteString("- " + e.words() + " at " + codeSpan(place(e.at)) + " by " + codeSpan(authorName(e.commit.Author)) + "\n")
	}
	if n := len(list) - markdownRows; n > 0 {
		b.WriteString("- and " + say.Counted(n, "more change", "more changes") + "\n")
	}
	if len(refs) > 0 {
		b.WriteString("- still in " + codeSpan(refNames(refs, markdownRows)) + "\n")
	}
	b.WriteString("\n</details>\n")
}

func markdownCoverage(b *strings.Builder, r *scanner.Report) {
	b.WriteString("\n### What was read\n\n" + markdownText(sentence(coverageWords(r))) + "\n")
	skipped := r.Coverage.Skipped
	if len(skipped)+len(notes(r)) > 0 {
		b.WriteString("\n")
	}
	for _, s := range skipped[:min(len(skipped), markdownRows)] {
		b.WriteString("- " + codeSpan(skipWords(s)) + "\n")
	}
	if n := len(skipped) - markdownRows; n > 0 {
		b.WriteString("- and " + say.Counted(n, "more", "more") + "\n")
	}
	for _, note := range notes(r) {
		b.WriteString("- note: " + codeSpan(note) + "\n")
	}
}

// codeSpan puts clean text into a code span whose fence is longer than any run
// of backticks in it.
func codeSpan(s string) string {
	longest, run := 0, 0
	for i := 0; i < len(s); i++ {
		if s[i] == '`' {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	fence := strings.Repeat("`", longest+1)
	if longest > 0 || s == "" {
		s = " " + s + " " // the blanks are not part of a span that has backticks at its ends
	}
	return fence + s + fence
}

// cell is a code span inside a table, where a bar ends the cell even in code.
func cell(s string) string { return strings.ReplaceAll(codeSpan(s), "|", `\|`) }

// markdownText is plain text, of which no character is syntax.
func markdownText(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune("\\`*_{}[]<>#|!~&@$^", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
