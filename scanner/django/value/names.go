package value

import (
	"slices"
	"strings"

	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
)

// MaxName is the longest name, in bytes to each side of its anchor.
const MaxName = 128

// NameClass says whose key a name is.
type NameClass uint8

const (
	NameNone  NameClass = iota // no key of a Django site
	NameOther                  // a sibling: SECRET, JWT_SECRET_KEY, SIGNING_KEY, lower-case secret_key, …
	NameMain                   // SECRET_KEY, DJANGO_SECRET_KEY, OLD_SECRET_KEY, SECRET_KEY_FALLBACKS, …
)

// maxParts is how many words of a name are looked at; a longer one is not a key's.
const maxParts = 12

// JudgeName says what a name as written stands for: SECRET_KEY, secretKey,
// django-secret-key, settings.SECRET_KEY, django.secretKey.
func JudgeName(name string) NameClass {
	switch kindOfName(name) {
	case kindMain:
		return NameMain
	case kindOther:
		return NameOther
	}
	return NameNone
}

// MayName reports whether a value can be a key under this name.
func MayName(name string) bool { return kindOfName(name) >= kindForeign }

// CannotName reports whether no value can be a key under a name that ends with this
// one, whatever object it is an entry of: secretKeyRef, secret_keyword.
func CannotName(name string) bool { return kindOfName(name) == kindNever }

// IsForeignKey reports whether a name is SECRET_KEY of another product, or of a
// kind that is not a site's own: then only a value that Django itself made is
// taken for one.
func IsForeignKey(name string) bool { return kindOfName(name) == kindForeign }

// nameKind is all that is asked about a name.
type nameKind uint8

const (
	kindNever   nameKind = iota // no key, nor with anything before it
	kindNone                    // no key
	kindForeign                 // that of a key which is another product's
	kindOther                   // NameOther
	kindMain                    // NameMain
)

// kindOfName judges a name, each once: a history has few, and each in thousands of
// versions.
func kindOfName(name string) nameKind {
	if len(name) > 2*MaxName {
		return kindNever
	}
	slot, hash := judgedNames.place(name, 0)
	kind, ok := slot.get(hash)
	if !ok {
		kind = uint8(judgeKind(name))
		slot.set(hash, kind)
	}
	return nameKind(kind)
}

func judgeKind(name string) nameKind {
	var n nameParts
	parts, upper, ok := n.split(name)
	if !ok {
		return kindNever
	}
	switch class := classOfParts(parts, upper); {
	case class == NameMain:
		return kindMain
	case class == NameOther:
		return kindOther
	case isForeignKey(parts):
		return kindForeign
	case len(parts) > 0 && !mayEndName(parts[len(parts)-1]):
		return kindNever
	}
	return kindNone
}

// mayEndName reports whether a word can be the last one in the name of a key.
func mayEndName(last string) bool {
	switch last {
	case "SECRET", "KEY", "KEYS", "SECRETKEY", "SECRETKEYS":
		return true
	}
	return isQualifier(last)
}

// classOfParts judges the words of a name.
func classOfParts(parts []string, upper bool) NameClass {
	for i := len(parts) - 1; i >= 0; i-- {
		switch {
		case follow(parts, i, "SECRET", "KEY"):
			return judgeParts(parts[:i-1], parts[i+1:], upper)
		case follow(parts, i, "SECRET", "KEYS"):
			return judgeParts(parts[:i-1], parts[i+1:], upper && len(parts) > 2)
		case follow(parts, i, "SIGNING", "KEY"):
			return judgeSigning(parts[:i-1], parts[i+1:])
		case parts[i] == "SECRETKEY" || parts[i] == "SECRETKEYS":
			return judgeParts(parts[:i], parts[i+1:], upper)
		}
	}
	if last := len(parts) - 1; last >= 0 && parts[last] == "SECRET" {
		return judgeSecret(parts[:last], upper)
	}
	return NameNone
}

// follow reports whether two words follow each other and the second is the i-th.
func follow(parts []string, i int, first, second string) bool {
	return i > 0 && parts[i-1] == first && parts[i] == second
}

