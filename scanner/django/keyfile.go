package django

import (
	"path"
	"strings"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/forms"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// FindFile returns the key that is all of a file, as Django's deployment
// checklist keeps it: one that Django made whatever the path, and one that
// another generator made where the path is a name of a key.
func (*Detector) FindFile(path string, text []byte) []scanner.Match {
	a, ok := forms.KeyFile(text)
	if !ok {
		return nil
	}
	class := value.Classify(a.Values[0], "")
	if class > value.Django && (class > value.Mashed || !namesKey(path)) {
		return nil
	}
	m := scanner.Match{Offset: a.Offset, Length: a.Length, Secret: scanner.NewSecret(a.Values[0]), Class: class.Reported(), Rule: ruleOf(class), Form: a.Form, Traits: a.Traits}
	if class == value.Mashed {
		m.Traits |= scanner.Typed
	}
	return []scanner.Match{m}
}

// namesKey reports whether the name of a file is that of a site's key:
// secret_key.txt, .secret_key, SECRET_KEY, etc/secret.txt, django-secret-key.
func namesKey(file string) bool {
	base := strings.TrimLeft(path.Base(file), "._")
	for _, ext := range [...]string{".txt", ".key", ".dat", ".bin", ".secret", ".conf", ".cfg", ".local", ".prod", ".production"} {
		base = strings.TrimSuffix(base, ext)
	}
	return value.JudgeName(strings.ToUpper(strings.NewReplacer("-", "_", ".", "_").Replace(base))) != value.NameNone
}
