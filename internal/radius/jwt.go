package radius

import (
	"strings"

	"github.com/djleaks/djleaks/internal/project"
	"github.com/djleaks/djleaks/scanner"
)

// tokens is the effect of a package that signs tokens with the key itself.
func tokens(feature string) scanner.Effect {
	return scanner.Effect{
		Effect: scanner.EffectIdentity, Feature: feature,
		Attack:    "make a token for any user from nothing but the user's number",
		Rotation:  "all tokens die, refresh tokens too: every client signs in again",
		Fallbacks: scanner.HelpsNot,
	}
}

// simpleJWT are djangorestframework-simplejwt and what is built like it.
func (s *survey) simpleJWT() {
	for _, x := range []struct {
		feature, setting string
		clues            clues
	}{
		{SimpleJWT, "SIMPLE_JWT", clues{
			apps: []string{"rest_framework_simplejwt"}, dists: []string{"djangorestframework-simplejwt"},
		}},
		{"JWT tokens (django-ninja-jwt)", "NINJA_JWT", clues{apps: []string{"ninja_jwt"}, dists: []string{"django-ninja-jwt"}}},
	} {
		seen, ok := s.sees(x.clues)
		if !ok && x.setting == "SIMPLE_JWT" {
			seen, ok = s.restAuthJWT()
		}
		if !ok || !seen.Used {
			if at, listed := s.set.Has("REST_FRAMEWORK", x.clues.apps[0]); listed {
				seen, ok = sighting{at.Site, x.clues.apps[0] + " authenticates requests", true}, true
			} else if !ok {
				seen, ok = s.configured(x.setting)
			}
		}
		if !ok {
			continue
		}
		key, answer := s.set.Nested(x.setting, "SIGNING_KEY")
		s.shared(seen, x.setting+`["SIGNING_KEY"]`, key, answer, tokens(x.feature))
	}
}

// restAuthJWT sees dj-rest-auth, if it is told to make JWTs.
func (s *survey) restAuthJWT() (sighting, bool) {
	if _, ok := s.sees(clues{apps: []string{"dj_rest_auth"}}); !ok {
		return sighting{}, false
	}
	use, answer := s.set.Nested("REST_AUTH", "USE_JWT")
	if answer != project.Yes {
		use, answer = s.setting("REST_USE_JWT")
	}
	if answer == project.Yes && use.Value.Kind == project.Name && use.Value.Text == "True" {
		return sighting{use.Site, "dj-rest-auth makes JWTs", true}, true
	}
	return sighting{}, false
}

// drfJWT are the older packages for Django REST framework.
func (s *survey) drfJWT() {
	seen, ok := s.sees(clues{apps: []string{"rest_framework_jwt"}, dists: []string{"drf-jwt", "djangorestframework-jwt"}})
	if !ok || !seen.Used {
		if at, listed := s.set.Has("REST_FRAMEWORK", "rest_framework_jwt"); listed {
			seen, ok = sighting{at.Site, "rest_framework_jwt authenticates requests", true}, true
		} else if !ok {
			seen, ok = s.configured("JWT_AUTH")
		}
	}
	if !ok {
		return
	}
	s.sharedJWT(seen, "JWT_AUTH", tokens("JWT tokens (drf-jwt)"))
}

// sharedJWT adds the effect of a package unless its dictionary of settings gives
// it a secret or a private key of its own.
func (s *survey) sharedJWT(seen sighting, setting string, e scanner.Effect) {
	name := "JWT_SECRET_KEY"
	key, answer := s.set.Nested(setting, name)
	if answer != project.Yes {
		if private, a := s.set.Nested(setting, "JWT_PRIVATE_KEY"); a == project.Yes {
			key, answer, name = private, a, "JWT_PRIVATE_KEY"
		}
	}
	s.shared(seen, setting+`["`+name+`"]`, key, answer, e)
}

// graphqlJWT is django-graphql-jwt and what was made after it, with the same
// setting.
func (s *survey) graphqlJWT() {
	product := "django-graphql-jwt"
	seen, ok := s.sees(clues{apps: []string{"graphql_jwt"}, dists: []string{product}})
	for _, other := range []clues{
		{apps: []string{"ariadne_jwt"}, dists: []string{"ariadne-jwt"}},
		{apps: []string{"strawberry_django_jwt"}, dists: []string{"strawberry-django-jwt"}},
	} {
		if !ok {
			if seen, ok = s.sees(other); ok {
				product = other.dists[0]
			}
		}
	}
	if !ok {
		seen, ok = s.configured("GRAPHQL_JWT")
	}
	if !ok {
		return
	}
	s.sharedJWT(seen, "GRAPHQL_JWT", tokens("JWT tokens ("+product+")"))
}

// headlessJWT are the tokens of django-allauth's API, where they are JWTs with a
// symmetric signature.
func (s *survey) headlessJWT() {
	const strategy, algorithm = "HEADLESS_TOKEN_STRATEGY", "HEADLESS_JWT_ALGORITHM"
	x, ok := s.set.Last(strategy)
	if value, _, known := x.Value.Default(); !ok || !known || !strings.Contains(value, "jwt") {
		return
	}
	const feature = "JWT tokens (django-allauth headless)"
	alg, ok := s.set.Last(algorithm)
	if value, _, known := alg.Value.Default(); !ok || known && !strings.HasPrefix(value, "HS") {
		s.safe(x.Site, feature, algorithm+" is asymmetric: HEADLESS_JWT_PRIVATE_KEY signs them")
		return
	}
	key, answer := s.setting("HEADLESS_JWT_PRIVATE_KEY")
	s.shared(sighting{alg.Site, algorithm + " is symmetric", true}, "HEADLESS_JWT_PRIVATE_KEY", key, answer, tokens(feature))
}

// jwtPackages are further packages that sign JWTs, each with the setting that
// could give it a key of its own.
func (s *survey) jwtPackages() {
	for _, x := range []struct {
		clues         clues
		feature       string
		setting, name string // of the dictionary, and in it; only name for a setting by itself
	}{
		{clues{apps: []string{"gqlauth"}, dists: []string{"strawberry-django-auth"}}, "JWT tokens (strawberry-django-auth)", "GQL_AUTH", "JWT_SECRET_KEY"},
		{clues{apps: []string{"jwt_auth"}, dists: []string{"django-jwt-auth"}, common: true}, "JWT tokens (django-jwt-auth)", "", "JWT_SECRET_KEY"},
	} {
		seen, ok := s.sees(x.clues)
		if !ok {
			continue
		}
		if x.setting == "" {
			key, answer := s.setting(x.name)
			s.shared(seen, x.name, key, answer, tokens(x.feature))
			continue
		}
		key, answer := s.set.Nested(x.setting, x.name)
		s.shared(seen, x.setting+`["`+x.name+`"]`, key, answer, tokens(x.feature))
	}
}
