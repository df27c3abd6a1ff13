package forms

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
)

func anchored(text string) bool {
	return len(anchorSet().Append(nil, []byte(text), 0, len(text))) > 0
}

func TestEveryNameOfAKeyIsAnAnchor(t *testing.T) {
	for _, text := range []string{
		"SECRET_KEY", "secretKey", "secret-key", "django.secret.key", "DJANGO_SECRET_KEY_OLD", "JWT_SIGNING_KEY", "SECRET=", "SECRET = x", "'SECRET': 'x'", `os.environ["APP_SECRET"] = 1`, "get('SECRET', 'x')",
		"SECRET := x", "export DJANGO_SECRET='x'", "secret:\n  key: x", `{\"SECRET\": 1}`, "x django-insecure-", "DJANGO-INSECURE-",
	} {
		if !anchored(text) {
			t.Errorf("%q is not an anchor", text)
		}
		for _, how := range []string{"utf-16le", "utf-16be"} {
			if wide := string(testkit.Encode(text+"\n", how)); !anchored(wide) {
				t.Errorf("%q is not an anchor in %s", text, how)
			}
		}
	}
}

func TestWordsThatAreNotNamesAreNotAnchors(t *testing.T) {
	for _, text := range []string{"keep it secret", "secret key", "secrets.X", "the secret of", "client_secret", "secret == x", "topsecret", "Secretary", "secret_access", "django-insecur", "secret", "secret, and"} {
		if anchored(text) {
			t.Errorf("%q is an anchor", text)
		}
	}
}

func TestBase64OfThePrefixIsAnAnchorAtEveryOffset(t *testing.T) {
	for _, before := range []string{"", "x", "KEY=", "ab", "a longer text: "} {
		text := base64.StdEncoding.EncodeToString([]byte(before + "django-insecure-after it"))
		if !anchored(text) {
			t.Errorf("no anchor after %d bytes", len(before))
		}
	}
	if anchored("zGPHBMDVlwLUC2vJDXjL") {
		t.Error("base64 in another case is an anchor")
	}
}

func TestAnAnchorIsDecidedByItsExtent(t *testing.T) {
	extent := Anchors().Extent()
	for _, text := range []string{
		"SECRET" + strings.Repeat(" ", lookahead-1) + "= value of a key",
		"SECRET" + strings.Repeat(" ", lookahead) + "= value of a key",
		"django-insecure-and what is after it",
		wideText("SECRET"+strings.Repeat(" ", lookahead/2-2)+"= value of a key", 2),
		wideText("SECRET"+strings.Repeat(" ", lookahead/4-2)+"= value of a key", 4),
		wideText("django-insecure-", 4) + "and what is after it",
		wideText("django-insecure-", 2) + "and what is after it",
	} {
		for n := min(extent, len(text)); n <= len(text); n++ {
			if anchored(text[:min(extent, len(text))]) != anchored(text[:n]) {
				t.Errorf("%q: %d bytes decide otherwise than %d", text, n, extent)
			}
		}
	}
	if extent > 48 {
		t.Errorf("what a delta inserts is searched with %d bytes before it", extent)
	}
}
