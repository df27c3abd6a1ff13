package signed

import (
	"slices"
	"strings"
	"testing"
)

func TestSaltsAndNamesAreReadFromTheCode(t *testing.T) {
	var c Code
	c.Add("shop/constants.py", []byte(`
INVITE_SALT = "shop.invite"
BASKET = 'basket' # a name
PREFIX = "shop"
LINK_SALT: str = PREFIX + ".link"
OPTIONS = {"SALT": "from-a-dict"}
`))
	c.Add("src/shop/views.py", []byte(`
from django.core import signing
from . import constants

def view(request):
    """salt="in a docstring" """
    # salt="in a comment"
    signing.dumps({"a": 1}, salt=constants.INVITE_SALT)
    signing.loads(token, None, "third.argument", max_age=60)
    signing.Signer(salt=("shop."
                         "two parts"))
    signing.TimestampSigner(salt=f"{__name__}.token")
    signer = Signer(salt=getattr(settings, "UNSUBSCRIBE_SALT", "shop.unsubscribe"))
    response.set_signed_cookie(constants.BASKET, value, salt='bask' + 'et-salt', max_age=60)
    request.get_signed_cookie(key="tracking", default=None)
    URLSafeTimedSerializer(app.config["SECRET_KEY"], "positional")
    json.dumps({"x": "no salt"})

class LinkSigner(signing.TimestampSigner):
    pass

class UserSessionStore(db.SessionStore):
    pass
`))
	v := c.Vocabulary()
	for _, salt := range []string{
		"shop.invite", "shop.link", "from-a-dict", "third.argument", "shop.two parts", "shop.views.token", "shop.unsubscribe",
		"basket-salt", "positional", "src.shop.views.LinkSigner", "shop.views.LinkSigner",
	} {
		if !slices.Contains(v.Salts, salt) {
			t.Errorf("salt %q is not read; %q", salt, v.Salts)
		}
	}
	if joined := strings.Join(v.Salts, "|"); strings.Contains(joined, "comment") || strings.Contains(joined, "docstring") {
		t.Errorf("salts: %q", v.Salts)
	}
	if !slices.Contains(v.Cookies, "basket") || !slices.Contains(v.Cookies, "tracking") {
		t.Errorf("cookies: %q", v.Cookies)
	}
	if want := []CookieSalt{{"basket", "basket-salt"}, {"tracking", ""}}; !slices.Equal(v.Pairs, want) {
		t.Errorf("pairs: %q", v.Pairs)
	}
	if !slices.Equal(v.Classes, []string{"UserSessionStore"}) {
		t.Errorf("classes: %q", v.Classes)
	}
}
