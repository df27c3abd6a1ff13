package signed

import (
	"bufio"
	"crypto"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
)

// vector is a value that real software signed: a line of testdata/signed.
type vector struct {
	ID       string  `json:"id"`
	Seed     int     `json:"seed"`
	Purpose  Purpose `json:"purpose"`
	Value    string  `json:"value"`
	SignedAt int64   `json:"signed_at"`
	Salt     string  `json:"salt"`
	Note     string  `json:"note"`
}

const uncheckable Purpose = "uncheckable"

func vectors(t testing.TB) []vector {
	t.Helper()
	files, err := filepath.Glob("../../testdata/signed/*.jsonl")
	if err != nil || len(files) < 8 {
		t.Fatalf("vectors of %d versions: %v", len(files), err)
	}
	var out []vector
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for lines := bufio.NewScanner(f); lines.Scan(); {
			var v vector
			if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			out = append(out, v)
		}
	}
	return out
}

// keys are made keys of which the first ones signed no vector.
func keys(last ...int) []scanner.Secret {
	var out []scanner.Secret
	for _, n := range append([]int{101, 102, 103}, last...) {
		out = append(out, scanner.NewSecret(testkit.Key(n)))
	}
	return out
}

func given(v vector) *Vocabulary {
	if v.Salt == "" {
		return &Vocabulary{}
	}
	return &Vocabulary{Given: []string{v.Salt}}
}

