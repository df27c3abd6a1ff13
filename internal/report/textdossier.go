package report

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// How much of a dossier the text shows before it only counts.
const (
	textRun      = 12 // lines of a command
	textEvidence = 6  // of what is not affected, and what was not seen
	textChanges  = 12 // of a timeline
)

// answer is the first block: what to do about how many keys.
func (t *text) answer() {
	first, rest := answer(t.report)
	if first == "" {
		return
	}
	paint := t.warn
	if len(byDecision(t.report, scanner.RotateNow)) > 0 {
		paint = t.bad
	}
	t.paragraph("", "  ", first, paint.Sprint)
	if len(rest) > 0 {
		t.paragraph("", "  ", listed(rest), fmt.Sprint)
	}
	t.line()
}

// dossier is what an audit says of a key beyond its places.
func (t *text) dossier(k *scanner.Key) {
	if k.Dossier == nil {
		return
	}
	for _, words := range append([]string{liveWords(k), exposureWords(k)}, lineageWords(k)...) {
		paint := fmt.Sprint
		if k.Live != nil && *k.Live && words == liveWords(k) {
			paint = t.bad.Sprint
		}
		t.paragraph("  ", "  ", words, paint)
	}
}

// radius is what depends on the key in this project.
func (t *text) radius() {
	p := t.report.Project
	if p == nil {
		return
	}
	effects := radius(t.report)
	t.line(t.bold.Sprint("what depends on SECRET_KEY here"), " ("+djangoWords(p)+")")
	last := scanner.Consequence("")
	for i := range effects {
		e := &effects[i]
		if e.Effect != last {
			last = e.Effect
			paint := t.bold
			if e.Effect == scanner.EffectCode || e.Effect == scanner.EffectIdentity {
				paint = t.bad
			}
			t.line("  ", paint.Sprint(effectWords(e.Effect)))
		}
		t.effect(e)
	}
	if len(effects) == 0 {
		t.line("  nothing was seen")
	}
	if words := windowWords(&p.Window); words != "" && len(effects) > 0 {
		t.paragraph("  ", "  ", words, t.dim.Sprint)
	}
	t.evidence("not affected", p.NotAffected)
	t.evidence("not seen", p.NotSeen)
	t.line()
}

// effect is one feature: what it gives an attacker if that is the point, else
// what a new key breaks. Verbose tells all of it.
func (t *text) effect(e *scanner.Effect) {
	at := pathAndLine(e.Path, e.Line)
	if e.Effect == scanner.EffectLinks && !t.opt.Verbose {
		line := clean(e.Feature)
		if at != "" {
			line += " (" + at + ")"
		}
		t.paragraph("    ", "      ", line+": "+clean(e.Rotation)+t.possible(e), fmt.Sprint)
		return
	}
	t.line("    ", strings.TrimRight(clean(e.Feature)+"  "+at, " "), t.possible(e))
	attack, rotation := "with the key: "+clean(e.Attack), "a new key: "+clean(e.Rotation)
	lines := []string{attack}
	switch {
	case t.opt.Verbose:
		lines = []string{"seen: " + clean(e.Reason), attack, rotation + "; " + helpWords(e.Fallbacks)}
	case e.Effect == scanner.EffectData:
		lines = []string{rotation, clean(e.Reason)}
	}
	if !e.Certain && !t.opt.Verbose && e.Effect != scanner.EffectData {
		lines = append(lines, clean(e.Reason))
	}
	for _, words := range lines {
		t.paragraph("      ", "      ", words, t.dim.Sprint)
	}
}

// possible marks what a version or a setting that is not known decides.
func (t *text) possible(e *scanner.Effect) string {
	if e.Certain {
		return ""
	}
	return " (possible)"
}

func (t *text) evidence(label string, list []scanner.Evidence) {
	if len(list) == 0 {
		return
	}
	t.line("  ", t.bold.Sprint(label))
	n := t.limit(len(list), textEvidence)
	for _, e := range list[:n] {
		line := clean(e.Feature)
		if at := pathAndLine(e.Path, e.Line); at != "" {
			line += " (" + at + ")"
		}
		t.paragraph("    ", "      ", line+": "+clean(e.Reason), t.dim.Sprint)
	}
	t.more(len(list)-n, "    ", "entry", "entries")
}

// playbook is what to do, by decision and box.
func (t *text) playbook() {
	for i := range t.report.Playbook {
		p := &t.report.Playbook[i]
		t.line(t.bold.Sprint("what to do: "+decisionWords(p.Decision)), " ("+say.Counted(len(p.Keys), "key", "keys")+")")
		number := 0
		for _, b := range boxesOf(p) {
			t.line("  ", t.bold.Sprint(whenWords(b.When)))
			for j := range b.Steps {
				number++
				t.step(number, &b.Steps[j])
			}
		}
		t.line()
	}
}

func (t *text) step(number int, s *scanner.Step) {
	label := strconv.Itoa(number) + ". "
	do := clean(s.Do)
	if at := pathAndLine(s.Path, s.Line); at != "" {
		do = at + ": " + do
	}
	const indent = "       "
	t.paragraph("    "+label, indent, do, fmt.Sprint)
	lines := runLines(s.Run)
	if len(lines) > textRun && !t.opt.Verbose { // a part of a script is of no use
		t.line(indent, "  ", t.dim.Sprint("a script of "+say.Counted(len(lines), "line", "lines")+" (--verbose prints it)"))
		return
	}
	for _, line := range lines {
		t.line(indent, "  ", t.called(line))
	}
}
