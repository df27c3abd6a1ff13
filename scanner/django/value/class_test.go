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
		Insecure: {testkit.InsecureKey(1)},
		Django:   {testkit.Key(1), strings.ReplaceAll(testkit.Key(3), "&", "&amp;")},
		Random:   {testkit.Made("hex", 1), testkit.Made("alnum", 1), "b3f1c2d4-5e6a-4b7c-8d9e-0f1a2b3c4d5e", testkit.Key(1) + "x", testkit.Key(1)[:30], "<" + testkit.Made("alnum", 9) + ">", "[" + testkit.Made("urlsafe", 9) + "]", "prefix-of-words-" + testkit.Made("alnum", 2), raw},
		// Typed at random; in halves, so that the repository holds none.
		Mashed: {"rn5Q" + "lpsE6N", "sadka" + "om0a29j2", "mco9" + "34$@)NHUYTC%6789", "LASERbak" + "wero@!#$@#$988AAAA1234952837abcKwv", "kjh234" + "kjh23k4jh", "hellelsadfjasf" + "djasjdfjlasdjflajsdflajs"},
		MadeUp: {"s3cr3t", "5up3r53cr37K3y", "myS3cretK3y", "BattlefieldProportionalEmploys1", "asdf1234ghjk",
			"asdfghjklqwertyuiopzxcvbnm1234567890", "1qaz2wsx3edc4rfv5tgb", "1q2w3e4r5t6y7u8i9o0p", "poiuytrewqlkjhgfdsa", "!@#$%^&*()_+qwertyuiop", "correct-horse-battery-staple", "hard to guess", "django-insecure-fluffy-cat", "sekrit"},
		Repetitive:  {strings.Repeat("a", 50), "0123456789abcdef0123456789abcdef", "abcabcabcabcabcabcabc", "django-insecure-aaaaaaaaaabbbbbbbbbb"},
		Dummy:       {"dev", "test-secret-key", "not-a-secret", "ci-only", "NotASecret", "x", "do-not-keep-this", "n/a"},
		Placeholder: {"changeme", "change-me", "ChangeMeInProduction", "YOUR_SECRET_KEY", "your secret key", "<your-key>", "[SECRET_KEY]", "TODO", "troque-me-em-producao", "请替换", "ch4ng3-m3", "!!!SET SECRET_KEY!!!", "замените-меня", "<Sp3C1Fy R@ND0m V4lu3>", "<put it in here>", "<your_key>"},
		Masked:      {"****", "xxxxxxxx", "REDACTED", "...", "-", "django-insecure-****", "••••••"},
		Reference: {"${SECRET_KEY}", "$SECRET_KEY", "{{ secret_key }}", "{% x %}", "<%= x %>", "$(openssl rand -hex 32)", "`cat x`", "%(SECRET_KEY)s", "%SECRET_KEY%", "@@KEY@@", "ENC[AES256_GCM,data]", "op://vault/django/key",
			"/run/secrets/key", "arn:aws:secretsmanager:x", "vault:secret/data#KEY", "projects/p/secrets/s/versions/1", "{}", "%s", "{secret_key}", "app.settings.get_key",
			"%generate(secret)%", "^^ vault_secret_key ^^", "^^winthrop_secret_key^^", "encrypted:BMgFj" + "9d0Z2", "EJ[1:aGVs" + "bG8=:d29y]", "ENC(G6N718UuyPE5bHyWKyuLQSm02auQPUtm)", "{cipher}682bc583f4641835fa2db009355293665d2647dade3375c0ee201de2a49f7bda", "U2FsdGVkX1" + testkit.Made("alnum", 3),
			"@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/k/1)", "awssm://prod/django#key", "secretref+vault://kv/app#/KEY", "keyring://django/key", "vault:secret/data/app#KEY", "env:DJANGO_KEY", "gAAAAA" + testkit.Made("urlsafe", 1) + testkit.Made("urlsafe", 2) + "==abcdefghijkl",
			"{AES}" + testkit.Made("base64", 3), "AQICAH" + testkit.Made("base64", 4),
			// Keys of other products.
			"ghp_" + testkit.Made("alnum", 5)[:36], "github_pat_" + testkit.Made("alnum", 6), "glpat-" + testkit.Made("urlsafe", 7)[:20], "sk_live_" + testkit.Made("alnum", 8)[:24], "whsec_" + testkit.Made("alnum", 9)[:32], "AKIA" + strings.ToUpper(testkit.Made("alnum", 1)[:16]),
			"xoxb-" + testkit.Made("alnum", 2), "SG." + testkit.Made("urlsafe", 3)[:22] + "." + testkit.Made("urlsafe", 4), "hf_" + testkit.Made("alnum", 4)[:34], "xkeysib-" + testkit.Made("hex", 5), "0x" + testkit.Made("hex", 6), "sk-ant-" + testkit.Made("urlsafe", 5),
			// Patterns of other scanners.
			`[^\r\n]+`, `[A-Za-z0-9]{50}`, `DJANGO_SECRET_KEY=[A-Za-z0-9]{50}`, `.+`, `\w+`, `(?P<secret_key>[A-Za-z0-9+\/\\\n]{10,}={0,3})`, `(?=[^\v\'\"]*)(?=[a-zA-Z0-9_!@#$%^&])[^\v\'\"]*[^\v,\'\"` + "`]",
		},
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