// wrappings are how people paste a value. Each has the value once.
var wrappings = map[string]func(string) string{
	"as it is":       func(v string) string { return v },
	"a line":         func(v string) string { return v + "\n" },
	"a Windows line": func(v string) string { return "\ufeff" + v + "\r\n" },
	"double quotes":  func(v string) string { return `"` + v + `"` },
	"single quotes":  func(v string) string { return "'" + v + "'\n" },
	"JSON": func(v string) string {
		return toJSON(map[string]any{"domain": ".example.com", "list": []any{1, map[string]string{"name": "x", "value": v}}})
	},
	"JSON in JSON": func(v string) string {
		return toJSON(map[string]string{"text": toJSON(map[string]string{"access": v})})
	},
	"Python": func(v string) string {
		return "{'a': 1, 'value': " + `"` + strings.ReplaceAll(strings.ReplaceAll(v, `\`, `\\`), `"`, `\"`) + `"}`
	},
	"a row of DevTools": func(v string) string {
		return "tracking\t" + v + "\t.example.com\t/\t2026-01-01T00:00:00.000Z\t112\t✓"
	},
	"a query": func(v string) string {
		return "https://example.com/a/?x=1&t=" + url.QueryEscape(v) + "&utm_source=mail#top"
	},
	"a path":         func(v string) string { return "https://example.com/a/" + url.PathEscape(v) + "/\n" },
	"twice escaped":  func(v string) string { return "next=" + url.QueryEscape("/a/?t="+url.QueryEscape(v)) },
	"a hidden field": func(v string) string { return `<input type="hidden" name="t" value="` + html.EscapeString(v) + `">` },
	"a mail": func(v string) string {
		return "Click here:\r\n<https://example.com/a/?t=3D" + folded(strings.ReplaceAll(url.QueryEscape(v), "=", "=3D")) + ">\r\n"
	},
	"a cookie jar": func(v string) string {
		return "# Netscape HTTP Cookie File\n\n#HttpOnly_example.com\tFALSE\t/\tTRUE\t1900000000\ttracking\t" + v + "\n"
	},
	"psql": func(v string) string { return " k3a | " + v + " | 2026-01-01 00:00:00+00\n(1 row)\n" },
	"SQL":  func(v string) string { return "INSERT INTO django_session VALUES ('k3a', '" + v + "', '2026-01-01');" },
	"UTF-16": func(v string) string {
		out := []byte{0xff, 0xfe}
		for _, unit := range utf16.Encode([]rune(v + "\r\n")) {
			out = binary.LittleEndian.AppendUint16(out, unit)
		}
		return string(out)
	},
}

// inHeaders are how people paste a value that a header can hold.
var inHeaders = map[string]func(string) string{
	"name and value": func(v string) string { return "tracking=" + v },
	"a cookie":       func(v string) string { return "Cookie: _ga=GA1.2.1234567890.1600000000; basket=" + v + "; theme=dark" },
	"a set cookie":   func(v string) string { return "Set-Cookie: basket=" + v + "; HttpOnly; Path=/; SameSite=Lax" },
	"bearer":         func(v string) string { return "Authorization: Bearer " + v },
	"a small header": func(v string) string { return "authorization:JWT " + v },
	"curl": func(v string) string {
		return "curl 'https://example.com/' \\\n  -H 'Accept: */*' \\\n  -H 'Cookie: a=b; basket=" + v + "' \\\n  --compressed"
	},
	"curl on Windows": func(v string) string { return `curl.exe "https://example.com/" -b "basket=` + v + `" -v` },
	"httpie":          func(v string) string { return "http GET example.com 'Authorization:Bearer " + v + "'" },
	"fetch": func(v string) string {
		return toJSON(map[string]any{"headers": map[string]string{"cookie": "a=b; basket=" + v}})
	},
	"a request": func(v string) string {
		return "GET /a/ HTTP/1.1\r\nHost: example.com\r\nCookie: a=b; basket=" + v + "; c=d\r\nAccept: */*\r\n\r\n"
	},
	"a sentence": func(v string) string { return "the cookie was: " + v + ", as you can see." },
	"brackets":   func(v string) string { return "<" + v + ">" },
}

func toJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// folded breaks a line as quoted-printable does.
func folded(text string) string {
	out := ""
	for len(text) > 60 {
		out, text = out+text[:60]+"=\r\n", text[60:]
	}
	return out + text
}

func ways(value string) map[string]func(string) string {
	out := maps.Clone(wrappings)
	if strings.Contains(value, "\n") { // a row has none
		delete(out, "a row of DevTools")
		delete(out, "a cookie jar")
		delete(out, "psql")
		delete(out, "SQL")
	}
	if !strings.ContainsAny(value, "\n \"/:;,|{") {
		maps.Copy(out, inHeaders)
	}
	return out
}

// wrapped are the versions of which each form of a value is tried in every wrapping.
var wrapped = map[string]bool{"django-1.11.29": true, "django-6.1.3": true, "flask-1.1.4": true, "itsdangerous-2.2.0": true}

func software(v vector) string { name, _, _ := strings.Cut(v.ID, "/"); return name }

// form is what the wrappings of a value depend on: its purpose and its signs, with
// x for the words between them.
func form(v vector) string {
	return software(v) + " " + string(v.Purpose) + " " + words.ReplaceAllString(v.Value, "x")
}

var words = regexp.MustCompile(`[\w-]+`)

func TestEveryVectorIsToldFromEveryOtherKey(t *testing.T) {
	seen := map[string]bool{}
	for _, v := range vectors(t) {
		if v.Purpose == uncheckable {
			continue
		}
		if problem := v.check(Check(v.Value, keys(v.Seed), given(v)), 3); problem != "" {
			t.Errorf("%s: %s", v.ID, problem)
		}
		if wrapped[software(v)] && !seen[form(v)] {
			seen[form(v)] = true
			// Other keys were told apart above: trying them again in each wrapping
			// took two thirds of the test.
			for how, wrap := range ways(v.Value) {
				if problem := v.check(Check(wrap(v.Value), keys(v.Seed)[3:], given(v)), 0); problem != "" {
					t.Errorf("%s, %s: %s", v.ID, how, problem)
				}
			}
		}
		if a := Check(v.Value, keys(), given(v)); len(a.Matches) > 0 || a.Partial {
			t.Errorf("%s: other keys: %+v", v.ID, a)
		} else if len(a.Checked) == 0 && !strings.Contains(v.ID, "/signer") {
			t.Errorf("%s: not recognised: %q", v.ID, a.Reasons)
		}
	}
}

// check says what is wrong with an answer that is to name a key, by its number, or
// "".
func (v vector) check(a Answer, key int) string {
	if len(a.Matches) != 1 || a.Matches[0].Key != key {
		return fmt.Sprintf("matches %+v", a.Matches)
	}
	m := a.Matches[0]
	if m.Purpose != v.Purpose || m.Salt != v.Salt || m.Altered != "" {
		return fmt.Sprintf("purpose %s with salt %q, %q", m.Purpose, m.Salt, m.Altered)
	}
	if at := m.SignedAt.Unix(); v.SignedAt != 0 && at != v.SignedAt || v.SignedAt == 0 && !m.SignedAt.IsZero() {
		return fmt.Sprintf("signed at %v", m.SignedAt)
	}
	return ""
}

func TestAKeyThatIsAlteredOnItsWayToTheProcessIsFound(t *testing.T) {
	for _, a := range alterations {
		c := claim{hash: crypto.SHA256, message: "eyJhIjoxfQ:1r31eq"}
		r := signer("django.core.signing", false, SigningDumps, "")
		value := c.message + ":" + base64.RawURLEncoding.EncodeToString(mac(&c, &r, a.before+testkit.Key(1)+a.after))
		got := Check(value, keys(1), &Vocabulary{})
		if len(got.Matches) != 1 || got.Matches[0].Altered != a.words || got.Matches[0].Key != 3 || got.Matches[0].Secret.Reveal() != testkit.Key(1) {
			t.Errorf("%s: %+v", a.words, got)
		}
	}
}

func TestWhatNoKeySignedIsNamed(t *testing.T) {
	for _, v := range vectors(t) {
		if v.Purpose != uncheckable {
			continue
		}
		a := Check(v.Value, keys(v.Seed), &Vocabulary{})
		if len(a.Matches) > 0 || len(a.Checked) > 0 || !strings.Contains(strings.Join(a.Reasons, "; "), v.Note) {
			t.Errorf("%s: %+v", v.ID, a)
		}
	}
	token := func(header string) string {
		return base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"user_id":7}`)) + "."
	}
	mac := strings.Repeat("A", 43)
	for input, want := range map[string]string{
		token(`{"alg":"none"}`):                                                       "alg none",
		token(`{"alg":"nOnE"}`) + mac:                                                 "alg none",
		token(`{"alg":"RS256"}`) + strings.Repeat("A", 342):                           "RS256",
		"Authorization: Bearer " + token(`{"alg":"ES256"}`) + strings.Repeat("A", 86): "ES256",
		token(`{"alg":"HS256"}`) + mac[:40]:                                           "cut off",
		"eyJmb28iOiJiYXIifQ:1r31eq:" + mac[:30]:                                       "cut off",
		"eyJmb28iOiJiYXIifQ.ZVPxAA." + mac[:20]:                                       "cut off",
		".eJwNzEERwDAMA0FC94gkx4mxdMqfRgtg9xEmFJvmcBm0":                               "missing",
		"pbkdf2_sha256$600000$abc$def=":                                               "password hash",
		"gAAAAABl" + strings.Repeat("A", 112):                                         "Fernet",
		"01234567890123456789abcdefabcdef":                                            "session id",
		"Token 0123456789abcdef0123456789abcdef01234567":                              "hexadecimal",
		"Cookie: sessionid=k3a9x0w8v7u6t5s4r3q2p1o0n9m8l7k6; csrftoken=" + strings.Repeat("aB3", 21) + "Q": "CSRF",
	} {
		a := Check(input, keys(), &Vocabulary{})
		if len(a.Matches) > 0 || len(a.Checked) > 0 || !strings.Contains(strings.Join(a.Reasons, "; "), want) {
			t.Errorf("%.60q: %+v, want a reason with %q", input, a, want)
		}
	}
	for _, input := range []string{
		"hello", "SHA256:" + mac, "GA1.2.1234567890.1600000000", "Cookie: __cf_bm=" + mac + "-1700000000-1.2.1.1-" + mac,
		"connect.sid=s%3A" + mac[:32] + "." + mac, "https://example.com/static/main.3f2a1b9c8d7e6f5a4b3c.js", strings.Repeat("x", 500),
	} {
		if a := Check(input, keys(), &Vocabulary{}); len(a.Matches) > 0 || len(a.Checked) > 0 {
			t.Errorf("%.60q is taken for a signed value: %+v", input, a)
		}
	}
}

