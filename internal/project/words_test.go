package project

import (
	"slices"
	"strings"
	"testing"
)

func TestSaltsAndNamesAreReadFromTheCode(t *testing.T) {
	var c Words
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

	for _, salt := range []string{
		"shop.invite", "shop.link", "from-a-dict", "third.argument", "shop.two parts", "shop.views.token", "shop.unsubscribe",
		"basket-salt", "positional", "src.shop.views.LinkSigner", "shop.views.LinkSigner",
	} {
		if !slices.Contains(c.Salts(), salt) {
			t.Errorf("salt %q is not read; %q", salt, c.Salts())
		}
	}
	if joined := strings.Join(c.Salts(), "|"); strings.Contains(joined, "comment") || strings.Contains(joined, "docstring") {
		t.Errorf("salts: %q", c.Salts())
	}
	if !slices.Contains(c.Cookies(), "basket") || !slices.Contains(c.Cookies(), "tracking") {
		t.Errorf("cookies: %q", c.Cookies())
	}
	if want := [][2]string{{"basket", "basket-salt"}, {"tracking", ""}}; !slices.Equal(c.CookieSalts(), want) {
		t.Errorf("pairs: %q", c.CookieSalts())
	}
	if !slices.Equal(c.Classes(), []string{"UserSessionStore"}) {
		t.Errorf("classes: %q", c.Classes())
	}
}
