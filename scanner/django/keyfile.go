package django

import (
	"bytes"
	"path"
	"strings"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/forms"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// FindFile returns the keys that only the path of a file tells: one that is all
// of it, as Django's deployment checklist keeps it, and those that the settings
// read there.
func (d *Detector) FindFile(file string, text []byte) []scanner.Match {
	if found := d.findSources(file, text); len(found) > 0 {
		return distinct(found)
	}
	switch {
	case isJenkins(file, text) || !namesKey(file):
		return nil
	case saysSecretKey(file):
		return keyFile(text, value.Placeholder)
	}
	return keyFile(text, value.Mashed) // secret.txt holds anything
}

// isJenkins recognises the secret.key of Jenkins.
func isJenkins(file string, text []byte) bool {
	return path.Base(file) == "secret.key" && len(text) == 64 && len(bytes.Trim(text, "0123456789abcdef")) == 0
}

// keyFile is the key that is all of a text, if its class is no less sure than
// this one.
func keyFile(text []byte, least value.Class) []scanner.Match {
	a, ok := forms.KeyFile(text)
	if !ok {
		return nil
	}
	class := value.Classify(a.Values[0], "")
	if class > least {
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
	if !mayNameKey(file) {
		return false
	}
	return value.JudgeName(keyName(file)) != value.NameNone
}

// mayNameKey is false for most names of files, and fast.
func mayNameKey(file string) bool {
	for i := len(file) - 5; i >= 0 && file[i] != '/'; i-- {
		if c := file[i] | 32; c == 'e' && strings.EqualFold(file[i:i+5], "ecret") || c == 'i' && strings.EqualFold(file[i:i+5], "ignin") {
			return true
		}
	}
	return false
}

// saysSecretKey reports whether a file is called SECRET_KEY, not only secret.
func saysSecretKey(file string) bool {
	name := keyName(file)
	return value.JudgeName(name) == value.NameMain || value.IsSecretKey(name)
}

// keyName is the name that a file gives to what it holds.
func keyName(file string) string {
	base := strings.TrimLeft(path.Base(file), "._")
	for _, ext := range [...]string{".txt", ".key", ".dat", ".bin", ".secret", ".conf", ".cfg", ".local", ".prod", ".production"} {
		base = strings.TrimSuffix(base, ext)
	}
	return strings.ToUpper(strings.NewReplacer("-", "_", ".", "_").Replace(base))
}
