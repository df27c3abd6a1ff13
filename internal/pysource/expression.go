package pysource

import "strings"

// Atom returns the bounds of the literal that string token i is a part of:
// strings one after the other, and those added to it with +. whole is false if
// something else is added, formatted or computed with it, or if it has fields.
func (f *File) Atom(i int) (first, end int, whole bool) {
	first, end = i, i+1
	for f.isString(first-1) || f.Is(first-1, "+") && f.isString(first-2) {
		if first--; !f.isString(first) {
			first--
		}
	}
	for f.isString(end) || f.Is(end, "+") && f.isString(end+1) {
		if end++; !f.isString(end - 1) {
			end++
		}
	}
	return first, end, !f.isPart(first, end)
}

// isPart reports whether more is computed with a literal, or within it.
func (f *File) isPart(first, end int) bool {
	for n := first; n < end; n++ {
		if f.Tokens[n].Fields {
			return true
		}
	}
	for _, operator := range []string{"+", "%", "*"} {
		if f.Is(first-1, operator) || f.Is(end, operator) {
			return true
		}
	}
	return f.Is(end, "[") || f.Is(end, ".") && (f.Is(end+1, "format") || f.Is(end+1, "join") || f.Is(end+1, "replace"))
}

func (f *File) isString(i int) bool {
	return i >= 0 && i < len(f.Tokens) && f.Tokens[i].Kind == String
}

// Call is a call, or a subscript.
type Call struct {
	Callee    string // with its object: os.environ.get; "" if it is not a plain name
	First     int    // the callee's first token
	Open      int    // the bracket
	Close     int    // its partner
	Arguments []Argument
}

// Argument is one argument of a call, an element of a list, or an entry of a
// dictionary.
type Argument struct {
	Keyword    string
	First, End int // tokens of the whole argument
	Value      int // the first token of its value, after "keyword=" or "key:"
}

// CallAt reads the call whose bracket is token open.
func (f *File) CallAt(open int) *Call {
	c := &Call{First: open, Open: open, Close: f.Tokens[open].Close}
	n := open
	if n > 0 && f.Tokens[n-1].Kind == Name && !keywords[f.Word(n-1)] {
		n--
		for n > 1 && f.Is(n-1, ".") && f.Tokens[n-2].Kind == Name && !keywords[f.Word(n-2)] {
			n -= 2
		}
		if !f.Is(n-1, ".") {
			c.First = n
			var name strings.Builder
			for k := n; k < open; k++ {
				name.WriteString(f.Word(k))
			}
			c.Callee = name.String()
		}
	}
	c.Arguments = f.arguments(open)
	return c
}

func (f *File) arguments(open int) (list []Argument) {
	end := f.Tokens[open].Close
	for first := open + 1; first < end; {
		a := Argument{First: first, Value: first}
		n := first
		for ; n < end && !(f.Tokens[n].Open == open && f.Is(n, ",")); n++ {
			if f.Tokens[n].Open != open || a.Value != first {
				continue
			}
			switch {
			case f.Is(n, "=") && n == first+1:
				a.Keyword, a.Value = f.Word(first), n+1
			case f.Is(n, ":") && f.Is(open, "{"):
				a.Value = n + 1
			}
		}
		a.End = n
		if a.End > a.First {
			list = append(list, a)
		}
		first = n + 1
	}
	return list
}

// Enclosing returns the calls and displays that token i is in, innermost first.
func (f *File) Enclosing(i int) (list []*Call) {
	for open := f.Tokens[i].Open; open >= 0; open = f.Tokens[open].Open {
		list = append(list, f.CallAt(open))
	}
	return list
}

// ArgumentOf returns the index of the argument that token i is in, -1 if it is
// in none.
func (c *Call) ArgumentOf(i int) int {
	for n := range c.Arguments {
		if a := &c.Arguments[n]; a.First <= i && i < a.End {
			return n
		}
	}
	return -1
}

// OneString returns the value of an argument that is one string literal.
func (f *File) OneString(a *Argument) (string, bool) {
	if a.End != a.Value+1 || f.Tokens[a.Value].Kind != String {
		return "", false
	}
	return f.Value(a.Value)
}

// Calls returns all calls of the tokens [first, end), in their order.
func (f *File) Calls(first, end int) (list []*Call) {
	for i := first; i < end; i++ {
		if f.Is(i, "(") || f.Is(i, "[") {
			list = append(list, f.CallAt(i))
		}
	}
	return list
}

// Source returns the text of the tokens [first, end).
func (f *File) Source(first, end int) string {
	if first >= end {
		return ""
	}
	return string(f.Text[f.Tokens[first].From:f.Tokens[end-1].To])
}
