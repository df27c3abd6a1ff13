package fix

import (
	"strings"

	"github.com/djleaks/djleaks/internal/pysource"
)

// class is the class statement that the literal is in the body of.
func (s *site) class() (st pysource.Statement, bases string, ok bool) {
	n := s.StatementOf(s.first)
	indent := s.Statements[n].Indent
	for n--; n >= 0 && indent > 0; n-- {
		st = s.Statements[n]
		if st.Indent >= indent {
			continue
		}
		indent = st.Indent
		if s.Is(st.First, "class") {
			return st, s.Source(st.First+2, st.End), true
		}
		if s.Is(st.First, "def") {
			return st, "", false
		}
	}
	return st, "", false
}

// settingsClass changes a field of pydantic's BaseSettings, which reads the
// environment by itself.
func (s *site) settingsClass() ([]pysource.Edit, *refusal) {
	class, bases, ok := s.class()
	if !ok || !strings.Contains(bases, "BaseSettings") {
		return nil, nil
	}
	st := s.Statements[s.StatementOf(s.first)]
	name := s.Word(st.First)
	variable := strings.ToUpper(s.prefix(class) + name)
	first, end := s.first, s.end // of the value that the field has
	switch {
	case len(s.calls) == 1 && pysource.LastName(s.calls[0].Callee) == "Field":
		return s.field(variable)
	case len(s.calls) == 1 && isWrapper(s.calls[0].Callee):
		first, end = s.calls[0].First, s.calls[0].Close+1
	case len(s.calls) > 0:
		end = -1
	}
	annotated := s.Is(st.First+1, ":")
	if end != st.End || !s.Is(first-1, "=") || !annotated && first != st.First+2 {
		return nil, &refusal{"the field of a settings class is written in a way that is not known", name + ": str"}
	}
	s.reads(variable, getter{kind: getterPydantic})
	edit := pysource.Edit{From: s.Tokens[first-2].To, To: s.Tokens[end-1].To}
	if !annotated {
		edit.With = ": str"
	}
	return []pysource.Edit{edit}, nil
}

// field takes the default out of Field(…).
func (s *site) field(variable string) ([]pysource.Edit, *refusal) {
	call := s.calls[0]
	n := call.ArgumentOf(s.first)
	for i := range call.Arguments {
		a := &call.Arguments[i]
		switch a.Keyword {
		case "env", "alias", "validation_alias":
			name, ok := s.OneString(a)
			if !ok {
				return nil, &refusal{"the names of its variables are computed", ""}
			}
			variable = name
		}
	}
	s.reads(variable, getter{kind: getterPydantic})
	if call.Arguments[n].Keyword == "" {
		return []pysource.Edit{s.Replace(s.first, s.end, "...")}, nil
	}
	return s.RemoveArgument(call, n), nil
}

// prefix is the env_prefix of a settings class.
func (s *site) prefix(class pysource.Statement) string {
	n := s.StatementOf(class.First) + 1
	for ; n < len(s.Statements) && s.Statements[n].Indent > class.Indent; n++ {
		st := s.Statements[n]
		for i := st.First; i+2 < st.End; i++ {
			if s.Is(i, "env_prefix") && s.Is(i+1, "=") && s.Tokens[i+2].Kind == pysource.String {
				text, _ := s.Value(i + 2)
				return text
			}
		}
	}
	return ""
}

// configuration changes an attribute of a class of django-configurations.
func (s *site) configuration() ([]pysource.Edit, *refusal) {
	_, bases, ok := s.class()
	if !ok || !s.imports("configurations") && !s.imports("configurations.values") || bases == "" {
		return nil, nil
	}
	st := s.Statements[s.StatementOf(s.first)]
	switch {
	case len(s.calls) == 0 && s.hasValues() && s.Is(st.First+1, "=") && s.first == st.First+2 && st.End == s.end:
		s.reads("DJANGO_"+s.Word(st.First), getter{kind: getterConfiguration})
		return []pysource.Edit{s.Replace(s.first, s.end, "values.SecretValue()")}, nil
	case len(s.calls) == 1 && (pysource.LastName(s.calls[0].Callee) == "Value" || pysource.LastName(s.calls[0].Callee) == "SecretValue"):
		return s.configurationValue(s.Word(st.First))
	}
	return nil, nil // the literal becomes os.environ[…]
}

// configurationValue takes the default out of values.Value(…).
func (s *site) configurationValue(name string) ([]pysource.Edit, *refusal) {
	call := s.calls[0]
	prefix := "DJANGO"
	for i := range call.Arguments {
		a := &call.Arguments[i]
		text, isText := s.OneString(a)
		switch {
		case a.Keyword == "environ":
			return nil, &refusal{"it is not read from the environment", ""}
		case a.Keyword == "environ_name" && isText:
			name = text
		case a.Keyword == "environ_prefix":
			prefix = strings.TrimSuffix(text, "_")
		}
	}
	s.reads(strings.TrimPrefix(prefix+"_"+name, "_"), getter{kind: getterConfiguration})
	edits := s.RemoveArgument(call, call.ArgumentOf(s.first))
	if pysource.LastName(call.Callee) == "Value" {
		edits = append([]pysource.Edit{s.Replace(call.Open-1, call.Open, "SecretValue")}, edits...)
	}
	return edits, nil
}

func (s *site) hasValues() bool {
	for _, i := range s.Imports() {
		if i.As == "values" && i.Module == "configurations" {
			return true
		}
	}
	return false
}
