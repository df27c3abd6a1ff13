package value

import "testing"

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
