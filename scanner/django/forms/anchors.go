package forms

import (
	"strings"
	"sync"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
)

// insecureTail64 is the base64 of the prefix that startproject writes, up to
// the last character that does not depend on the key.
const insecureTail64 = "ZGphbmdvLWluc2VjdXJl"

// anchorSet is the search table of the family. There are few literals, and the
// shortest decides how far the search can jump: "secret" with its lookahead
// stands for SECRET_KEY, secretKey, secret-key, DJANGO_SECRET=, APP_SECRET: and
// all their spellings.
var anchorSet = sync.OnceValue(func() *scanner.AnchorSet { return withKeyFiles(scanner.NewAnchorSet(anchors()...)) })

// lookahead is how many bytes after a word decide whether it is the name of a key.
// What a delta inserts is searched together with as many bytes before it as the
// longest anchor and its lookahead take, so it must be short.
const lookahead = 24

func anchors() []scanner.Anchor {
	return []scanner.Anchor{
		{Text: "secret", Accept: nameFollows, Lookahead: lookahead},
		{Text: "signing_key"},
		{Text: "django-insecure-"},
		{Text: "djleaks", Accept: markerFollows, Lookahead: lookahead}, // a comment that accepts nothing is reported too
		// Base64 at the three offsets that a byte can have in its group.
		{Text: insecureTail64, Accept: exactly(insecureTail64)},
		{Text: "RqYW5nby1pbnNlY3VyZS", Accept: exactly("RqYW5nby1pbnNlY3VyZS")},
		{Text: "kamFuZ28taW5zZWN1cmUt", Accept: exactly("kamFuZ28taW5zZWN1cmUt")},
		// The same of SECRET_KEY, for a file of settings in base64.
		{Text: "U0VDUkVUX0tFW", Accept: exactly("U0VDUkVUX0tFW")},
		{Text: "NFQ1JFVF9LRV", Accept: exactly("NFQ1JFVF9LRV")},
		{Text: "TRUNSRVRfS0VZ", Accept: exactly("TRUNSRVRfS0VZ")},
		// UTF-16 of either byte order, as PowerShell's > writes it.
		{Text: wideText("secret", 2), Accept: wideNameFollows(2), Lookahead: lookahead},
		{Text: wideText("signing_key", 2)},
		{Text: wideText("django-insecure-", 2)},
		// UTF-32, as some exports have it.
		{Text: wideText("secret", 4), Accept: wideNameFollows(4), Lookahead: lookahead},
		{Text: wideText("signing_key", 4)},
		{Text: wideText("django-", 4)}, // enough: nothing else is written so
	}
}

// nameFollows says whether "secret" before text[end] begins or ends the name of
// a key: the rest of secret_key, or the sign of an assignment.
func nameFollows(text []byte, end int) bool {
	rest := text[end:]
	if len(rest) > 2 && rest[0] == '=' && rest[1] == '=' {
		// SECRET==x, a key that begins with the sign; not if secret == x.
		return rest[2] > ' ' && rest[2] != '=' && !ascii.IsQuote(rest[2]) && text[end-1] == 'T'
	}
	return secretName(func(i int) byte {
		if i < len(rest) {
			return rest[i]
		}
		return 0
	}, lookahead)
}

// markerFollows says whether "djleaks" before text[end] can begin a comment that
// is meant to accept a key.
func markerFollows(text []byte, end int) bool {
	rest := text[end:]
	_, _, ok := ownAllow(append([]byte("djleaks"), rest...))
	return ok
}

// wideNameFollows is nameFollows for UTF-16, where a character takes 2 bytes, and for
// UTF-32, where it takes 4: from end on, the last byte of each.
func wideNameFollows(width int) func(text []byte, end int) bool {
	return func(text []byte, end int) bool {
		rest := text[end:]
		return secretName(func(i int) byte {
			if last := width*i + width - 1; last < len(rest) && rest[width*i] == 0 {
				return rest[last]
			}
			return 0
		}, lookahead/width)
	}
}

// secretName reads up to n characters after "secret".
func secretName(at func(int) byte, n int) bool {
	i := 0
	switch c := at(0); c {
	case '_', '-', '.', ' ':
		i = 1
	}
	if at(i)|32 == 'k' && at(i+1)|32 == 'e' && at(i+2)|32 == 'y' {
		return i == 0 || at(0) != ' ' || labelEnds(at, i+3, n)
	}
	i = 0
	for quotes := 0; i < n; i++ {
		switch at(i) {
		case '"', '\'', ']', ')', '\\', '`':
			if quotes++; quotes > 3 {
				return false
			}
		case ' ', '\t':
		case '=':
			return at(i+1) != '='
		case ':':
			return true
		case ',':
			return quotes > 0
		default:
			return false
		}
	}
	return false
}

// labelEnds reports whether the label "Secret key" ends at i, with its sign
// after marks of emphasis.
func labelEnds(at func(int) byte, i, n int) bool {
	for ; i < n; i++ {
		switch at(i) {
		case '*', '_', '`', '"', '\'':
		case ':', '=', '|':
			return true
		default:
			return false
		}
	}
	return false
}

// exactly accepts a literal only in its own case: base64 means something else
// in another one.
func exactly(literal string) func([]byte, int) bool {
	return func(text []byte, end int) bool { return string(text[end-len(literal):end]) == literal }
}

// wideText spells an ASCII literal in UTF-16 or UTF-32 from its first letter to its
// last, so that it is the same in both byte orders.
func wideText(s string, width int) string {
	return strings.Join(strings.Split(s, ""), strings.Repeat("\x00", width-1))
}

// anchorKind says what an anchor stands for.
type anchorKind uint8

const (
	anchorName     anchorKind = iota // a part of a name
	anchorInsecure                   // startproject's prefix, in a value
	anchorBase64                     // the same in base64
	anchorWide                       // a name or the prefix in UTF-16 or UTF-32
	anchorMarker                     // a comment that accepts a key

	anchorCount = iota
)

// kindOfAnchor tells the literals of anchorSet apart.
func kindOfAnchor(text []byte, at int) anchorKind {
	switch {
	case at+1 < len(text) && text[at+1] == 0:
		return anchorWide
	case text[at]|32 == 'd' && text[at+2]|32 == 'l':
		return anchorMarker
	case text[at]|32 == 'd':
		return anchorInsecure
	case text[at]|32 == 's' && (text[at+1]|32 == 'e' || text[at+1]|32 == 'i'):
		return anchorName
	}
	return anchorBase64
}
