package signed

import (
	"bytes"
	"crypto"
	_ "crypto/md5"  // for claims of this hash
	_ "crypto/sha1" // for claims of this hash
	_ "crypto/sha256"
	_ "crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// scheme says how the signature of a claim was made.
type scheme uint8

const (
	djangoSigner  scheme = iota + 1 // HMAC with a key of a salt, base64: django.core.signing
	itsdangerous                    // the same with itsdangerous' derivations, or Django's with its separator
	jwt                             // HMAC with the key itself
	oldSession                      // salted_hmac, hexadecimal: sessions of Django 1.3 to 3.0
	oldMessages                     // salted_hmac, hexadecimal: messages of Django 1.2 to 3.0
	pickleSession                   // MD5 of the text and the key: sessions of Django 1.0 to 1.2
	remember                        // HMAC with the key itself: Flask-Login
	imageURL                        // HMAC with the key itself: Wagtail's dynamic images
)

// A claim is a piece that has the form of a signed value.
type claim struct {
	scheme  scheme
	hash    crypto.Hash
	message string
	mac     []byte
	names   []string // the piece's
	what    string   // what it is, for people
	at      time.Time
	sure    bool // nothing else has this form
}

// claimsOf returns what a piece claims to be. Most pieces are nothing. A signature
// that one form holds for sure is not tried as another that the piece may have too.
func claimsOf(p piece) []claim {
	var out []claim
	for _, read := range []func(string) (claim, bool){readJWT, readSigned, readOldMessages, readOldSession, readRemember, readImage} {
		c, ok := read(p.text)
		if !ok || !c.sure && slices.ContainsFunc(out, func(o claim) bool { return o.sure && bytes.Equal(o.mac, c.mac) }) {
			continue
		}
		c.names = p.names
		out = append(out, c)
	}
	return out
}

// hashOfLength tells the hash from the length in characters of its unpadded
// base64, as Signer writes it.
var hashOfLength = map[int]crypto.Hash{
	22: crypto.MD5, 27: crypto.SHA1, 38: crypto.SHA224, 43: crypto.SHA256, 64: crypto.SHA384, 86: crypto.SHA512,
}

// tail splits a text before its signature: a run of base64 whose length is that
// of a hash, without bits that say nothing.
func tail(text string) (before string, mac []byte, hash crypto.Hash, ok bool) {
	start := len(text)
	for start > 0 && isBase64URL(text[start-1]) {
		start--
	}
	hash, ok = hashOfLength[len(text)-start]
	if !ok || start == 0 {
		return "", nil, 0, false
	}
	mac, err := base64.RawURLEncoding.Strict().DecodeString(text[start:])
	return text[:start], mac, hash, err == nil
}

func isBase64URL(c byte) bool { return isLetterOrDigit(c) || c == '-' || c == '_' }

// readSigned reads what django.core.signing and itsdangerous write: the value,
// a separator, for most of them the time and the separator again, the signature.
// Django's separator is ":", that of itsdangerous "."; both can be others.
func readSigned(text string) (claim, bool) {
	before, mac, hash, ok := tail(text)
	if !ok {
		return claim{}, false
	}
	separator := before[len(before)-1:]
	message := before[:len(before)-1]
	c := claim{scheme: itsdangerous, hash: hash, message: message, mac: mac, what: "a signed value"}
	usual := hash == crypto.SHA1 || hash == crypto.SHA256 || hash == crypto.SHA512
	stamp := message[strings.LastIndex(message, separator)+1:]
	switch separator {
	case ":":
		c.scheme, c.what = djangoSigner, "a value of django.core.signing"
		c.at = base62Time(stamp)
		c.sure = usual && message != "" && (!c.at.IsZero() || !isDigest(message))
	case ".":
		c.at = base64Time(stamp)
		body := message
		if !c.at.IsZero() {
			body = message[:max(0, len(message)-len(stamp)-1)]
		}
		if c.sure = usual && isSerialized(body, !c.at.IsZero()); c.sure {
			c.what = "a value of itsdangerous (Flask and others)"
		}
	default:
		c.at = base62Time(stamp)
	}
	return c, true
}

// isDigest reports whether a text names a hash, as in "SHA256:…" of SSH.
func isDigest(text string) bool {
	text = strings.ToLower(text)
	return strings.HasSuffix(text, "md5") || strings.HasSuffix(text, "sha1") || strings.HasSuffix(text, "sha256") || strings.HasSuffix(text, "sha512")
}

// isSerialized reports whether a text is what itsdangerous' URL-safe serializers
// write: JSON in base64, or after a dot something compressed. With a time beside
// it plain base64 will do: an empty payload, a number.
func isSerialized(text string, timed bool) bool {
	if body, ok := strings.CutPrefix(text, "."); ok {
		return strings.HasPrefix(body, "eJ") || strings.HasPrefix(body, "eN") // zlib's first byte, 0x78
	}
	decoded, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
	return err == nil && text != "" && (timed || json.Valid(decoded))
}

// The times that a signature may hold: Django has signing since 2012, and a
// value is not from the far future.
var (
	earliest = time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	latest   = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
)

func timeOf(seconds int64) time.Time {
	if seconds < earliest || seconds > latest {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// base62Time reads the time of a TimestampSigner, in seconds; zero if there is
// none (django.core.signing.b62_decode; six characters from 1999 to 3769).
func base62Time(text string) time.Time {
	if len(text) != 6 {
		return time.Time{}
	}
	var seconds int64
	for i := range len(text) {
		digit := strings.IndexByte(base62, text[i])
		if digit < 0 {
			return time.Time{}
		}
		seconds = 62*seconds + int64(digit)
	}
	return timeOf(seconds)
}

// itsdangerousEpoch is what itsdangerous counted from before version 1.1
// (itsdangerous.EPOCH), in Unix seconds.
const itsdangerousEpoch = 1293840000

// base64Time reads the time of itsdangerous: big-endian seconds in base64.
func base64Time(text string) time.Time {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) != 4 {
		return time.Time{}
	}
	seconds := int64(raw[0])<<24 | int64(raw[1])<<16 | int64(raw[2])<<8 | int64(raw[3])
	if at := timeOf(seconds); !at.IsZero() {
		return at
	}
	return timeOf(seconds + itsdangerousEpoch)
}

// jwtHashes are the algorithms that use a shared key (RFC 7518, 3.1).
var jwtHashes = map[string]crypto.Hash{"HS256": crypto.SHA256, "HS384": crypto.SHA384, "HS512": crypto.SHA512}

// maxJWTHeader is the length in bytes of the longest header that is decoded.
const maxJWTHeader = 4 << 10

// jwtHeader decodes the header of a JSON Web Token.
func jwtHeader(text string) (alg string, issued float64, ok bool) {
	first, _, found := strings.Cut(text, ".")
	if !found || len(first) > maxJWTHeader || !strings.HasPrefix(first, "ey") {
		return "", 0, false
	}
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(first, "="))
	var header struct {
		Alg string  `json:"alg"`
		Iat float64 `json:"iat"` // itsdangerous' TimedJSONWebSignatureSerializer
	}
	if err != nil || json.Unmarshal(raw, &header) != nil || header.Alg == "" {
		return "", 0, false
	}
	return header.Alg, header.Iat, true
}

// readJWT reads a JSON Web Token that is signed with a shared key.
func readJWT(text string) (claim, bool) {
	alg, issued, ok := jwtHeader(text)
	hash, shared := jwtHashes[alg]
	if !ok || !shared || strings.Count(text, ".") != 2 {
		return claim{}, false
	}
	last := strings.LastIndexByte(text, '.')
	mac, err := base64.RawURLEncoding.Strict().DecodeString(strings.TrimRight(text[last+1:], "="))
	if err != nil || len(mac) != hash.Size() {
		return claim{}, false
	}
	c := claim{scheme: jwt, hash: hash, message: text[:last], mac: mac, what: "a JSON Web Token (" + alg + ")", sure: true, at: timeOf(int64(issued))}
	if c.at.IsZero() {
		c.at = jwtIssued(text[:last])
	}
	return c, true
}

// jwtIssued reads the time of issue from a token's claims.
func jwtIssued(message string) time.Time {
	_, body, _ := strings.Cut(message, ".")
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(body, "="))
	var claims struct {
		Iat     float64 `json:"iat"`
		OrigIat float64 `json:"orig_iat"` // drf-jwt and django-graphql-jwt
	}
	if err != nil || json.Unmarshal(raw, &claims) != nil {
		return time.Time{}
	}
	if at := timeOf(int64(claims.Iat)); !at.IsZero() {
		return at
	}
	return timeOf(int64(claims.OrigIat))
}

