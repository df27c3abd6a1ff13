package django

// The ids of the two findings about SECRET_KEY_FALLBACKS. Django (4.1 and
// later) checks signed cookies and the messages cookie with every fallback,
// behind the prefix "django.http.cookies": with an empty fallback that prefix
// is the whole key, and it is public (django/core/signing.py,
// get_cookie_signer).
const (
	ruleEmptyFallback = "django-empty-fallback" // ''.split(',') is ['']
	ruleNoneFallback  = "django-none-fallback"  // [None] signs as b'None'
)

// trap reports fallbacks that become public when the variable is not set.
func (p *python) trap(t target, r result, emit func(assignment)) {
	a := r.asked
	if !a.get || a.answered || r.filtered {
		return
	}
	out := assignment{name: t.name, offset: a.from, length: a.to - a.from, form: t.form, traits: t.traits}
	switch {
	case a.empty && (a.split || a.listed):
		out.rule, out.values = ruleEmptyFallback, []string{""}
	case a.none && a.listed && !a.split:
		out.rule, out.values = ruleNoneFallback, []string{"None"}
	default:
		return
	}
	emit(out)
}