// nameParts is the room for the words of a name, on the stack of whoever splits it.
type nameParts struct {
	words  [maxParts]string
	folded [2*MaxName + maxParts]byte
}

// split splits a name into its words in upper case: at every separator and where
// camel case begins a word. upper says that the last dotted part has no lower-case
// letter. ok is false for a name that is too long.
func (n *nameParts) split(name string) (parts []string, upper, ok bool) {
	if len(name) > 2*MaxName {
		return nil, false, false
	}
	parts, folded := n.words[:0], n.folded[:0]
	upper = true
	for i := len(name) - 1; i >= 0 && name[i] != '.'; i-- {
		if ascii.IsLower(name[i]) {
			upper = false
		}
	}
	start := 0
	for i := 0; i <= len(name); i++ {
		edge := i == len(name) || !ascii.IsAlnum(name[i]) && name[i] < 0x80
		if !edge && (i == 0 || !ascii.IsUpper(name[i]) || !ascii.IsLower(name[i-1])) {
			folded = append(folded, name[i]&^caseBit(name[i]))
			continue
		}
		if len(folded) > start {
			if len(parts) == cap(parts) {
				return nil, false, false
			}
			parts = append(parts, string(folded[start:]))
		}
		start = len(folded)
		if !edge {
			folded = append(folded, name[i])
		}
	}
	return parts, upper, true
}

func caseBit(c byte) byte {
	if ascii.IsLower(c) {
		return 32
	}
	return 0
}

// judgeParts judges what is before and after SECRET_KEY.
func judgeParts(before, after []string, upper bool) NameClass {
	for _, p := range after {
		if !isQualifier(p) {
			return NameNone
		}
	}
	class := NameMain
	if !upper {
		class = NameOther
	}
	for i, p := range before {
		switch {
		case foreign.Has(p) || i == firstWord(before) && verbs.Has(p):
			return NameNone
		case p == "DJANGO":
			class = NameMain
		case isQualifier(p) || containers.Has(p):
		case class == NameMain && !hasDjango(before):
			class = NameOther
		}
	}
	return class
}

// isForeignKey reports whether the words of a name are SECRET_KEY after one of
// another product.
func isForeignKey(parts []string) bool {
	if len(parts) < 3 || parts[len(parts)-2] != "SECRET" || parts[len(parts)-1] != "KEY" {
		return false
	}
	before := parts[:len(parts)-2]
	if first := firstWord(before); first >= 0 && verbs.Has(before[first]) {
		return false
	}
	return slices.ContainsFunc(before, foreign.Has)
}

// firstWord is the index of the first part that is not the object or module
// that holds the name.
func firstWord(parts []string) int {
	for i, p := range parts {
		if !containers.Has(p) {
			return i
		}
	}
	return -1
}

func hasDjango(parts []string) bool {
	for _, p := range parts {
		if p == "DJANGO" {
			return true
		}
	}
	return false
}

// judgeSigning judges SIGNING_KEY, the sibling that djangorestframework-simplejwt
// reads.
func judgeSigning(before, after []string) NameClass {
	if len(after) > 0 {
		return NameNone
	}
	for _, p := range before {
		if !signing.Has(p) && !isQualifier(p) && !containers.Has(p) {
			return NameNone
		}
	}
	return NameOther
}

// judgeSecret judges a name that ends in SECRET without KEY: too common a word
// to be taken without a sign that it is the site's.
func judgeSecret(before []string, upper bool) NameClass {
	site := false
	for _, p := range before {
		switch {
		case p == "DJANGO":
			return NameMain
		case p == "APP" || p == "FLASK" || p == "JWT" || p == "SITE" || p == "SESSION":
			site = true
		case !isQualifier(p) && !containers.Has(p):
			return NameNone
		}
	}
	if site || upper {
		return NameOther
	}
	return NameNone
}

// IsGeneric reports whether a name says that it is some secret and not whose:
// SECRET, secret_key, self.secret_key, Payment.secret_key.
func IsGeneric(name string) bool {
	if n := strings.LastIndexByte(name, '.'); n >= 0 {
		parent := strings.ToLower(name[strings.LastIndexByte(name[:n], '.')+1 : n])
		if parents.Has(parent) || strings.Contains(parent, "app") || strings.Contains(parent, "flask") || strings.Contains(parent, "django") {
			return false
		}
		name = name[n+1:]
	}
	name = strings.Trim(name, "_")
	return name != "SECRET_KEY" && (strings.EqualFold(name, "secret") || IsSecretKey(name))
}

