package radius

import (
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/project"
	"github.com/djleaks/djleaks/internal/pysource"
	"github.com/djleaks/djleaks/scanner"
)

// flask is Flask, or itsdangerous, beside Django.
func (s *survey) flask() {
	for _, f := range s.p.Code {
		u := s.useOf(f)
		if len(u.reads) == 0 {
			continue
		}
		for _, a := range f.Assigns {
			if strings.HasSuffix(a.Name, ".secret_key") && s.isShared(&a.Value) {
				s.effect(project.Site{Path: f.Path, Line: a.Line}, scanner.Effect{
					Effect: scanner.EffectIdentity, Feature: "Flask sessions", Certain: true, Reason: a.Name + " is SECRET_KEY",
					Attack:   "forge a session, which is readable JSON: become a user",
					Rotation: "all sessions of the Flask application end", Fallbacks: scanner.HelpsNot,
				})
			}
		}
		for _, c := range f.Calls("URLSafeTimedSerializer", "URLSafeSerializer", "TimedJSONWebSignatureSerializer", "JSONWebSignatureSerializer", "TimestampSigner", "Serializer") {
			if _, ok := f.Imported("itsdangerous"); !ok || !c.MentionsAny(u.holds) {
				continue
			}
			e := scanner.Effect{
				Effect: scanner.EffectLinks, Feature: "tokens of itsdangerous", Certain: true, Reason: pysource.LastName(c.Text) + " is given SECRET_KEY",
				Attack: "forge what this code trusts", Rotation: "tokens that were given out before stop working", Fallbacks: scanner.HelpsNot,
			}
			if e = s.signs(f, c.Line, e); strings.Contains(c.Text, "JSONWebSignature") {
				e.Effect, e.Attack = scanner.EffectIdentity, "forge a token that logs in"
			}
			s.effect(project.Site{Path: f.Path, Line: c.Line}, e)
			break
		}
	}
}

// djangoQ are the signed pickles of django-q.
func (s *survey) djangoQ() {
	seen, ok := s.sees(clues{apps: []string{"django_q"}, dists: []string{"django-q2", "django-q"}})
	if !ok {
		return
	}
	if x, ok := s.set.Last("Q_CLUSTER"); ok {
		seen = sighting{x.Site, seen.Reason + ", and Q_CLUSTER is set", true}
	}
	s.effect(seen.Site, scanner.Effect{
		Effect: scanner.EffectCode, Feature: TaskQueue, Reason: seen.Reason, Certain: seen.Used,
		Attack:   "run code, for anyone who can also write to the broker (its database table or Redis): tasks are signed pickles",
		Rotation: "queued and scheduled tasks are refused and lost: drain the queue first", Fallbacks: scanner.HelpsNot,
	})
}

// tetra sends pickled state of components to the browser, encrypted with the
// key, the session's name and the user's, which the attacker has of his own.
func (s *survey) tetra() {
	seen, ok := s.sees(clues{apps: []string{"tetra"}, dists: []string{"tetra"}})
	if !ok {
		return
	}
	s.effect(seen.Site, scanner.Effect{
		Effect: scanner.EffectCode, Feature: "component state (Tetra)", Reason: seen.Reason, Certain: seen.Used,
		Attack:   "run code with a forged component state: it is an encrypted pickle",
		Rotation: "open pages break until they are loaded again", Fallbacks: scanner.HelpsNot,
	})
}

// hashids are public numbers salted with the key.
func (s *survey) hashids() {
	e := scanner.Effect{
		Effect: scanner.EffectLinks, Feature: "public ids (hashids)", Certain: true,
		Attack:   "count and enumerate ids; and the salt can be recovered from public ids",
		Rotation: "all public URLs change, and old links are not found", Fallbacks: scanner.HelpsNot,
	}
	if x, ok := s.set.Last("HASHID_FIELD_SALT"); ok {
		if s.isShared(&x.Value) {
			e.Reason = "HASHID_FIELD_SALT is SECRET_KEY"
			s.effect(x.Site, e)
		} else {
			s.safe(x.Site, "public ids (hashids)", "HASHID_FIELD_SALT is a salt of its own")
		}
	}
	for _, f := range s.p.Code {
		calls := f.Calls("Hashids")
		if len(calls) == 0 {
			continue
		}
		holds := s.useOf(f).holds
		if n := slices.IndexFunc(calls, func(c project.Expr) bool { return c.MentionsAny(holds) }); n >= 0 {
			e.Reason = "Hashids is salted with SECRET_KEY"
			s.effect(project.Site{Path: f.Path, Line: calls[n].Line}, e)
		} else {
			s.safe(project.Site{Path: f.Path, Line: calls[0].Line}, "public ids (hashids)", "Hashids has a salt of its own")
		}
	}
}