func TestACookieThatAnEmptyFallbackSignedIsForged(t *testing.T) {
	for _, public := range []string{"", "None"} {
		for _, r := range cookie("tracking", "") {
			c := claim{hash: crypto.SHA256, message: "user-42:1r31eq"}
			value := c.message + ":" + base64.RawURLEncoding.EncodeToString(mac(&c, &r, public))
			a := Check("tracking="+value, keys(), &Vocabulary{})
			if len(a.Matches) != 1 || a.Matches[0].Purpose != ForgedCookie || a.Matches[0].Key != -1 || a.Matches[0].Secret.Reveal() != public {
				t.Errorf("%q: %+v", public, a)
			}
		}
	}
}

func TestSeveralValuesOfOneHeaderAreTriedEach(t *testing.T) {
	byPurpose := map[Purpose]string{}
	for _, v := range vectors(t) {
		if software(v) == "django-6.1.3" && v.Seed == 1 && !strings.ContainsAny(v.Value, " ;\"") {
			byPurpose[v.Purpose] = v.Value
		}
	}
	a := Check("Cookie: csrftoken="+strings.Repeat("aB3", 21)+"Q; messages="+byPurpose[MessagesCookie]+"; sessionid="+byPurpose[SessionCookie], keys(1), &Vocabulary{})
	if len(a.Matches) != 2 || a.Matches[0].Name != "messages" || a.Matches[1].Name != "sessionid" {
		t.Errorf("%+v", a.Matches)
	}
	// A value that can be checked beside one that cannot.
	a = Check("sessionid=k3a9x0w8v7u6t5s4r3q2p1o0n9m8l7k6; messages="+byPurpose[MessagesCookie], keys(), &Vocabulary{})
	if len(a.Matches) != 0 || len(a.Checked) != 1 || len(a.Reasons) != 1 {
		t.Errorf("%+v", a)
	}
}