// IsSecretKey reports whether the last part of a name is SECRET_KEY in any
// spelling: secret_key, secretKey, secret-key.
func IsSecretKey(name string) bool {
	name = name[strings.LastIndexByte(name, '.')+1:]
	return strings.EqualFold(strings.NewReplacer("_", "", "-", "", " ", "").Replace(name), "secretkey")
}

// IsShared reports whether a name is one that frameworks of many languages give
// to a secret of their own: APP_SECRET, JWT_SECRET_KEY, SESSION_SECRET. A name
// that ends in SECRET_KEY after a word of the project's is not.
func IsShared(name string) bool {
	bare := strings.ToUpper(strings.NewReplacer("_", "", "-", "").Replace(name[strings.LastIndexByte(name, '.')+1:]))
	return !strings.HasSuffix(bare, "SECRETKEY") || strings.Contains(bare, "JWT")
}

// IsForeignName reports whether a name is that of another product's key.
func IsForeignName(name string) bool {
	if len(name) > MaxName {
		return false
	}
	var n nameParts
	parts, _, ok := n.split(name)
	if !ok || len(parts) < 2 {
		return false
	}
	for _, p := range parts {
		if foreign.Has(p) {
			return true
		}
	}
	return false
}

// isQualifier recognises words that say which of the site's keys it is.
func isQualifier(p string) bool {
	return qualifiers.Has(p) || len(p) <= 2 && len(p) > 0 && ascii.IsDigit(p[0])
}

// IsFallbacks reports whether a name is that of the list of old keys.
func IsFallbacks(name string) bool {
	if n := len(name); n == 0 || name[n-1] < 0x80 && name[n-1]|32 != 's' {
		return false // most names
	}
	return strings.HasSuffix(strings.ToUpper(name), "SECRET_KEY_FALLBACKS")
}

// IsLabel reports whether a value only spells its name for readers, as files of
// translations do: "secret_key": "Secret key".
func IsLabel(value, name string) bool {
	name = name[strings.LastIndexByte(name, '.')+1:]
	bare := BareLetters(value)
	switch {
	case bare == BareLetters(name):
		// SECRET_KEY = 'SECRET KEY' is a key, and a poor one.
		return strings.Contains(value, " ") && (strings.ToUpper(name) != name || strings.ToUpper(value) != value)
	case strings.ContainsAny(value, ".-") && strings.HasSuffix(bare, "secretkey") && strings.Contains(value, "."):
		return !strings.Contains(value, " ") // where it is to be found: 'SECRET_KEY': 'system.secret-key'
	case !isCamel(name) || !strings.HasSuffix(name, "Key"):
		return false
	}
	// secretKey of Kubernetes and Helm names the entry of a secret.
	return isUpperName(value) || isDashedName(value)
}

func isCamel(name string) bool {
	return name != "" && ascii.IsLower(name[0]) && IsPlainName(name) && strings.ToLower(name) != name
}

// isUpperName recognises the name of a variable: DB_PASSWORD.
func isUpperName(v string) bool {
	return IsPlainName(v) && strings.ToUpper(v) == v && strings.Contains(v, "_")
}

// isDashedName recognises the name of an entry whose last word says what it
// holds: redis-password.
func isDashedName(v string) bool {
	n := strings.LastIndexAny(v, "-.")
	if n < 1 || strings.ToLower(v) != v {
		return false
	}
	return entries.Has(v[n+1:]) && IsPlainName(strings.NewReplacer("-", "_", ".", "_").Replace(v)) && !asksForReplacement(v) && !isDummy(v)
}

// BareLetters folds the case of a text and takes out what divides its words.
func BareLetters(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		case r == ' ' || r == '_' || r == '-' || r == ':' || r == '*' || r == '.':
			return -1
		}
		return r
	}, s)
}
