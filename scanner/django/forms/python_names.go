package forms

import (
	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// memory is what the form of Python keeps about a text.
type memory struct {
	names   map[string]binding // what names are bound to, as far as somebody asked
	refused []Refused          // values that a comparison before a raise names
}

// binding is what a name is bound to in this text.
type binding struct {
	value result
	ok    bool
}

// Bounds of following names to their values.
const (
	maxSubstitutions = 2       // SECRET_KEY = _K; _K = OTHER; OTHER = '…'
	maxResolved      = 24      // different names in one text
	maxBindings      = 8       // assignments of one name that are looked at
	maxUses          = 1 << 10 // of one name before its assignment
)

// resolve gives the value of a name that this text assigns a constant to: the
// constants of settings that are used only once.
func (p *python) resolve(o origin) (result, bool) {
	path := o.constant()
	if p.substitutions >= maxSubstitutions || path == "" {
		return result{}, false
	}
	if p.target != "" && !value.MayName(p.target) {
		return result{}, false // client_secret = TOKEN: no value makes it a key
	}
	doc := p.doc
	if b, known := doc.python.names[path]; known {
		return b.value.clone(), b.ok
	}
	if len(doc.python.names) >= maxResolved {
		return result{}, false
	}
	if doc.python.names == nil {
		doc.python.names = map[string]binding{}
	}
	doc.python.names[path] = binding{} // a name that is in its own value has none
	b := doc.bind(path, p.substitutions+1)
	doc.python.names[path] = b
	return b.value.clone(), b.ok
}

// clone copies the literals, whose traits the caller changes.
func (r result) clone() result {
	r.literals = append([]literal(nil), r.literals...)
	return r
}

// bind looks for "name =" at the start of a line.
func (doc *document) bind(name string, hops int) binding {
	at, uses := 0, 0
	for bound := 0; bound < maxBindings; {
		n := ascii.Index(doc.text[at:], name)
		if n < 0 {
			break
		}
		from := at + n
		at = from + len(name)
		if !doc.startsLine(from) || ascii.IsWord(byteAt(doc.text, at)) {
			// Uses of the name do not count as bindings, but too many of them end
			// the search.
			doc.spent += smallWindow / 8
			if uses++; uses > maxUses || doc.spent > len(doc.text)+8*wideWindow {
				break
			}
			continue
		}
		bound++
		if r, ok := doc.boundAt(at, hops); ok {
			return binding{value: r, ok: true}
		}
	}
	return binding{}
}

// boundAt evaluates what is assigned to the name that ends at an offset; ok is
// false if it is not a text, or not set.
func (doc *document) boundAt(at, hops int) (r result, ok bool) {
	p := newPython(doc, at)
	defer p.charge(at)
	p.substitutions = hops
	p.advance()
	if p.at(":") && !p.skipAnnotation() || !p.at("=") {
		return r, false
	}
	p.advance()
	r = p.expression()
	if len(r.literals) == 0 && hops < maxSubstitutions {
		if v, ok := p.resolve(r.origin); ok {
			r = v
		}
	}
	return r, len(r.literals) > 0 && !r.boolean
}

// startsLine reports whether only white space is before offset in its line.
func (doc *document) startsLine(offset int) bool {
	for i := offset; i > 0 && offset-i < value.MaxName; i-- {
		switch c := doc.text[i-1]; {
		case ascii.IsBreak(c):
			return true
		case !ascii.IsSpace(c):
			return false
		}
	}
	return offset < value.MaxName
}