// The same message and signature, with the separator of another library, are
// another claim: neither hides the other.
func TestOneSignatureInTwoFormsIsTriedAsBoth(t *testing.T) {
	tried := 0
	for _, v := range vectors(t) {
		at := strings.LastIndexAny(v.Value, ".:")
		if software(v) != "django-6.1.3" || !signable(v) || at < 0 {
			continue
		}
		for _, separator := range []string{".", ":", " "} {
			other := v.Value[:at] + separator + v.Value[at+1:]
			for _, text := range []string{v.Value + "\n" + other, other + "\n" + v.Value} {
				a := Check(text, keys(v.Seed), given(v))
				tried++
				if !slices.ContainsFunc(a.Matches, func(m Match) bool { return m.Key == 3 && m.Purpose == v.Purpose }) {
					t.Errorf("%s beside itself with %q: %+v", v.ID, separator, a.Matches)
				}
			}
		}
	}
	if tried < 50 {
		t.Errorf("%d texts were tried", tried)
	}
}

func TestOneCookieInManyHeadersIsOneValue(t *testing.T) {
	var value string
	for _, v := range vectors(t) {
		if v.ID == "django-6.1.3/session-cookie-json" {
			value = v.Value
		}
	}
	var b strings.Builder
	for n := range 300 {
		fmt.Fprintf(&b, "%d 'Cookie: csrftoken=%s; sessionid=%s'\n", n, testkit.Draw("csrf", n, 32, "abcdefghijklmnopqrstuvwxyz0123456789"), value)
	}
	pieces, complete := cut(b.String())
	if n := len(distinct(pieces)); !complete || n > 2*maxPerMAC {
		t.Errorf("%d claims of one cookie, all of them: %t", n, complete)
	}
	if a := Check(b.String(), keys(), &Vocabulary{}); len(a.Matches) > 0 || a.Partial {
		t.Errorf("with other keys: %+v", a)
	}
	if a := Check(b.String(), keys(1), &Vocabulary{}); len(a.Matches) != 1 {
		t.Errorf("%+v", a.Matches)
	}
}

func TestTheCodeGivesSaltsAndNames(t *testing.T) {
	v := &Vocabulary{Salts: []string{"other", "shop.invite"}, Pairs: []CookieSalt{{"basket", ""}, {"tracking", "xyz"}}}
	for _, x := range vectors(t) {
		if x.Salt != "shop.invite" && x.Salt != "xyz" || x.Seed != 1 {
			continue
		}
		value := x.Value
		if x.Salt == "xyz" { // without its name
			_, value, _ = strings.Cut(value, "=")
			value, _, _ = strings.Cut(value, ";")
		}
		a := Check(value, keys(1), v)
		if len(a.Matches) != 1 || a.Matches[0].Purpose != x.Purpose || a.Matches[0].Salt != x.Salt {
			t.Errorf("%s: %+v", x.ID, a.Matches)
		}
	}
}

// TestHostileInputsTakeBoundedWork counts what is taken apart and hashed; no
// clock decides.
func TestHostileInputsTakeBoundedWork(t *testing.T) {
	const size = 1 << 17
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	for name, input := range map[string]string{
		"quotes": fill(`"`), "escaped quotes": fill(`\"`), "one quote each": fill(`'"`), "pairs": fill("a=b;"), "equals": fill("="), "percent": fill("%25"),
		"slashes": fill("/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), "blanks": fill("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa "), "values": fill("eyJmb28iOiJiYXIifQ:1r31eq:" + strings.Repeat("A", 43) + "\n"),
		"one value": fill("A") + ":1r31eq:" + strings.Repeat("A", 43), "brackets": fill("[") + fill("]"), "entities": fill("&amp;"), "dots": fill("ey."), "lines": fill("\n"),
		"dollars": strings.Repeat("a", 40) + "$[" + fill("$"), "colons": fill(":1r31eq"), "tabs": fill("a\t"), "nested JSON": fill(`{"a":`),
	} {
		pieces, _ := cut(input)
		total := 0
		for _, p := range pieces {
			total += len(p.text)
		}
		if total > 20*size || len(pieces) > 20 {
			t.Errorf("%s: %d pieces of %d bytes", name, len(pieces), total)
		}
		if a := Check(input, keys(), &Vocabulary{}); len(a.Matches) > 0 {
			t.Errorf("%s: %+v", name, a.Matches)
		}
	}
}

func TestEveryPurposeIsDocumented(t *testing.T) {
	words, err := os.ReadFile("../../docs/key-match.md")
	if err != nil {
		t.Fatal(err)
	}
	for purpose := range purposeWords {
		if !strings.Contains(string(words), "| `"+string(purpose)+"` |") {
			t.Errorf("docs/key-match.md does not say what %s is", purpose)
		}
	}
}
