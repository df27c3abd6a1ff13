package value

import (
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
)

// everyByte is the alphabet of os.urandom, as Python 3 reads its literal.
func everyByte() string {
	var out strings.Builder
	for c := range 0x80 {
		out.WriteByte(byte(c))
	}
	return out.String()
}

func TestValuesHaveTheirClass(t *testing.T) {
	raw := testkit.Draw("urandom", 1, 24, everyByte())
	for class, values := range map[Class][]string{
		Insecure:    {testkit.InsecureKey(1)},
		Django:      {testkit.Key(1), strings.ReplaceAll(testkit.Key(3), "&", "&amp;")},
		Random:      {testkit.Made("hex", 1), testkit.Made("alnum", 1), "b3f1c2d4-5e6a-4b7c-8d9e-0f1a2b3c4d5e", testkit.Key(1) + "x", testkit.Key(1)[:30], "prefix-of-words-" + testkit.Made("alnum", 2), raw},
		MadeUp:      {"s3cr3t", "correct-horse-battery-staple", "hard to guess", "django-insecure-fluffy-cat", "sekrit"},
		Repetitive:  {strings.Repeat("a", 50), "0123456789abcdef0123456789abcdef", "abcabcabcabcabcabcabc", "django-insecure-aaaaaaaaaabbbbbbbbbb"},
		Dummy:       {"dev", "test-secret-key", "not-a-secret", "ci-only", "NotASecret", "x", "do-not-keep-this", "n/a"},
		Placeholder: {"changeme", "change-me", "ChangeMeInProduction", "YOUR_SECRET_KEY", "your secret key", "<your-key>", "[SECRET_KEY]", "TODO", "troque-me-em-producao", "请替换", "ch4ng3-m3", "!!!SET SECRET_KEY!!!", "замените-меня"},
		Masked:      {"****", "xxxxxxxx", "REDACTED", "...", "-", "django-insecure-****", "••••••"},
		Reference: {"${SECRET_KEY}", "$SECRET_KEY", "{{ secret_key }}", "{% x %}", "<%= x %>", "$(openssl rand -hex 32)", "`cat x`", "%(SECRET_KEY)s", "%SECRET_KEY%", "@@KEY@@", "ENC[AES256_GCM,data]", "op://vault/django/key",
			"/run/secrets/key", "arn:aws:secretsmanager:x", "vault:secret/data#KEY", "projects/p/secrets/s/versions/1", "{}", "%s", "{secret_key}", "app.settings.get_key"},
		Empty: {"", "  ", strings.Repeat("long", 200)},
	} {
		for i, v := range values {
			if got := Classify(v, "SECRET_KEY"); got != class {
				t.Errorf("value %d of class %q (%d bytes) is %q", i, kinds[class], len(v), kinds[got])
			}
		}
	}
}

func TestKeysOfDocumentationAreKnown(t *testing.T) {
	// Printed in Flask's and FastAPI's documentation, in pieces.
	for i, v := range []string{
		"192b9bdd22ab9ed4d12e236c78afcb9a" + "393ec15f71bbf5dc987d54727823bcbf", "09d25e094faa6ca2556c818166b7a956" + "3b93f7099f6f0f4caa6cf63b88e8d3e7",
		"A0Zr98j/3yX R~" + "XHH!jmN]LWX/,?RT", "_5#y2L\"F4Q8z" + "\n\xec]/", "b'_5#y2L\"F4Q8z" + `\n\xec]/'`,
	} {
		if got := Classify(v, "SECRET_KEY"); got != Public {
			t.Errorf("key %d of the documentation is %q", i, kinds[got])
		}
	}
}

func TestDjangosShapeNeedsEveryPartOfIt(t *testing.T) {
	key := testkit.Key(1)
	for what, v := range map[string]string{
		"too short": key[1:], "too long": key + "a", "upper case": strings.ToUpper(key), "a space": " " + key[1:],
		"a sentence": "please-keep-this-key-a-secret-and-do-not-tell-all!"[:50],
	} {
		if _, ok := DjangoShape(v); ok {
			t.Errorf("%s: has Django's shape", what)
		}
	}
}
