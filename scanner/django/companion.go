package django

import (
	"bytes"
	"strings"

	"github.com/djleaks/djleaks/scanner/django/forms"
	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
)

// companionBytes is how far around a value the name of its companion may be.
const companionBytes = 320

// hasCompanion reports whether the other half of a pair is beside a name:
// access_key and secret_key belong to a storage, public_key and secret_key to
// a payment service, both not to Django.
func hasCompanion(text []byte, a *forms.Assignment) bool {
	if a.Offset > len(text) {
		return false
	}
	name := a.Name[strings.LastIndexByte(a.Name, '.')+1:]
	n := len(name) - len("secret")
	for n >= 0 && !strings.EqualFold(name[n:n+len("secret")], "secret") {
		n--
	}
	if n < 0 {
		return false
	}
	around := text[max(0, a.Offset-companionBytes):min(len(text), a.Offset+a.Length+companionBytes)]
	for _, other := range [...]string{"access", "public"} {
		if other == "public" && name == "SECRET_KEY" {
			continue
		}
		switch {
		case ascii.IsUpper(name[n]) && len(name) > n+1 && ascii.IsUpper(name[n+1]):
			other = strings.ToUpper(other)
		case ascii.IsUpper(name[n]):
			other = strings.ToUpper(other[:1]) + other[1:]
		}
		if holdsWord(around, name[:n]+other+name[n+len("secret"):]) {
			return true
		}
	}
	return false
}

// holdsWord reports whether text holds name with no letter beside it.
func holdsWord(text []byte, name string) bool {
	for at := 0; ; {
		n := bytes.Index(text[at:], []byte(name))
		if n < 0 {
			return false
		}
		from := at + n
		at = from + len(name)
		if (from == 0 || !ascii.IsWord(text[from-1])) && (at == len(text) || !ascii.IsWord(text[at])) {
			return true
		}
	}
}
