package forms

import (
	"strings"

	"github.com/djleaks/djleaks/scanner/django/value"
)

// origin says where the value of an expression comes from.
type origin struct {
	kind originKind
	path string // a dotted name; of anything but a name the attributes after it: ".settings.key"
}

type originKind uint8

const (
	noOrigin    originKind = iota // a constant, or an operation
	fromName                      // os.environ
	fromCall                      // f(…)
	fromItem                      // x[…]
	fromUnknown                   // an attribute of a constant or an operation
)

func (o origin) known() bool { return o.kind != noOrigin }

// isCall reports whether it is what a function returns, itself.
func (o origin) isCall() bool { return o.kind == fromCall && o.path == "" }

// attribute is the origin of an attribute of this one.
func (o origin) attribute(name string) origin {
	if !o.known() {
		o.kind = fromUnknown
	}
	return origin{o.kind, o.path + "." + name}
}

// last is the last name of the path.
func (o origin) last() string { return o.path[strings.LastIndexByte(o.path, '.')+1:] }

// constant is the name of the constant that the text may bind, or "".
func (o origin) constant() string {
	if o.kind != fromName && o.kind != fromCall || len(o.path) < 2 || len(o.path) > value.MaxName {
		return ""
	}
	return o.last()
}

// isPlain reports whether it is a name without dots.
func (o origin) isPlain() bool { return o.kind == fromName && strings.IndexByte(o.path, '.') < 0 }
