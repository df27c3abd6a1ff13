package fix

import (
	"fmt"
	"strings"

	"github.com/djleaks/djleaks/internal/pysource"
)

// site is a literal in a Python file that holds a key: tokens [first, end).
type site struct {
	*pythonFile
	leak       *Leak
	first, end int
	calls      []*pysource.Call // what it is in, innermost first
}

// literal replaces the literal by a read of the environment.
func (s *site) literal() ([]pysource.Edit, *refusal) {
	if s.isCompared() {
		return nil, &refusal{"the key is compared with, not assigned", "compare fingerprints: hashlib.sha256(key.encode()).hexdigest()[:16]"}
	}
	way, refused := s.getter()
	if refused != nil {
		return nil, refused
	}
	name := s.variable()
	read := way.read(s.quoted(name))
	if strings.Contains(s.Tokens[s.first].Prefix(), "b") {
		read += ".encode()"
	}
	s.reads(name, way)
	return []pysource.Edit{s.Replace(s.first, s.end, read)}, nil
}

// reads notes that the file reads a variable from now on.
func (s *site) reads(name string, way getter) {
	if way.module != "" && !s.imported(way.module) {
		s.needs = way.module
	}
	s.variables = append(s.variables, variable{name: name, reader: s.path, line: s.leak.Line, kind: way})
}

// quoted writes a name between the quotes that the literal has.
func (s *site) quoted(name string) string {
	q := s.Tokens[s.first].Quote()[:1]
	return q + name + q
}

func (s *site) isCompared() bool {
	for _, sign := range []string{"==", "!=", "in", "is"} {
		if s.Is(s.first-1, sign) || s.Is(s.end, sign) {
			return true
		}
	}
	return false
}

// test writes the dummy in the place of the key.
func (s *site) test() ([]pysource.Edit, *refusal) {
	t := &s.Tokens[s.first]
	q := t.Quote()[:1]
	prefix := strings.NewReplacer("f", "", "r", "", "t", "").Replace(t.Prefix())
	return []pysource.Edit{s.Replace(s.first, s.end, prefix+q+dummy+q)}, nil
}

// fallback takes the key out of SECRET_KEY_FALLBACKS: listed there, it is still
// valid.
func (s *site) fallback() ([]pysource.Edit, *refusal) {
	if len(s.calls) == 0 {
		return nil, &refusal{"the list of old keys is written in a way that is not known", s.leak.Name + " = []"}
	}
	list := s.calls[0]
	n := list.ArgumentOf(s.first)
	if list.Callee != "" || n < 0 || list.Arguments[n].First != s.first || list.Arguments[n].End != s.end {
		return nil, &refusal{"the list of old keys is computed", s.leak.Name + " = []"}
	}
	if s.Is(list.Open, "(") && len(list.Arguments) <= 2 { // (a, b) would become (b)
		return nil, &refusal{"the list of old keys is a tuple", s.leak.Name + " = []"}
	}
	return s.RemoveArgument(list, n), nil
}

// scheme takes the default out of Env(SECRET_KEY=(str, "…")).
func (s *site) scheme() ([]pysource.Edit, *refusal) {
	if len(s.calls) < 2 || s.calls[0].Callee != "" || !s.Is(s.calls[0].Open, "(") {
		return nil, nil
	}
	pair, env := s.calls[0], s.calls[1]
	if last := pysource.LastName(env.Callee); last != "Env" && last != "FileAwareEnv" {
		return nil, nil
	}
	n := env.ArgumentOf(s.first)
	if n < 0 || len(pair.Arguments) != 2 || env.Arguments[n].Keyword == "" {
		return nil, nil
	}
	name := env.Arguments[n].Keyword
	s.reads(name, getter{kind: getterEnviron, call: "env"})
	kind := pair.Arguments[0]
	return []pysource.Edit{s.Replace(pair.Open, pair.Close+1, s.Source(kind.First, kind.End))}, nil
}

// setdefault takes out os.environ.setdefault("SECRET_KEY", "…").
func (s *site) setdefault() ([]pysource.Edit, *refusal) {
	if len(s.calls) == 0 || pysource.LastName(s.calls[0].Callee) != "setdefault" || !strings.Contains(s.calls[0].Callee, "environ") {
		return nil, nil
	}
	call := s.calls[0]
	first, end := s.Simple(s.first)
	name, ok := s.OneString(&call.Arguments[0])
	if !ok || first != call.First || end != call.Close+1 {
		return nil, &refusal{"os.environ.setdefault gives the key", byHand(s.leak)}
	}
	s.reads(name, getter{kind: getterEnvironment})
	// The statement may be all of a block: what stays must be a statement.
	return []pysource.Edit{s.Replace(call.First, call.Close+1, strings.TrimSuffix(s.Source(call.First, call.Open), ".setdefault")+"["+s.quoted(name)+"]")}, nil
}

