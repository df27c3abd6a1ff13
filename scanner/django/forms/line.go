package forms

import (
	"bytes"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// askLine looks at the line around a name once and asks the forms of lines in
// turn.
func (doc *document) askLine(anchor int, forms []func(statement) answer) answer {
	s, ok := newStatement(doc, anchor)
	if !ok {
		return pass
	}
	if s.compares() && !s.rereadSign() || byteAt(doc.text, s.nameFrom-1) == '^' { // grep "^SECRET_KEY=.*"
		return claimed
	}
	magic := false
	if doc.format == formatPython {
		magic = s.skipMagic()
	} else if s.isPython() {
		return pass
	}
	for _, read := range forms {
		got := read(s)
		if !got.claimed {
			continue
		}
		if doc.format == formatPython && !magic {
			// What Python's own form has left alone, such as text in a string.
			got.found = slices.DeleteFunc(got.found, func(a Assignment) bool { return !value.AnyGenerated(a.Values) })
		}
		if value.IsFallbacks(s.name()) {
			got.found = eachOf(doc, got.found)
		}
		return got
	}
	return pass
}

// skipMagic takes %env NAME value for %env NAME=value, and reports whether the
// line is one of a notebook's that are not Python: %env, !command.
func (s *statement) skipMagic() bool {
	line := bytes.TrimLeft(s.doc.text[s.from:s.nameFrom], " \t")
	if len(line) == 0 || line[0] != '%' && line[0] != '!' {
		return false
	}
	if s.sep == "" && bytes.Contains(line, []byte("env ")) {
		s.sep, s.tight = "=", true
	}
	return true
}

// eachOf takes the value of SECRET_KEY_FALLBACKS for several, with commas
// between them: a generated key has none.
func eachOf(doc *document, all []Assignment) (list []Assignment) {
	for _, a := range all {
		raw := ""
		if len(a.Values) > 0 {
			raw = string(doc.text[a.Offset : a.Offset+a.Length])
		}
		if !strings.Contains(raw, ",") {
			list = append(list, a)
			continue
		}
		at := a.Offset
		for _, part := range strings.Split(raw, ",") {
			b := a
			b.Offset, b.Length = at+len(part)-len(strings.TrimLeft(part, " ")), len(strings.TrimSpace(part))
			b.Values = lineStyle.readings(strings.TrimSpace(part), 0)
			list = append(list, b)
			at += len(part) + 1
		}
	}
	return list
}

// rereadSign takes NAME==x for NAME= and NAME ==x for NAME with a key that
// begins with the sign, if it is one that only a machine makes.
func (s *statement) rereadSign() bool {
	if s.sep != "==" && s.sep != "===" || s.at != s.signAt+len(s.sep) {
		return false
	}
	from := s.signAt
	if s.tight {
		from++
	}
	word := s.doc.text[from:s.limit]
	if n := bytes.IndexAny(word, " \t"); n >= 0 {
		word = word[:n]
	}
	if !value.AnyGenerated(wordStyle.readings(string(word), 0)) {
		return false
	}
	if s.sep, s.at = "=", from; !s.tight {
		s.sep = ""
	}
	return true
}

// lineStyle is how values are written in a line of unknown language.
var lineStyle = quoting{form: Text, blank: true, stops: ",;)}]"}

// lineForm recognises what most languages have in common: a name, a sign and a
// value between quotes. Without quotes only a value that no person would have
// made up counts.
func lineForm(s statement) answer {
	traits, ok := s.skipToValue()
	if !ok || pythonPrefix(s.rest()) {
		return pass // b'…' and the like are Python's
	}
	r, ok := lineStyle.read(s.doc.text, s.at, s.limit)
	if !ok || !r.quoted && !value.AnyGenerated(r.values) || r.quoted && s.joined(r.end) {
		return pass
	}
	return found(s.assign(lineStyle.form, r, traits|s.commentTrait()))
}

// skipToValue skips a type and a reference before a default, as the sign allows;
// ok is false if there is no sign of an assignment.
func (s *statement) skipToValue() (traits scanner.Trait, ok bool) {
	switch s.sep {
	case "":
		if !s.skipType() {
			return 0, false
		}
		if s.skipGetter() {
			traits = scanner.Fallback
		}
	case ",":
		if !s.inner || !s.called() {
			return 0, false
		}
		if s.isLookedUp() {
			traits = scanner.Fallback
		}
	case "||", "??", "?:", "||=", "??=":
		traits = scanner.Fallback
	case ":", "=", ":=", "=>", "?=":
		s.skipType()
		if s.skipGetter() {
			traits = scanner.Fallback
		}
	}
	return traits, true
}

// pythonPrefix reports whether a string with a prefix of Python begins here.
func pythonPrefix(s []byte) bool {
	n := 0
	for n < len(s) && n < 3 && bytes.IndexByte([]byte("bBrRuUfF"), s[n]) >= 0 {
		n++
	}
	return n > 0 && n < len(s) && (s[n] == '"' || s[n] == '\'')
}

// joined reports whether the string that ends here is only a part of what is
// built: 'a' + b, 'text' % x.
func (s *statement) joined(end int) bool {
	rest := bytes.TrimLeft(s.doc.text[min(end, s.limit):s.limit], " \t")
	if len(rest) == 0 {
		return false
	}
	switch rest[0] {
	case '+', '%':
		return true
	case '.':
		return len(rest) > 1 && (rest[1] == ' ' || rest[1] == '$')
	}
	return false
}

// called reports whether the name is the first argument of a call.
func (s *statement) called() bool {
	n := len(s.left)
	return n > 1 && s.left[n-1] == '(' && ascii.IsWord(s.left[n-2])
}

// isLookedUp reports whether the name is given to a function that looks it up, so
// that the next argument is its default.
func (s *statement) isLookedUp() bool {
	word, _ := s.lastWord()
	for _, part := range [...]string{"get", "env(", "config(", "default", "fetch", "lookup", "getenv"} {
		if n := len(word); n >= len(part) && containsFold(word, part) {
			return true
		}
	}
	return false
}

// skipType skips the type between a name and its sign: let key: string = "x",
// var key string = "x".
func (s *statement) skipType() bool {
	if s.sep != ":" && s.sep != "" || s.inner && s.sep == "" {
		return false
	}
	text := s.doc.text[:s.limit]
	sign := typeEnd(text, s.at)
	if after := byteAt(text, sign+1); sign == s.at || byteAt(text, sign) != '=' || after == 0 || after == '=' || after == '>' {
		return false
	}
	if ascii.IsDigit(text[s.at]) || text[sign-1] != ' ' && !ascii.IsQuote(text[sign+1]) {
		return false // the beginning of a key
	}
	s.sep, s.spaced, s.tight = "=", true, false
	s.at = sign + 1
	for ascii.IsSpace(byteAt(text, s.at)) {
		s.at++
	}
	return true
}

// longestType is how long a type is at most, in bytes.
const longestType = 40

// typeEnd returns where the characters that types have end.
func typeEnd(text []byte, at int) int {
	i := at
	for i-at < longestType && i < len(text) && (ascii.IsWord(text[i]) || strings.IndexByte("<>&[]?.| ", text[i]) >= 0) {
		i++
	}
	return i
}

// skipGetter moves after a reference that has a literal as its default in
// JavaScript, PHP or Ruby: process.env.KEY || "x", getenv("KEY") ?: "x",
// ENV.fetch("KEY", "x").
func (s *statement) skipGetter() bool {
	rest := s.rest()
	if len(rest) == 0 || !ascii.IsWord(rest[0]) && rest[0] != '$' {
		return false
	}
	for _, sign := range [...]string{"||", "??", "?:", " or "} {
		if n := bytes.Index(rest[:min(len(rest), value.MaxName)], []byte(sign)); n > 0 && !bytes.ContainsAny(rest[:n], ";{}") {
			n += len(sign)
			for n < len(rest) && ascii.IsSpace(rest[n]) {
				n++
			}
			if n < len(rest) && ascii.IsQuote(rest[n]) {
				s.at += n
				return true
			}
		}
	}
	return false
}

// upper reports whether the name is spelled as the environment's names are.
func (s *statement) upper() bool {
	return isUpper(s.doc.text[s.nameFrom:s.nameTo])
}

// codeRoots begin expressions that look a value up.
var codeRoots = [...]string{
	"!GetAtt",
	"!ImportValue",
	"!Ref",
	"!Sub",
	"$_ENV",
	"$_SERVER",
	"ENV[",
	"False",
	"NULL",
	"None",
	"Secret.",
	"String",
	"System.",
	"True",
	"app.",
	"args.",
	"await ",
	"conf.",
	"config.",
	"data.",
	"django.",
	"each.",
	"env(",
	"env.",
	"false",
	"getenv(",
	"import.",
	"inputs.",
	"lambda ",
	"local.",
	"module.",
	"new ",
	"nil",
	"null",
	"options.",
	"opts.",
	"os.",
	"params.",
	"process.",
	"random_",
	"secrets.",
	"self.",
	"settings.",
	"steps.",
	"this.",
	"true",
	"undefined",
	"var.",
}

// isCode reports whether the value is an expression of a program, and not a key
// that looks like one.
func (r *lineValue) isCode() bool {
	return !r.quoted && isCode(r.values[0]) && !value.AnyGenerated(r.values)
}

// isCode reports whether an unquoted value is an expression of a program.
func isCode(v string) bool {
	return hasCodeRoot(v) || isDotted(v) || isCallOrItem(v)
}

func hasCodeRoot(v string) bool {
	for _, root := range codeRoots {
		if rest, ok := strings.CutPrefix(v, root); ok && (rest == "" || !ascii.IsWord(root[len(root)-1]) || !ascii.IsWord(rest[0])) {
			return true
		}
	}
	return false
}

// isCallOrItem recognises name(…), a.name(…), A::name(…) and name[…].
func isCallOrItem(v string) bool {
	i := 0
	for i < len(v) && (ascii.IsWord(v[i]) || v[i] == '.' || strings.HasPrefix(v[i:], "::") || i > 0 && v[i] == ':' && v[i-1] == ':') {
		i++
	}
	if i == 0 || i == len(v) {
		return false
	}
	switch last := v[len(v)-1]; v[i] {
	case '(':
		return strings.IndexByte(");,(", last) >= 0
	case '[':
		return strings.IndexByte("];,", last) >= 0
	}
	return false
}

// isDotted recognises the path of a field that is called like a key:
// credentials.secretKey, client.env.SECRET_KEY.
func isDotted(v string) bool {
	n := strings.LastIndexByte(v, '.')
	return n > 0 && value.IsPlainName(v[n+1:]) && value.JudgeName(v[n+1:]) != value.NameNone && value.IsPlainName(strings.ReplaceAll(v[:n], ".", "_"))
}

func (s *statement) commentTrait() scanner.Trait {
	if _, comment := s.commented(); comment {
		return scanner.Comment
	}
	return 0
}
