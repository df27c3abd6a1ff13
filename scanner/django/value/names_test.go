package value

import "testing"

func TestNamesAreTheSitesOrSomebodyElses(t *testing.T) {
	for class, names := range map[NameClass][]string{
		NameMain: {"SECRET_KEY", "DJANGO_SECRET_KEY", "DJANGO_SECRET", "settings.SECRET_KEY", "OLD_SECRET_KEY", "SECRET_KEY_FALLBACKS", "PREVIOUS_SECRET_KEYS", "OW4_DJANGO_SECRET_KEY",
			"django_secret_key", "django-secret-key", "django.secretKey", "djangoSecretKey", "_SECRET_KEY", "DEFAULT_SECRET_KEY", "SECRET_KEY_DEV", "TF_VAR_DJANGO_SECRET_KEY", "SECRET_KEY_2", "SECRETKEY"},
		NameOther: {"SECRET", "APP_SECRET", "FLASK_SECRET_KEY", "JWT_SECRET", "JWT_SECRET_KEY", "SIGNING_KEY", "secretKey", "secret_key", "secret-key", "app.secret_key", "DD_SECRET_KEY", "AMY_SECRET_KEY", "jwt_signing_key"},
		NameNone: {"SECRET_KEY_FILE", "SECRET_KEY_BASE", "SECRET_KEY_LENGTH", "get_random_secret_key", "check_secret_key", "AWS_SECRET_KEY", "STRIPE_SECRET_KEY", "stripe.secretKey", "client_secret", "secret", "clientSecret",
			"secretKeyRef", "SECRET_KEY_INSECURE_PREFIX", "_secret_key_file", "hmac-secret-key", "crypto_box_SECRETKEYBYTES", "nacl.sign.secretKeyLength", "CODE_SIGNING_KEY", "RCLONE_S3_SECRET_KEY", "GET_SECRET_KEY", "SECRET_KEY_WARNING_MSG", ""},
	} {
		for _, name := range names {
			if got := JudgeName(name); got != class {
				t.Errorf("%s: class %d, want %d", name, got, class)
			}
		}
	}
}
