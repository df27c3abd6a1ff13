package project

import "testing"

// FuzzWords reads anything for Python: it ends, and its lists keep their bounds.
func FuzzWords(f *testing.F) {
	f.Add("SALT = PREFIX + f\"{__name__}.x\"\nr.set_signed_cookie(A, v, salt=(\"b\" \"c\"))\nclass S(Signer): pass\n")
	f.Add("salt=salt=salt=((((\"")
	f.Add("dumps(*a, **b, c=[d for e in f], salt={1: 2}['x'])")
	f.Fuzz(func(t *testing.T, text string) {
		var w Words
		w.Add("a/b/c.py", []byte(text))
		w.Add("a/b/c.py", []byte(text))
		if len(w.Salts()) > maxSalts || len(w.Cookies()) > maxCookies || len(w.CookieSalts()) > maxPairs || len(w.Classes()) > maxClasses {
			t.Error("more words than their bounds")
		}
	})
}
