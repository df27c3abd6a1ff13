package merge

import (
	"fmt"
	"io"
	"strings"

	"github.com/djleaks/djleaks/internal/fleet"
	"github.com/djleaks/djleaks/internal/report"
	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// How much Markdown and HTML show; JSON and CSV have it all. GitHub refuses a job
// summary of more than 1 MiB.
const (
	mostRows    = 500
	mostHolders = 10
)

// writeMarkdown is for job summaries and issues.
func writeMarkdown(w io.Writer, f *Fleet) error {
	var b strings.Builder
	b.WriteString("## djleaks: " + report.Prose(title(f)) + "\n\n" + report.Prose(totalsWords(f)) + "\n")
	if len(f.Rules) > 1 {
		b.WriteString("\nNot all repositories were read with the same rules and settings:\n\n")
		for _, r := range f.Rules {
			b.WriteString("- " + say.Counted(r.Repositories, "repository", "repositories") + " with " + report.Cell(r.Rules+", settings "+r.Settings) + "\n")
		}
	}
	markdownUnread(&b, f)
	markdownKeys(&b, f)
	markdownSince(&b, f)
	markdownOwners(&b, f)
	_, err := io.WriteString(w, b.String())
	return err
}

func markdownUnread(b *strings.Builder, f *Fleet) {
	if f.Complete() {
		return
	}
	b.WriteString("\n### Not read\n")
	if why := causeWords(f); why != "" {
		b.WriteString("\n" + report.Prose(why) + "\n")
	}
	b.WriteString("\n| state | repository | owner | why |\n| --- | --- | --- | --- |\n")
	shown := 0
	for _, r := range f.byState() {
		if r.State == fleet.Read || shown == mostRows {
			break
		}
		shown++
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", r.State, report.Cell(r.ID), optional(r.Owner), report.Cell(unreadWords(r)))
	}
	more(b, f.Totals.unread()-shown, "repository was", "repositories were", "not read")
}

// more says how many rows of a table are left out.
func more(b *strings.Builder, n int, one, many, what string) {
	if n > 0 {
		b.WriteString("\n" + say.Counted(n, one, many) + " " + what + " and not shown: `--format json` has all.\n")
	}
}

func optional(s string) string {
	if s == "" {
		return ""
	}
	return report.Cell(s)
}

// worthShowing are the keys that are more than notes.
func worthShowing(f *Fleet) (shown []*keyGroup, more int) {
	for i := range f.keys {
		if f.keys[i].severity > scanner.Note || f.FailOn <= scanner.Note {
			shown = append(shown, &f.keys[i])
		}
	}
	if len(shown) > mostRows {
		return shown[:mostRows], len(shown) - mostRows
	}
	return shown, 0
}

func markdownKeys(b *strings.Builder, f *Fleet) {
	keys, left := worthShowing(f)
	if len(keys) == 0 {
		return
	}
	b.WriteString("\n### Keys\n\n| severity | key | repositories | what to do | since | where |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, g := range keys {
		k := f.key(g)
		fmt.Fprintf(b, "| %s | %s %s | %d | %s | %s | %s |\n", k.Severity, report.Cell(k.Masked), report.Cell(string(k.Fingerprint)), k.HeldBy,
			k.Verdict, optional(k.Since), holders(k.In))
	}
	more(b, left, "more key is", "more keys are", "found")
	if n := len(f.keys) - len(keys) - left; n > 0 {
		b.WriteString("\n" + say.Counted(n, "note is", "notes are") + " left out.\n")
	}
}

func holders(in []Holder) string {
	var parts []string
	for _, h := range in[:min(len(in), mostHolders)] {
		parts = append(parts, report.Cell(placeWords(h)))
	}
	if n := len(in) - mostHolders; n > 0 {
		parts = append(parts, say.Counted(n, "more", "more"))
	}
	return strings.Join(parts, "<br>")
}

func markdownSince(b *strings.Builder, f *Fleet) {
	if f.since == nil {
		return
	}
	b.WriteString("\n### Since the last report\n\n")
	for _, c := range Changes() {
		if n := f.since.Counts[c]; n > 0 {
			fmt.Fprintf(b, "- %s: %s\n", changeWords(c), say.Thousands(n))
		}
	}
	if len(f.since.Changes) > 0 {
		b.WriteString("\n| change | severity | key | repository |\n| --- | --- | --- | --- |\n")
		for _, d := range f.since.Changes[:min(len(f.since.Changes), mostRows)] {
			fmt.Fprintf(b, "| %s | %s | %s %s | %s |\n", d.Change, d.Severity, report.Cell(d.Masked), report.Cell(string(d.Fingerprint)), report.Cell(d.ID))
		}
		more(b, len(f.since.Changes)-mostRows, "more change is", "more changes are", "there")
	}
	if len(f.since.Repositories) > 0 {
		b.WriteString("\n| repository | was | is |\n| --- | --- | --- |\n")
		for _, t := range f.since.Repositories[:min(len(f.since.Repositories), mostRows)] {
			fmt.Fprintf(b, "| %s | %s | %s |\n", report.Cell(t.ID), stateBefore(t), stateNow(t))
		}
		more(b, len(f.since.Repositories)-mostRows, "more repository has", "more repositories have", "changed")
	}
}

func markdownOwners(b *strings.Builder, f *Fleet) {
	owners := f.owners()
	if len(owners) == 0 {
		return
	}
	heads, rule := "| owner | repositories | not read | critical | high | medium | low |", "| --- | --- | --- | --- | --- | --- | --- |"
	if f.since != nil {
		heads, rule = heads+" new | gone |", rule+" --- | --- |"
	}
	b.WriteString("\n### By owner\n\n" + heads + "\n" + rule + "\n")
	for _, o := range owners[:min(len(owners), mostRows)] {
		fmt.Fprintf(b, "| %s | %d | %d | %d | %d | %d | %d |", report.Cell(o.Owner), o.Repositories, o.Unread,
			o.Keys.Critical, o.Keys.High, o.Keys.Medium, o.Keys.Low)
		if f.since != nil {
			fmt.Fprintf(b, " %d | %d |", o.New, o.Gone)
		}
		b.WriteString("\n")
	}
	more(b, len(owners)-mostRows, "more owner is", "more owners are", "there")
}