// wagtail are the URLs of images that are made on demand.
func (s *survey) wagtail() {
	if _, ok := s.sees(clues{apps: []string{"wagtail.images"}, dists: []string{"wagtail"}}); !ok {
		return
	}
	for _, f := range s.p.Code {
		_, imported := f.Imported("wagtail.images.views.serve")
		lines := f.Names("ServeView")
		if !imported || len(lines) == 0 {
			continue
		}
		s.effect(project.Site{Path: f.Path, Line: lines[len(lines)-1]}, scanner.Effect{
			Effect: scanner.EffectLinks, Feature: "image URLs (Wagtail)", Certain: true, Reason: "ServeView makes images from signed URLs",
			Attack:   "forge URLs that make the server resize images",
			Rotation: "image URLs in cached pages and in mails break", Fallbacks: scanner.HelpsNot,
		})
		return
	}
	s.safe(project.Site{}, "image URLs (Wagtail)", "no view that serves images by signed URLs was seen")
}

// wagtailTokens are the API tokens of Wagtail 8.
func (s *survey) wagtailTokens() {
	for _, f := range s.p.Code {
		if i, ok := f.Imported("wagtail.models.api"); ok && s.version("wagtail").AtLeast(project.Version{8}) != project.No {
			s.effect(project.Site{Path: f.Path, Line: i.Line}, scanner.Effect{
				Effect: scanner.EffectLinks, Feature: "API tokens (Wagtail)", Certain: s.version("wagtail").AtLeast(project.Version{8}) == project.Yes,
				Reason: "imports wagtail.models.api", Attack: "nothing by itself: the hashes are in the database",
				Rotation: "stored token hashes do not match any more", Fallbacks: s.helpOfSigner(),
			})
			return
		}
	}
}

// components are packages that sign what they send into a page.
func (s *survey) components() {
	for _, x := range []struct {
		feature string
		clues   clues
		help    scanner.Help
	}{
		{"component state (django-unicorn)", clues{apps: []string{"django_unicorn"}, dists: []string{"django-unicorn"}}, scanner.HelpsNot},
		{"field ids (django-select2)", clues{apps: []string{"django_select2"}, dists: []string{"django-select2"}}, s.helpOfSigner()},
		{"comment forms (django-contrib-comments)", clues{apps: []string{"django_comments"}, dists: []string{"django-contrib-comments"}}, scanner.HelpsNot},
		{"baskets of visitors (django-oscar)", clues{apps: []string{"oscar.apps.basket"}, dists: []string{"django-oscar"}}, s.helpOfSigner()},
		{"forms of the debug toolbar", clues{apps: []string{"debug_toolbar"}, dists: []string{"django-debug-toolbar"}}, s.helpOfSigner()},
	} {
		seen, ok := s.sees(x.clues)
		if !ok {
			continue
		}
		s.effect(seen.Site, scanner.Effect{
			Effect: scanner.EffectLinks, Feature: x.feature, Reason: seen.Reason, Certain: seen.Used,
			Attack: "forge what an open page sends back", Rotation: "open pages break until they are loaded again", Fallbacks: x.help,
		})
	}
}

// formtools are forms of several pages.
func (s *survey) formtools() {
	for _, f := range s.p.Code {
		if _, ok := f.Imported("formtools"); !ok {
			continue
		}
		e := scanner.Effect{Effect: scanner.EffectLinks, Certain: true}
		if lines := f.Names("CookieWizardView"); len(lines) > 0 {
			e.Feature, e.Reason = "wizards in a cookie (django-formtools)", "CookieWizardView is used"
			e.Attack, e.Rotation, e.Fallbacks = "forge the state of a wizard", "wizards that are open are lost", s.helpOfSigner()
			s.effect(project.Site{Path: f.Path, Line: lines[len(lines)-1]}, e)
			continue
		}
		if lines := f.Names("FormPreview"); len(lines) > 0 {
			e.Feature, e.Reason = "form previews (django-formtools)", "FormPreview is used"
			e.Attack, e.Rotation, e.Fallbacks = "forge the hash of a preview", "previews that are open are refused", scanner.HelpsNot
			s.effect(project.Site{Path: f.Path, Line: lines[len(lines)-1]}, e)
			continue
		}
		if lines := f.Names("SessionWizardView"); len(lines) > 0 {
			s.safe(project.Site{Path: f.Path, Line: lines[0]}, "wizards (django-formtools)", "SessionWizardView keeps its state in the session")
		}
	}
}
