package django

import (
	"strings"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/forms"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// A row gives the severity of one kind of value in each context.
type row [Vendored + 1]scanner.Severity

// The table. Nothing that is a match is silent: a report holds every key, and
// whoever reads it decides what to see.
var (
	//                         production       development      test             documentation    vendored
	djangoRow        = row{scanner.Critical, scanner.High, scanner.Medium, scanner.High, scanner.Note}
	randomRow        = row{scanner.High, scanner.High, scanner.Medium, scanner.Medium, scanner.Note}
	lesserRow        = row{scanner.High, scanner.Medium, scanner.Low, scanner.Low, scanner.Note}
	randomOtherRow   = row{scanner.High, scanner.Medium, scanner.Note, scanner.Note, scanner.Note}
	unclaimedRow     = row{scanner.Low, scanner.Low, scanner.Note, scanner.Note, scanner.Note}
	randomGenericRow = row{scanner.Medium, scanner.Low, scanner.Note, scanner.Note, scanner.Note}
	randomCodeRow    = row{scanner.Low, scanner.Low, scanner.Note, scanner.Note, scanner.Note}
	publicRow        = row{scanner.High, scanner.Medium, scanner.Note, scanner.Note, scanner.Note}
	fallbackRow      = row{scanner.High, scanner.High, scanner.Medium, scanner.Medium, scanner.Note}
	weakRow          = row{scanner.Medium, scanner.Low, scanner.Note, scanner.Note, scanner.Note}
	weakOtherRow     = row{scanner.Low, scanner.Note, scanner.Note, scanner.Note, scanner.Note}
	unnamedRow       = row{scanner.Medium, scanner.Low, scanner.Low, scanner.Low, scanner.Note}
	placeholderRow   = row{scanner.Low, scanner.Note, scanner.Note, scanner.Note, scanner.Note}
)

// Severity judges a match in a file of this path and says why in one sentence.
// Keys in tests are often the real ones: a key that also is in a file of
// production gets that file's severity, because a key is as severe as its
// worst place.
func (*Detector) Severity(m *scanner.Match, path string) (scanner.Severity, string) {
	context := contextOf(m, path)
	if m.Has(scanner.WholeFile) && (m.Source != nil || namesKey(path)) {
		named := *m
		named.Traits &^= scanner.NoName
		m = &named
	}
	if m.Rule == forms.RuleEmptyFallback || m.Rule == forms.RuleNoneFallback || m.Rule == RuleLeakedFallback && m.Class.Generated() {
		return fallbackRow[context], fallbackReason(m.Rule)
	}
	severity := rowOf(m, isProgram(m.Form) && !isConfiguration(path))[context]
	reason := valueReason(m) + placeReason(context, m)
	if m.Source != nil {
		reason += "; " + m.Source.String()
	}
	if m.Has(scanner.Unclaimed) {
		reason += "; nothing near it points to Django, and much to another use"
	}
	if m.Class != scanner.ClassDjango && m.Class != scanner.ClassDjangoInsecure && isForeignProgram(path) {
		// Django's settings are read from Python; what a program in another
		// language calls so is as a rule its own.
		severity, reason = max(scanner.Note, severity-1), reason+", in a program of another language"
	}
	return modify(m, severity, reason)
}

// contextOf is what a file is for, as far as its path and the code around the
// match tell.
func contextOf(m *scanner.Match, path string) Context {
	context := ContextOf(path)
	switch {
	case context == Test && m.Has(scanner.Deployed) && !m.Has(scanner.TestOnly) && isPipeline(path):
		return Prod
	case m.Has(scanner.TestOnly) && context < Test:
		return Test
	case m.Has(scanner.DevOnly) && context < Dev:
		return Dev
	}
	return context
}

// rowOf is the row of the table for a match; program says that it is in code.
func rowOf(m *scanner.Match, program bool) *row {
	other := m.Has(scanner.OtherName)
	switch {
	case m.Class == scanner.ClassDjango && m.Has(scanner.NoName):
		return &unnamedRow
	case m.Class == scanner.ClassDjangoInsecure || m.Class == scanner.ClassDjango:
		return &djangoRow
	case m.Class == scanner.ClassRandom:
		return randomRowOf(m, other, program)
	case m.Class == scanner.ClassPublic:
		return &publicRow
	case m.Class == scanner.ClassWeak && other:
		return &weakOtherRow
	case m.Class == scanner.ClassWeak:
		return &weakRow
	}
	return &placeholderRow
}

func randomRowOf(m *scanner.Match, other, program bool) *row {
	switch {
	case m.Has(scanner.Unclaimed):
		return &unclaimedRow
	case other && value.IsGeneric(m.Name) && program:
		return &randomCodeRow
	case other && value.IsGeneric(m.Name) && !value.IsSecretKey(m.Name):
		return &randomGenericRow
	case m.Has(scanner.Typed), other && value.IsGeneric(m.Name):
		return &lesserRow
	case other:
		return &randomOtherRow
	}
	return &randomRow
}

// isPipeline recognises the files of continuous integration, which test and
// deploy.
func isPipeline(path string) bool {
	base := path[strings.LastIndexByte(path, '/')+1:]
	for _, ext := range [...]string{".yml", ".yaml", ".sh", ".toml", ".json", ".ps1", ".groovy"} {
		if strings.HasSuffix(base, ext) {
			return true
		}
	}
	return strings.EqualFold(base, "jenkinsfile") || strings.EqualFold(base, "makefile")
}

// isProgram tells the forms of programs from those of configuration. In a
// program a variable secret_key is as a rule the key of a service that it
// calls; in configuration it is the site's.
func isProgram(form scanner.Form) bool {
	return isPython(form) || form == forms.Text
}

func isPython(form scanner.Form) bool { return strings.HasPrefix(string(form), "python-") }

// isConfiguration recognises files that hold settings and no program, by their
// endings: one of a single line looks like a program's.
func isConfiguration(path string) bool {
	switch path[strings.LastIndexByte(path, '.')+1:] {
	case "toml", "ini", "cfg", "conf", "env", "properties", "yaml", "yml", "json", "tfvars":
		return true
	}
	return false
}

// isForeignProgram recognises programs in languages that Django is not written in, by
// the ending of their file names.
func isForeignProgram(path string) bool {
	return foreignEndings.Has(path[strings.LastIndexByte(path, '.')+1:])
}

// modify applies what the surroundings of the value say.
func modify(m *scanner.Match, severity scanner.Severity, reason string) (scanner.Severity, string) {
	generated := m.Class.Generated()
	switch {
	case m.Has(scanner.Guarded) && generated:
		return max(scanner.Note, severity-1), reason + "; the program refuses to run with it"
	case m.Has(scanner.Guarded):
		return scanner.Note, reason + "; the program refuses to run with it"
	case m.Has(scanner.BuildOnly) && generated:
		return min(severity, scanner.Medium), reason + "; given to one command of an image build"
	case m.Has(scanner.BuildOnly):
		return scanner.Note, reason + "; given to one command of an image build"
	case m.Has(scanner.Comment) && isPython(m.Form) && (m.Class == scanner.ClassPublic || !generated):
		return scanner.Note, reason + "; in a comment or a docstring"
	case m.Has(scanner.Comment) && !generated:
		return scanner.Note, reason + "; in a comment"
	case m.Has(scanner.Fallback) && severity > scanner.Note:
		return severity, reason + "; if the variable is missing, the site runs with this value"
	}
	return severity, reason
}

func fallbackReason(rule string) string {
	switch rule {
	case forms.RuleEmptyFallback:
		return "without the variable, an empty key is accepted for signed cookies, and the rest of that key is public"
	case forms.RuleNoneFallback:
		return "without the variable, the text None is accepted as a key for signed cookies"
	}
	return "a key of this repository's history is still accepted"
}

func valueReason(m *scanner.Match) string {
	switch m.Class {
	case scanner.ClassDjangoInsecure:
		return "made by startproject, which marks it as insecure"
	case scanner.ClassDjango:
		if m.Has(scanner.NoName) {
			return "50 random symbols of Django's alphabet, without a name"
		}
		return "made by Django's generator"
	case scanner.ClassRandom:
		if m.Has(scanner.Typed) {
			return "typed at random: nobody would guess it"
		}
		return "made by a generator"
	case scanner.ClassPublic:
		return "printed in the documentation of a framework"
	case scanner.ClassWeak:
		return "made up by a person and guessable"
	}
	return "a placeholder"
}

func placeReason(c Context, m *scanner.Match) string {
	switch {
	case m.Has(scanner.TestOnly):
		return ", set by a test"
	case m.Has(scanner.DevOnly):
		return ", in a branch for development"
	case m.Has(scanner.WholeFile) && !m.Has(scanner.NoName) && c == Prod:
		return ", in a file of its name"
	case m.Has(scanner.Deployed):
		return ", given to a command that deploys"
	case c == Prod:
		return ""
	case c == Doc:
		return ", in documentation or an example"
	case c == Test:
		return ", in a test file"
	case c == Vendored:
		return ", in a copy of another project"
	}
	return ", in a file for development"
}