// readOldMessages reads the messages cookie of Django 1.2 to 3.0: a SHA-1, "$",
// JSON.
func readOldMessages(text string) (claim, bool) {
	digest, message, ok := strings.Cut(text, "$")
	if !ok || len(digest) != 40 || !strings.HasPrefix(message, "[") {
		return claim{}, false
	}
	mac, err := hex.DecodeString(digest)
	return claim{scheme: oldMessages, hash: crypto.SHA1, message: message, mac: mac, what: "a messages cookie of Django 1.2 to 3.0", sure: true}, err == nil
}

// readOldSession reads session_data as Django before 3.1 wrote it: base64 of a
// SHA-1, ":" and the session, or of a pickle and an MD5.
func readOldSession(text string) (claim, bool) {
	if strings.ContainsAny(text, ":.$ ") {
		return claim{}, false
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return claim{}, false
	}
	if len(raw) > 41 && raw[40] == ':' {
		if mac, err := hex.DecodeString(string(raw[:40])); err == nil {
			return claim{scheme: oldSession, hash: crypto.SHA1, message: string(raw[41:]), mac: mac, what: "session_data of Django 1.3 to 3.0", sure: true}, true
		}
	}
	if at := len(raw) - 32; at > 0 && raw[at-1] == '.' { // the last byte of every pickle
		if mac, err := hex.DecodeString(string(raw[at:])); err == nil {
			return claim{scheme: pickleSession, hash: crypto.MD5, message: string(raw[:at]), mac: mac, what: "session_data of Django 1.0 to 1.2", sure: true}, true
		}
	}
	return claim{}, false
}

