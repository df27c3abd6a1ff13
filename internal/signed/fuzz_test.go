package signed

import (
	"strings"
	"testing"
)

// FuzzCheck puts a signed value on a line of its own into any text: it is found
// there, whatever is around it, and nothing else is.
func FuzzCheck(f *testing.F) {
	all := vectors(f)
	for i, v := range all {
		f.Add(v.Value, "Set-Cookie: a=\"b\\054\"; Path=/", uint16(i))
	}
	f.Fuzz(func(t *testing.T, before, after string, n uint16) {
		v := all[int(n)%len(all)]
		if v.Purpose == uncheckable || strings.Contains(v.Value, "\n") || len(before)+len(after) > 1<<14 {
			return
		}
		a := Check("\n"+before+"\n"+v.Value+"\n"+after, keys(v.Seed), given(v))
		if len(a.Matches) == 0 && !a.Partial {
			t.Errorf("%s is not found", v.ID)
		}
		if a := Check(before+"\n"+after, keys(), &Vocabulary{}); len(a.Matches) > 0 && a.Matches[0].Purpose != ForgedCookie {
			t.Errorf("signed with a key that signs nothing: %+v", a.Matches)
		}
	})
}
