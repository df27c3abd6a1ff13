package value

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestNamesAreTheSitesOrSomebodyElses(t *testing.T) {
	for class, names := range map[NameClass][]string{
		NameMain: {"SECRET_KEY", "DJANGO_SECRET_KEY", "DJANGO_SECRET", "settings.SECRET_KEY", "OLD_SECRET_KEY", "SECRET_KEY_FALLBACKS", "PREVIOUS_SECRET_KEYS", "OW4_DJANGO_SECRET_KEY",
			"django_secret_key", "django-secret-key", "django.secretKey", "djangoSecretKey", "_SECRET_KEY", "DEFAULT_SECRET_KEY", "SECRET_KEY_DEV", "TF_VAR_DJANGO_SECRET_KEY", "SECRET_KEY_2", "SECRETKEY"},
		NameOther: {"SECRET", "APP_SECRET", "FLASK_SECRET_KEY", "JWT_SECRET", "JWT_SECRET_KEY", "SIGNING_KEY", "secretKey", "secret_key", "secret-key", "app.secret_key", "DD_SECRET_KEY", "AMY_SECRET_KEY", "jwt_signing_key"},
		NameNone: {"SECRET_KEY_FILE", "SECRET_KEY_BASE", "SECRET_KEY_LENGTH", "get_random_secret_key", "check_secret_key", "AWS_SECRET_KEY", "STRIPE_SECRET_KEY", "stripe.secretKey", "client_secret", "secret", "clientSecret",
			"secretKeyRef", "SECRET_KEY_INSECURE_PREFIX", "_secret_key_file", "hmac-secret-key", "crypto_box_SECRETKEYBYTES", "nacl.sign.secretKeyLength", "CODE_SIGNING_KEY", "RCLONE_S3_SECRET_KEY", "GET_SECRET_KEY", "SECRET_KEY_WARNING_MSG", "existingSecretKey", "auth.existingSecretKey", "devise_secret_key", "WX_SECRET_KEY", ""},
	} {
		for _, name := range names {
			if got := JudgeName(name); got != class {
				t.Errorf("%s: class %d, want %d", name, got, class)
			}
		}
	}
}

func TestLabelsAndEntriesAreNotKeys(t *testing.T) {
	for _, c := range []struct {
		name, value string
		label       bool
	}{
		{"secret_key", "Secret key", true}, {"SECRET_KEY", "Secret key", true}, {"SECRET_KEY", "SECRET KEY", false}, {"SECRET_KEY", "secret_key", false},
		{"SECRET_KEY", "system.secret-key", true}, {"SECRET_KEY", "my secret.key", false}, {"SECRET_KEY", "very-secret-key", false},
		{"secretKey", "WHATAP_LICENSE", true}, {"auth.secretKey", "redis-password", true}, {"secretKey", "fluffy-cat", false}, {"SECRET_KEY", "DB_PASSWORD", false},
	} {
		if got := IsLabel(c.value, c.name); got != c.label {
			t.Errorf("%s of %d bytes: label %v", c.name, len(c.value), got)
		}
	}
}

func TestKeysOfOtherProductsAreTold(t *testing.T) {
	for name, want := range map[string]bool{"WEB_API_SECRET_KEY": true, "STRIPE_SECRET_KEY": true, "SECRET_KEY": false, "DJANGO_SECRET_KEY": false, "GET_API_SECRET_KEY": false, "API_SECRET_KEY_FILE": false, "APP_SECRET": false} {
		if got := IsForeignKey(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// What is said of a name alone holds after any object too: names are made of the words
// that decide, in each spelling.
func TestANameThatCannotBeAKeysIsNoneInAnyObject(t *testing.T) {
	words := []string{"secret", "key", "keys", "ref", "base", "django", "app", "signing", "jwt", "aws", "old", "2", "get", "secretkey", "name", "dev", "settings", ""}
	random := rand.New(rand.NewPCG(3, 5))
	made := func() string {
		var b strings.Builder
		for range 1 + random.IntN(4) {
			word := words[random.IntN(len(words))]
			switch random.IntN(3) {
			case 0:
				word = "_" + strings.ToUpper(word)
			case 1:
				word = "-" + word
			case 2:
				if word != "" {
					word = strings.ToUpper(word[:1]) + word[1:]
				}
			}
			b.WriteString(word)
		}
		return b.String()
	}
	never, some := 0, 0
	for range 50_000 {
		name := made()
		if !CannotName(name) {
			some++
			continue
		}
		never++
		if whole := made() + "." + name; MayName(name) || MayName(whole) {
			t.Fatalf("%s can be a key's, in %s", name, whole)
		}
	}
	if never < 10_000 || some < 10_000 {
		t.Errorf("%d names cannot be a key's, %d are others", never, some)
	}
	for _, name := range []string{"secretKeyRef", "secretName", "secret_keyword", "SECRET_KEY_FILE", strings.Repeat("secret_", 20)} {
		if !CannotName(name) {
			t.Errorf("%s can be a key's", name)
		}
	}
	for _, name := range []string{"secret", "clientSecret", "get_secret_key", "AWS_SECRET_KEY", ""} {
		if CannotName(name) {
			t.Errorf("%s cannot be a key's: an object before it can make it one", name)
		}
	}
}

// A memory that answers with what it kept of another name, or of an earlier round,
// would make a key of it.
func TestANameIsJudgedAsItWouldBeWithoutMemory(t *testing.T) {
	for round := range 3 {
		for n := range 5_000 { // more than there is room for
			name := []string{"DJANGO_SECRET_KEY_%d", "secretKeyRef%d", "AWS_%d_SECRET_KEY", "amy_secret_key_%d"}[n%4]
			name = fmt.Sprintf(name, n/4%1000)
			if got, want := kindOfName(name), judgeKind(name); got != want {
				t.Fatalf("%s in round %d: %d, want %d", name, round, got, want)
			}
		}
	}
	if allocations := testing.AllocsPerRun(100, func() { JudgeName("AMY_SECRET_KEY") }); allocations > 0 {
		t.Errorf("a name that was judged lately takes %v allocations", allocations)
	}
}
