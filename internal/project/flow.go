package project

import (
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/pysource"
)

// Flow is a name, and what its value is made of: the names in an assignment, or in
// what a function returns.
type Flow struct {
	Name  string
	Words []string // last parts of names
	Held  int      // how many of them, from the first on, are in the value; the others are only asked about
}

// holds reports whether the value is made of one of these words.
func (f *Flow) holds(words []string) bool {
	return slices.ContainsFunc(f.Words[:f.Held], func(w string) bool { return slices.Contains(words, w) })
}

// mentions reports whether the flow has one of these words.
func (f *Flow) mentions(words []string) bool {
	return slices.ContainsFunc(f.Words, func(w string) bool { return slices.Contains(words, w) })
}

// Holding returns these names, and those that the file gives to what is made
// of them: KEY = settings.SECRET_KEY, or a function that returns it.
func (f *File) Holding(names ...string) []string {
	out := slices.Clone(names)
	for range maxSteps {
		n := len(out)
		if n > maxHoldings {
			break
		}
		for _, flows := range [][]Flow{f.Values, f.Returns} {
			for i := range flows {
				if w := &flows[i]; len(out) <= maxHoldings && !slices.Contains(out, w.Name) && w.holds(out) {
					out = append(out, w.Name)
				}
			}
		}
		if len(out) == n {
			break
		}
	}
	return out
}

// Taking returns these names, and those that are given, in order, what mentions
// one of them or of the names before.
func (f *File) Taking(names ...string) []string {
	out := slices.Clone(names)
	for i := range f.Values {
		if f.Values[i].mentions(out) {
			out = append(out, f.Values[i].Name)
		}
	}
	return out
}

// How many names Holding returns, and how many steps from one to the next it
// follows.
const (
	maxHoldings = 64
	maxSteps    = 4
)

// unsigning are the names from which Taking begins.
func unsigning(word string) bool { return word == "unsign" || word == "unsign_object" }

// follow keeps what may be made of a setting, or of what was signed: what Holding
// and Taking reach from any of them.
func (f *File) follow(s *syntax, functions []function) {
	w := walker{reached: map[string]bool{}}
	values := make([]flowing, len(s.assigns))
	for i := range s.assigns {
		values[i] = w.value(pysource.LastName(s.assigns[i].Name), &s.assigns[i].Value)
	}
	var returns []flowing
	for i := range functions {
		returns = append(returns, w.returned(&functions[i]))
	}
	for range maxSteps {
		n := len(w.reached)
		w.reach(values)
		w.reach(returns)
		if len(w.reached) == n {
			break
		}
	}
	f.Values, f.Returns = w.kept(values), w.kept(returns)
}

// walker lists the words of expressions one after another.
type walker struct {
	words   []string
	reached map[string]bool // names that may be made of what is asked for
}

// flowing is a Flow whose words are those of a walker from one place to another.
type flowing struct {
	name           string
	from, held, to int
}

func (w *walker) value(name string, e *Expr) flowing {
	out := flowing{name: name, from: len(w.words)}
	e.heldWords(w.add)
	out.held = len(w.words)
	e.words(w.add)
	out.to = len(w.words)
	if out.to-out.held == out.held-out.from { // all are in the value
		w.words, out.to = w.words[:out.held], out.held
	}
	return out
}

// returned is what a function gives.
func (w *walker) returned(d *function) flowing {
	out := flowing{name: d.Name, from: len(w.words)}
	for i := range d.body {
		if t := &d.body[i]; t.kind == tokenName && t.text == "return" {
			p := parser{tokens: d.body[i+1 : min(len(d.body), i+1+maxCallTokens)]}
			e := p.expression()
			e.heldWords(w.add)
		}
	}
	out.held, out.to = len(w.words), len(w.words)
	return out
}

func (w *walker) add(word string) { w.words = append(w.words, word) }

// isWanted reports whether a word may be asked for.
func (w *walker) isWanted(word string) bool {
	return w.reached[word] || isSettingName(word) || unsigning(word)
}

// reach adds the names of the flows that have a wanted word.
func (w *walker) reach(flows []flowing) {
	for _, x := range flows {
		if !w.reached[x.name] && slices.ContainsFunc(w.words[x.from:x.to], w.isWanted) {
			w.reached[x.name] = true
		}
	}
}

// kept are the flows that have a wanted word, with those words.
func (w *walker) kept(flows []flowing) (out []Flow) {
	for _, x := range flows {
		f := Flow{Name: x.name}
		for i, word := range w.words[x.from:x.to] {
			if w.isWanted(word) && !slices.Contains(f.Words, word) {
				f.Words = append(f.Words, word)
				if i < x.held-x.from {
					f.Held++
				}
			}
		}
		if len(f.Words) > 0 {
			out = append(out, f)
		}
	}
	return out
}

// words calls do for each word that e mentions.
func (e *Expr) words(do func(word string)) {
	switch {
	case e.Kind == Name:
		do(pysource.LastName(e.Text))
	case e.Kind == Call:
		for part := range strings.SplitSeq(e.Text, ".") {
			do(part)
		}
		if e.Text == "getattr" && len(e.Items) > 1 && e.Items[1].Kind == Text {
			do(e.Items[1].Text)
		}
	}
	for i := range e.Items {
		e.Items[i].words(do)
	}
}

// heldWords is words for those of which the value of e is made.
func (e *Expr) heldWords(do func(word string)) {
	switch {
	case e.isChoice():
		e.Items[0].heldWords(do)
		e.Items[len(e.Items)-1].heldWords(do)
	case !e.decides():
		e.words(do)
	}
}
