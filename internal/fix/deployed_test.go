package fix

import "testing"

func TestAdviceForADeploymentNamesTheVariableThatIsThere(t *testing.T) {
	for _, c := range []struct {
		name, reads, want string
	}{
		{"SECRET_KEY", "DJANGO_SECRET_KEY", "SECRET_KEY"},
		{"stringData.APP_SECRET_KEY", "", "APP_SECRET_KEY"},
		{"django.secretKey", "SECRET_KEY", "SECRET_KEY"},
		{"django.secretKey", "", "DJANGO_SECRET_KEY"},
		{"secret-key", "", "DJANGO_SECRET_KEY"},
		{"webSecretKey", "SECRET_KEY", "WEB_SECRET_KEY"},
	} {
		p := &planner{project: project{names: map[string]bool{c.reads: true}}}
		if got := p.deployedName(c.name); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
