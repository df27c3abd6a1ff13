package forms

// The ids of the two findings about SECRET_KEY_FALLBACKS. Django (4.1 and
// later) checks signed cookies and the messages cookie with every fallback,
// after the prefix "django.http.cookies": with an empty fallback that prefix
// is the whole key, and it is public (django/core/signing.py,
// get_cookie_signer).
const (
	RuleEmptyFallback = "django-empty-fallback" // ''.split(',') is ['']
	RuleNoneFallback  = "django-none-fallback"  // [None] signs as b'None'
)

// dangerousFallback reports fallbacks that become public when the variable is not set.
func (p *python) dangerousFallback(t target, r result) {
	a := r.lookup
	if !a.get || a.answered || r.filtered {
		return
	}
	out := Assignment{Name: t.name, Offset: a.from, Length: a.to - a.from, Form: t.form, Traits: t.traits}
	switch {
	case a.empty && (a.split || a.listed):
		out.Rule, out.Values = RuleEmptyFallback, []string{""}
	case a.none && a.listed && !a.split:
		out.Rule, out.Values = RuleNoneFallback, []string{"None"}
	default:
		return
	}
	p.found(out)
}
