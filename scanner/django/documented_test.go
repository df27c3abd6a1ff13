package django_test

import (
	"testing"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django"
)

// Keys in the style of Django's own documentation, which other scanners do not
// see. They are public.
var documentedKeys = []string{
	`s!)5@5s79sp=92a+!f4v!1g0d0+64ln3d$xm1f_7=749ht&-zi`, // djleaks: allow[printed in public documentation]
	`e_yc)hw!+t7t^^l1k=1tpamz1)*hhopn^!ne-bqegqa7*nwmfe`, // djleaks: allow[printed in public documentation]
	`_)+%kymd=f^8o_fea1*yro7atz3w+5(t2/lm2cz70*e$2mn\g3`, // djleaks: allow[printed in public documentation]
}

func TestTheKeysThatDjangoPrintsAreHighOrAbove(t *testing.T) {
	d := django.New()
	for i, key := range documentedKeys {
		for _, form := range []string{"SECRET_KEY = r'", "import os\n\nSECRET_KEY = r'"} {
			text := []byte(form + key + "'\n")
			found := d.Find(text, d.Anchors().Append(nil, text, 0, len(text)))
			if len(found) != 1 || found[0].Secret.Reveal() != key {
				t.Errorf("key %d: %d matches", i, len(found))
				continue
			}
			if severity, _ := d.Severity(&found[0], "mysite/settings.py"); severity < scanner.High {
				t.Errorf("key %d: %s, %s", i, found[0].Class, severity)
			}
		}
	}
	// As it is printed, without the r: \g is not an escape, and stays as it is.
	text := []byte("SECRET_KEY = '" + documentedKeys[2] + "'\n")
	if found := d.Find(text, d.Anchors().Append(nil, text, 0, len(text))); len(found) != 1 || found[0].Secret.Reveal() != documentedKeys[2] {
		t.Errorf("the key with a backslash, in a plain string: %d matches", len(found))
	}
}
