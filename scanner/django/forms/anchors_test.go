package forms

import (
	"encoding/base64"
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
			t.Errorf("%q is no anchor", text)
		}
		for _, how := range []string{"utf-16le", "utf-16be"} {
			if wide := string(testkit.Encode(text+"\n", how)); !anchored(wide) {
				t.Errorf("%q is no anchor in %s", text, how)
			}
		}
	}
}

func TestWordsThatAreNoNamesAreNoAnchors(t *testing.T) {
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
	text := "SECRET          'KEY'       = x"
	extent := Anchors().Extent()
	for n := extent; n <= len(text); n++ {
		if anchored(text[:extent]) != anchored(text[:n]) {
			t.Errorf("%d bytes decide otherwise than %d", n, extent)
		}
	}
}