// readRemember reads Flask-Login's remember_token: a user's name, "|", a
// hexadecimal SHA-512.
func readRemember(text string) (claim, bool) {
	i := strings.LastIndexByte(text, '|')
	if i < 1 || len(text)-i-1 != 128 {
		return claim{}, false
	}
	mac, err := hex.DecodeString(text[i+1:])
	return claim{scheme: remember, hash: crypto.SHA512, message: text[:i], mac: mac, what: "Flask-Login's remember_token", sure: true}, err == nil
}

// readImage reads the path of Wagtail's dynamic image view:
// signature/image/filter/, the signature a padded base64 of a SHA-1
// (wagtail/images/utils.py, generate_signature).
func readImage(text string) (claim, bool) {
	signature, rest, ok := strings.Cut(text, "/")
	if !ok || len(signature) != 28 {
		return claim{}, false
	}
	mac, err := base64.URLEncoding.Strict().DecodeString(signature)
	id, rest, ok := strings.Cut(rest, "/")
	filter, _, _ := strings.Cut(rest, "/")
	if err != nil || len(mac) != crypto.SHA1.Size() || !ok || id == "" || filter == "" || len(bytes.Trim([]byte(id), "0123456789abcdef-")) > 0 {
		return claim{}, false
	}
	return claim{scheme: imageURL, hash: crypto.SHA1, message: id + "/" + filter + "/", mac: mac, what: "an image link of Wagtail", sure: true}, true
}
