package pysource

import "fmt"

// keywords are not operands. Those of one Python version only (print, exec,
// match, type, nonlocal, async, await) are left to the rules below.
var keywords = map[string]bool{
	"and": true, "as": true, "assert": true, "async": true, "await": true, "class": true, "def": true, "del": true,
	"elif": true, "else": true, "except": true, "finally": true, "for": true, "from": true, "global": true, "if": true, "import": true,
	"in": true, "is": true, "lambda": true, "nonlocal": true, "not": true, "or": true, "raise": true, "return": true, "try": true, "while": true,
	"with": true, "yield": true,
}

// soft begin statements in which two operands may follow each other: print x
// and exec x in Python 2; match x:, case x:, type X = … in Python 3.
var soft = map[string]bool{"print": true, "exec": true, "match": true, "case": true, "type": true}

// check refuses what is not Python: a template, a conflict that was not
// resolved, a file that somebody is in the middle of typing.
func (f *File) check() error {
	levels := []int{0}
	opens := false // the statement before opens a block
	for n := range f.Statements {
		s := f.Statements[n]
		line := f.Tokens[s.First].Line
		switch top := levels[len(levels)-1]; {
		case opens && s.Indent <= top:
			return &SyntaxError{line, "a block is missing"}
		case opens:
			levels = append(levels, s.Indent)
		case s.Indent > top:
			return &SyntaxError{line, "unexpected indentation"}
		}
		for len(levels) > 1 && s.Indent < levels[len(levels)-1] {
			levels = levels[:len(levels)-1]
		}
		if s.Indent != levels[len(levels)-1] {
			return &SyntaxError{line, "indentation that matches no outer block"}
		}
		if err := f.checkStatement(s); err != nil {
			return err
		}
		opens = f.Is(s.End-1, ":")
	}
	if opens {
		return &SyntaxError{f.Tokens[len(f.Tokens)-1].Line, "a block is missing at the end"}
	}
	return nil
}

func (f *File) checkStatement(s Statement) error {
	word := f.Word(s.First)
	line := f.Tokens[s.First].Line
	if compound[word] && f.colon(s) < 0 {
		return &SyntaxError{line, fmt.Sprintf("%s without a colon", word)}
	}
	if word == "def" || word == "class" {
		if f.Tokens[s.First+1].Kind != Name {
			return &SyntaxError{line, word + " without a name"}
		}
	}
	for i := s.First; i < s.End; i++ {
		if err := f.checkPair(s, i); err != nil {
			return err
		}
	}
	return nil
}

// checkPair looks at a token and the one after it.
func (f *File) checkPair(s Statement, i int) error {
	token := &f.Tokens[i]
	last := i+1 == s.End
	switch {
	case f.isOperand(i):
		if !last && f.beginsOperand(i+1) && !f.mayFollow(s, i) {
			return &SyntaxError{f.Tokens[i+1].Line, fmt.Sprintf("unexpected %s", f.describe(i+1))}
		}
	case token.Kind == Operator && f.isBinary(i):
		if (last || f.lacksOperand(i+1)) && !f.mayEnd(s, i) {
			return &SyntaxError{token.Line, fmt.Sprintf("nothing after %s", f.describe(i))}
		}
	}
	return nil
}

// mayFollow reports whether an operand may follow the one at i: strings, one
// after the other, and what print and its like are followed by.
func (f *File) mayFollow(s Statement, i int) bool {
	return f.Tokens[i].Kind == String && f.Tokens[i+1].Kind == String || i == s.First && soft[f.Word(i)]
}

// lacksOperand reports whether token i, which follows an operator, is not what
// the operator needs.
func (f *File) lacksOperand(i int) bool {
	return f.endsOperand(i) || f.Tokens[i].Kind == Operator && f.isBinary(i) && !f.isUnary(i)
}

func (f *File) describe(i int) string {
	switch f.Tokens[i].Kind {
	case String:
		return "string"
	case Number:
		return "number"
	}
	return fmt.Sprintf("%q", f.Word(i))
}

func (f *File) isOperand(i int) bool {
	switch t := &f.Tokens[i]; t.Kind {
	case String, Number:
		return true
	case Name:
		return !keywords[f.Word(i)]
	case Operator:
		return f.Is(i, ")") || f.Is(i, "]") || f.Is(i, "}")
	}
	return false
}

func (f *File) beginsOperand(i int) bool {
	t := &f.Tokens[i]
	return t.Kind == String || t.Kind == Number || t.Kind == Name && !keywords[f.Word(i)]
}

// endsOperand reports whether token i can only follow a whole expression.
func (f *File) endsOperand(i int) bool {
	return f.Is(i, ")") || f.Is(i, "]") || f.Is(i, "}") || f.Is(i, ",") || f.Is(i, ";")
}

// isBinary reports whether an operator needs something after it.
func (f *File) isBinary(i int) bool {
	switch f.Word(i) {
	case "(", "[", "{", ")", "]", "}", ",", ":", ";", "...", "`":
		return false
	}
	return true
}

// isUnary reports whether an operator may be at the start of an expression.
func (f *File) isUnary(i int) bool {
	switch f.Word(i) {
	case "+", "-", "~", "*", "**", "@":
		return true
	}
	return false
}

// mayEnd reports whether nothing need follow an operator: def f(a, /, *, b),
// lambda *, a: b, from x import *.
func (f *File) mayEnd(s Statement, i int) bool {
	if f.Is(i, ".") || f.Is(i, "...") {
		return f.Is(s.First, "from")
	}
	if !f.Is(i, "*") && !f.Is(i, "/") {
		return false
	}
	if f.Tokens[i].Open >= 0 || f.Is(i-1, "import") {
		return true
	}
	for n := s.First; n < i; n++ {
		if f.Is(n, "lambda") {
			return true
		}
	}
	return false
}
