package signed

import (
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
)

// FuzzCheck puts a signed value on a line of its own into any text: it is found
// there, whatever is around it, and nothing else is.
//
// What is around a value decides what is tried, not what a trial gives: each run
// looks for the claim that the value's key is known to have signed, and only those
// whose number is at least wholeRuns compute signatures, which cost a thousand times as much.
func FuzzCheck(f *testing.F) {
	const wholeRuns = 0xff00
	all := vectors(f)
	signed := make([]claim, len(all))
	for i, v := range all {
		f.Add(v.Value, "Set-Cookie: a=\"b\\054\"; Path=/", uint16(i))
		if signable(v) {
			signed[i] = signedClaim(f, v)
			if at := strings.LastIndexByte(v.Value, ':'); at > 0 && i%8 == 0 { // the same with another separator
				f.Add(v.Value[:at]+" "+v.Value[at+1:], "", uint16(i))
			}
		}
	}
	f.Add("x", "y", uint16(wholeRuns))
	f.Fuzz(func(t *testing.T, before, after string, n uint16) {
		v, want := all[int(n)%len(all)], signed[int(n)%len(all)]
		if !signable(v) || len(before)+len(after) > 1<<14 {
			return
		}
		pasted := "\n" + before + "\n" + v.Value + "\n" + after
		pieces, complete := cut(decoded(pasted))
		found := !complete
		for _, c := range distinct(pieces) {
			found = found || (c.scheme == want.scheme || !want.sure) && c.message == want.message && string(c.mac) == string(want.mac)
			if len(c.mac) != c.hash.Size() {
				t.Errorf("a signature of %d bytes by a hash of %d", len(c.mac), c.hash.Size())
			}
		}
		if !found {
			t.Errorf("%s is not found", v.ID)
		}
		if n < wholeRuns {
			return
		}
		if a := Check(pasted, keyOf(v), given(v)); len(a.Matches) == 0 && !a.Partial {
			t.Errorf("%s is not found by its key", v.ID)
		}
		if a := Check(before+"\n"+after, keys(), &Vocabulary{}); len(a.Matches) > 0 && a.Matches[0].Purpose != ForgedCookie {
			t.Errorf("signed with a key that signs nothing: %+v", a.Matches)
		}
	})
}

// signable reports whether a vector can be checked on a line of its own.
func signable(v vector) bool { return v.Purpose != uncheckable && !strings.Contains(v.Value, "\n") }

func keyOf(v vector) []scanner.Secret {
	return []scanner.Secret{scanner.NewSecret(testkit.Key(v.Seed))}
}

// signedClaim returns the claim of a vector's value that its key has signed.
func signedClaim(f *testing.F, v vector) claim {
	pieces, _ := cut(decoded(v.Value))
	t := trial{vocabulary: given(v), candidates: candidatesOf(keyOf(v)), keys: 1, claims: distinct(pieces), found: map[int]found{}}
	t.plan()
	t.run()
	for i := range t.claims {
		if _, ok := t.found[i]; ok {
			return t.claims[i]
		}
	}
	f.Fatalf("%s is not found", v.ID)
	return claim{}
}
