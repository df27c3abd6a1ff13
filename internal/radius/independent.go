package radius

import "github.com/djleaks/djleaks/internal/project"

// independent says what people worry about without reason.
func (s *survey) independent() {
	at, ok := s.set.Has("MIDDLEWARE", "django.middleware.csrf.CsrfViewMiddleware")
	if !ok {
		at, ok = s.set.Has("MIDDLEWARE_CLASSES", "django.middleware.csrf.CsrfViewMiddleware")
	}
	if ok && s.since("1.4") != project.No {
		s.safe(at.Site, "CSRF tokens", "they are random, not signed, since Django 1.4")
	}
	if at, ok := s.set.App("django.contrib.auth"); ok {
		s.safe(at, "passwords", "they are hashed without the key")
	}
	for _, x := range []struct {
		feature, reason string
		clues           clues
	}{
		{"tokens of Django REST framework", "they are random and kept in the database", clues{apps: []string{"rest_framework.authtoken"}}},
		{"knox tokens", "they are random and kept as hashes", clues{apps: []string{"knox"}, dists: []string{"django-rest-knox"}}},
		{"OAuth toolkit", "it does not read the key", clues{apps: []string{"oauth2_provider"}, dists: []string{"django-oauth-toolkit"}}},
		{"social-auth", "it does not read the key", clues{apps: []string{"social_django"}, dists: []string{"social-auth-app-django"}}},
		{"Celery", "its message signing uses X.509 certificates, not the key", clues{apps: []string{"django_celery_beat", "django_celery_results"}, modules: []string{"celery"}, dists: []string{"celery"}}},
		{"kombu", "it does not read the key", clues{modules: []string{"kombu"}}},
		{"huey", "SignedSerializer takes a secret of its own", clues{apps: []string{"huey.contrib.djhuey"}, modules: []string{"huey"}, dists: []string{"huey"}}},
		{"django-encrypted-model-fields", "it encrypts with FIELD_ENCRYPTION_KEY", clues{apps: []string{"encrypted_model_fields"}, dists: []string{"django-encrypted-model-fields"}}},
		{"django-invitations", "its keys are random", clues{apps: []string{"invitations"}, dists: []string{"django-invitations"}}},
		{"easy-thumbnails", "it does not read the key", clues{apps: []string{"easy_thumbnails"}, dists: []string{"easy-thumbnails"}}},
		{"imagekit", "it does not read the key", clues{apps: []string{"imagekit"}, dists: []string{"django-imagekit"}}},
		{"django-hijack", "it does not read the key", clues{apps: []string{"hijack"}, dists: []string{"django-hijack"}}},
		{"django-simple-captcha", "it does not read the key", clues{apps: []string{"captcha"}, dists: []string{"django-simple-captcha"}}},
		{"django-axes", "it does not read the key", clues{apps: []string{"axes"}, dists: []string{"django-axes"}}},
		{"django-constance", "it does not read the key", clues{apps: []string{"constance"}, dists: []string{"django-constance"}}},
		{"django-import-export", "it does not read the key", clues{apps: []string{"import_export"}, dists: []string{"django-import-export"}}},
		{"django-otp", "its secrets are not signed or encrypted with the key", clues{apps: []string{"django_otp"}, dists: []string{"django-otp"}}},
		{"second factors of django-allauth", "their secrets are not signed or encrypted with the key", clues{apps: []string{"allauth.mfa"}}},
		{"django-hashids", "it salts with DJANGO_HASHIDS_SALT", clues{apps: []string{"django_hashids"}, dists: []string{"django-hashids"}}},
		{"django-webpush", "it does not read the key", clues{apps: []string{"webpush"}, dists: []string{"django-webpush"}}},
	} {
		if seen, ok := s.sees(x.clues); ok {
			s.safe(seen.Site, x.feature, x.reason)
		}
	}
}
