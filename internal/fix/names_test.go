package fix

import "testing"

func TestAVariableIsNamedAfterItsSetting(t *testing.T) {
	for setting, want := range map[string]string{
		"SECRET_KEY": "DJANGO_SECRET_KEY", "settings.secret": "DJANGO_SECRET_KEY", "": "DJANGO_SECRET_KEY",
		"PORTAL_KEY_2": "PORTAL_KEY_2", "portal-key": "PORTAL_KEY", "app.portal key": "PORTAL_KEY",
	} {
		if got := variableName(setting); got != want {
			t.Errorf("%q is read from %s, want %s", setting, got, want)
		}
	}
}
