package report

import (
	"html"
	"strings"

	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// markdownDossiers is the body of an issue: the answer, the steps as boxes to
// check, the keys, and what depends on them.
func markdownDossiers(b *strings.Builder, r *scanner.Report, keys []scanner.Key, hidden int) {
	first, rest := answer(r)
	if first == "" {
		first = verdictTitle(r)
	}
	b.WriteString("## djleaks: " + markdownText(first) + "\n\n")
	if len(rest) > 0 {
		b.WriteString(markdownText(sentence(listed(rest))) + " ")
	}
	b.WriteString(markdownText(sentence(verdictWords(r, hidden))) + "\n")
	for i := range r.Playbook {
		markdownPlay(b, &r.Playbook[i])
	}
	written := markdownKeys(b, keys)
	markdownRadius(b, r)
	for i := range keys[:written] {
		if b.Len() > markdownLimit {
			break
		}
		markdownLife(b, &keys[i])
	}
}

func markdownPlay(b *strings.Builder, p *scanner.Play) {
	b.WriteString("\n### What to do: " + decisionWords(p.Decision) + " (" + say.Counted(len(p.Keys), "key", "keys") + ")\n")
	for _, box := range boxesOf(p) {
		b.WriteString("\n**" + say.Capitalized(whenWords(box.When)) + "**\n\n")
		for _, s := range box.Steps {
			b.WriteString("- [ ] ")
			if at := pathAndLine(s.Path, s.Line); at != "" {
				b.WriteString(codeSpan(at) + ": ")
			}
			b.WriteString(markdownText(clean(s.Do)) + "\n")
			markdownRun(b, say.Called(s.Run, elsewhere))
		}
	}
}

// markdownRun is a fenced block inside of a list.
func markdownRun(b *strings.Builder, run string) {
	lines := runLines(run)
	if len(lines) == 0 {
		return
	}
	fence := "```"
	for strings.Contains(run, fence) {
		fence += "`"
	}
	folded := len(lines) > textRun
	if folded {
		b.WriteString("  <details><summary>" + say.Counted(len(lines), "line", "lines") + "</summary>\n\n")
	}
	b.WriteString("  " + fence + "\n")
	for _, line := range lines {
		b.WriteString(strings.TrimRight("  "+line, " ") + "\n")
	}
	b.WriteString("  " + fence + "\n")
	if folded {
		b.WriteString("  </details>\n")
	}
}

// markdownKeys is the table of keys; written is how many it has room for.
func markdownKeys(b *strings.Builder, keys []scanner.Key) (written int) {
	if len(keys) == 0 {
		return 0
	}
	b.WriteString("\n### Keys\n\n| what to do | key | where | now | others could have it | fingerprint |\n| --- | --- | --- | --- | --- | --- |\n")
	for i := range keys {
		if b.Len() > markdownLimit/2 {
			b.WriteString("\n" + say.Counted(len(keys)-i, "more key is", "more keys are") + " in the JSON report.\n")
			return i
		}
		k := &keys[i]
		live := ""
		if k.Dossier != nil && k.Live != nil && *k.Live {
			live = "**live**, "
		}
		b.WriteString("| " + decisionWords(decision(k)) + " | " + cell(clean(k.Masked)) + " " + markdownText(classWords(k.Class)) + ", " + k.Severity.String() +
			" | " + placesCell(k) + " | " + live + markdownText(heldWords(k)) + " | " + markdownText(publicWords(k)) + " | " + cell(clean(string(k.Fingerprint))) + " |\n")
	}
	return len(keys)
}

func markdownRadius(b *strings.Builder, r *scanner.Report) {
	p := r.Project
	if p == nil {
		return
	}
	b.WriteString("\n### What depends on SECRET\\_KEY here\n\n" + markdownText(djangoWords(p)) + ".\n")
	effects := radius(r)
	if len(effects) > 0 {
		b.WriteString("\n| effect | feature | with the key | a new key | fallbacks |\n| --- | --- | --- | --- | --- |\n")
	}
	for i := range effects {
		e := &effects[i]
		feature := markdownText(clean(e.Feature))
		if at := pathAndLine(e.Path, e.Line); at != "" {
			feature += " " + cell(at)
		}
		if !e.Certain {
			feature += " (possible: " + markdownText(clean(e.Reason)) + ")"
		}
		b.WriteString("| " + effectWords(e.Effect) + " | " + feature + " | " + markdownText(clean(e.Attack)) + " | " + markdownText(clean(e.Rotation)) + " | " + helpShort(e.Fallbacks) + " |\n")
	}
	if words := windowWords(&p.Window); words != "" && len(effects) > 0 {
		b.WriteString("\n" + markdownText(words) + "\n")
	}
	markdownEvidence(b, "Not affected", p.NotAffected)
	markdownEvidence(b, "Not seen", p.NotSeen)
}

// helpShort is whether fallbacks help, in one word.
func helpShort(h scanner.Help) string {
	switch h {
	case scanner.Helps:
		return "help"
	case scanner.HelpsNot:
		return "do not help"
	}
	return "not known"
}

func markdownEvidence(b *strings.Builder, title string, list []scanner.Evidence) {
	if len(list) == 0 {
		return
	}
	b.WriteString("\n<details><summary>" + title + " (" + say.Thousands(len(list)) + ")</summary>\n\n")
	for _, e := range list[:min(len(list), markdownRows)] {
		b.WriteString("- " + markdownText(clean(e.Feature)))
		if at := pathAndLine(e.Path, e.Line); at != "" {
			b.WriteString(" " + codeSpan(at))
		}
		b.WriteString(": " + markdownText(clean(e.Reason)) + "\n")
	}
	if n := len(list) - markdownRows; n > 0 {
		b.WriteString("- and " + say.Counted(n, "more", "more") + "\n")
	}
	b.WriteString("\n</details>\n")
}

// markdownLife is the life of a key, folded away.
func markdownLife(b *strings.Builder, k *scanner.Key) {
	if k.Dossier == nil {
		markdownKey(b, k)
		return
	}
	b.WriteString("\n<details><summary>Key " + html.EscapeString(clean(string(k.Fingerprint))) + ": " + decisionWords(decision(k)) + "</summary>\n\n")
	for _, words := range append([]string{liveWords(k), exposureWords(k)}, lineageWords(k)...) {
		b.WriteString("- " + markdownText(words) + "\n")
	}
	n := len(k.Timeline)
	for i := range k.Timeline[:min(n, markdownRows)] {
		c := &k.Timeline[i]
		b.WriteString("- " + day(c.Date) + " " + codeSpan(changeWords(c)) + " in " + codeSpan(short(c.Commit.Commit)) + " by " + codeSpan(authorName(c.Author)) + "\n")
	}
	if more := n - markdownRows + k.MoreChanges; more > 0 && n > markdownRows {
		b.WriteString("- and " + say.Counted(more, "more change", "more changes") + "\n")
	}
	if refs := keyRefs(k); len(refs) > 0 {
		b.WriteString("- still in " + codeSpan(groupedNames(refs, markdownNames)) + "\n")
	}
	b.WriteString("\n</details>\n")
}

// markdownNames is how many refs of one kind are named.
const markdownNames = 10