// defaultOf takes the default out of a getter's call.
func (s *site) defaultOf() ([]pysource.Edit, *refusal) {
	for depth, call := range s.calls {
		n := call.ArgumentOf(s.first)
		if n < 0 || !s.Is(call.Open, "(") || call.Callee == "" {
			continue
		}
		a := call.Arguments[n]
		if depth == 0 && (a.Value != s.first || a.End != s.end) {
			return nil, nil // an expression: "…" if DEBUG else …
		}
		if a.Keyword != "" || !isWrapper(call.Callee) {
			return s.defaultIn(call, n)
		}
	}
	return nil, nil
}

// defaultIn takes argument n out of a call, if it is a default.
func (s *site) defaultIn(call *pysource.Call, n int) ([]pysource.Edit, *refusal) {
	keyword := call.Arguments[n].Keyword
	if keyword == "" && n == 0 || keyword != "" && !isDefaultWord(keyword) {
		return nil, nil // SECRET_KEY="…" of any function
	}
	name, named := s.OneString(&call.Arguments[0])
	switch {
	case named && call.Arguments[0].Keyword == "":
		return s.dropDefault(call, n, name)
	case keyword == "":
		return nil, nil
	}
	return nil, &refusal{fmt.Sprintf("it is a default of %s, and which variable that reads is not known", call.Callee), byHand(s.leak)}
}

// dropDefault makes a getter's call fail, or give nothing, without a value.
func (s *site) dropDefault(call *pysource.Call, n int, name string) ([]pysource.Edit, *refusal) {
	kind := s.callKind(call.Callee)
	switch kind {
	case getterEnvironment:
		s.variables = append(s.variables, variable{name: name, reader: s.path, line: s.leak.Line, kind: getter{kind: kind}})
		return append(s.subscript(call), s.RemoveArgument(call, n)...), nil
	case getterUnknown:
		return nil, &refusal{fmt.Sprintf("what %s does without its default is not known", call.Callee), byHand(s.leak)}
	}
	s.variables = append(s.variables, variable{name: name, reader: s.path, line: s.leak.Line, kind: getter{kind: kind, call: call.Callee}})
	return s.RemoveArgument(call, n), nil
}

// subscript turns os.environ.get(…) and os.getenv(…) into os.environ[…], which
// fails where the variable is not set.
func (s *site) subscript(call *pysource.Call) []pysource.Edit {
	object, ok := strings.CutSuffix(call.Callee, ".get")
	switch {
	case ok:
	case strings.HasSuffix(call.Callee, ".getenv"):
		object = strings.TrimSuffix(call.Callee, "getenv") + "environ"
	case s.imported("os"):
		object = "os.environ"
	default: // from os import getenv: it gives None, and Django refuses that
		return nil
	}
	return []pysource.Edit{
		s.Replace(call.First, call.Open+1, object+"["),
		s.Replace(call.Close, call.Close+1, "]"),
	}
}

// alternative takes the key out of X or "…".
func (s *site) alternative() ([]pysource.Edit, *refusal) {
	if !s.Is(s.first-1, "or") {
		return nil, nil
	}
	if s.Is(s.end, "or") || s.Is(s.end, "and") || s.Is(s.end, "if") {
		return nil, &refusal{"the key is one of several values", byHand(s.leak)}
	}
	// The call before the "or".
	end := s.first - 1
	if !s.Is(end-1, ")") {
		return nil, nil
	}
	call := s.CallAt(s.Tokens[end-1].Open)
	if call.Callee == "" || len(call.Arguments) == 0 {
		return nil, nil
	}
	name, ok := s.OneString(&call.Arguments[0])
	kind := s.callKind(call.Callee)
	if !ok || kind == getterUnknown {
		return nil, nil
	}
	edits := []pysource.Edit{{From: s.Tokens[end-1].To, To: s.Tokens[s.end-1].To}}
	if kind == getterEnvironment {
		edits = append(edits, s.subscript(call)...)
	}
	if len(call.Arguments) == 2 {
		edits = append(edits, s.RemoveArgument(call, 1)...)
	}
	s.variables = append(s.variables, variable{name: name, reader: s.path, line: s.leak.Line, kind: getter{kind: kind, call: call.Callee}})
	return edits, nil
}

// parameter refuses the default of a function's parameter: it would be read
// when the function is made, not when it is called.
func (s *site) parameter() ([]pysource.Edit, *refusal) {
	if len(s.calls) == 0 {
		return nil, nil
	}
	outer := s.calls[len(s.calls)-1]
	if s.Is(outer.First-1, "def") || s.Is(outer.Open-2, "def") {
		return nil, &refusal{"it is the default of a function's parameter", byHand(s.leak)}
	}
	return nil, nil
}

func isDefaultWord(keyword string) bool {
	switch keyword {
	case "default", "fallback", "default_value", "failobj":
		return true
	}
	return false
}

// isWrapper reports whether a callable gives back its argument in another type.
func isWrapper(callee string) bool {
	switch callee {
	case "str", "bytes", "unicode", "cast": // not env.str
		return true
	}
	switch pysource.LastName(callee) {
	case "SecretStr", "Secret", "force_str", "force_bytes", "force_text", "smart_str", "smart_bytes", "text_type", "mark_safe":
		return true
	}
	return false
}
