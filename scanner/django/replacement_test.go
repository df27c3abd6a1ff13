package django_test

import (
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django"
	"github.com/djleaks/djleaks/scanner/django/forms"
)

func TestTheLineToWriteUsesTheGetterOfTheFile(t *testing.T) {
	key := testkit.Key(1)
	for _, c := range []struct{ text, want string }{
		{"SECRET_KEY = '" + key + "'\n", ""},
		{"import os\nSECRET_KEY = '" + key + "'\n", `SECRET_KEY = os.environ["DJANGO_SECRET_KEY"]`},
		{"import os\nDEBUG = os.getenv('DEBUG')\nSECRET_KEY = '" + key + "'\n", `SECRET_KEY = os.environ["DJANGO_SECRET_KEY"]`},
		{"import os\nSECRET_KEY = os.environ.get('SITE_KEY', '" + key + "')\n", `SECRET_KEY = os.environ["SITE_KEY"]`},
		{"import environ\nenv = environ.Env()\nSECRET_KEY = '" + key + "'\n", `SECRET_KEY = env("DJANGO_SECRET_KEY")`},
		{"import environ\nenv = environ.Env()\nSECRET_KEY = env(\n    \"KEY\",\n    default=\"" + key + "\",\n)\n", `SECRET_KEY = env("KEY")`},
		{"from decouple import config\nSECRET_KEY = config('SECRET_KEY', default='" + key + "')\n", `SECRET_KEY = config("SECRET_KEY")`},
		{"import os\nDEBUG = os.getenv('DEBUG')\nIMPORT OS\nSECRET_KEY = '" + key + "'\nfrom decouple import config\n", `SECRET_KEY = config("DJANGO_SECRET_KEY")`},
		{"import os\nJWT_SECRET_KEY = '" + key + "'\n", `JWT_SECRET_KEY = os.environ["JWT_SECRET_KEY"]`},
		{"import os\nSIMPLE_JWT = {'SIGNING_KEY': '" + key + "'}\n", `"SIGNING_KEY": os.environ["SIGNING_KEY"]`},
		{"import environ\nenv = environ.Env()\nsettings.configure(SECRET_KEY='" + key + "')\n", `SECRET_KEY=env("DJANGO_SECRET_KEY")`},
		{"import os\nSECRET_KEY_FALLBACKS = ['" + key + "']\n", ""},
		{"import os\nSECRET_KEY_FALLBACKS = [os.environ.get('OLD')]\n", ""},
	} {
		d := django.New()
		text := []byte(c.text)
		found := d.Find(text, d.Anchors().Append(nil, text, 0, len(text)))
		if len(found) != 1 {
			t.Fatalf("case %q: %d matches", c.want, len(found))
		}
		if got := d.ReplacementLines(text)(&found[0]); got != c.want {
			t.Errorf("form %s: %q, want %q", found[0].Form, got, c.want)
		}
	}
}

func TestAReplacementFollowsTheKindOfFile(t *testing.T) {
	for _, c := range []struct{ path, form, name, want string }{
		{"settings.py", "python-assign", "SECRET_KEY", `SECRET_KEY = os.environ["DJANGO_SECRET_KEY"]`},
		{"x", "python-env-default", "JWT_SECRET", `JWT_SECRET = os.environ["JWT_SECRET"]`},
		{"settings.py", "python-dict", "SIGNING_KEY", `"SIGNING_KEY": os.environ["SIGNING_KEY"]`},
		{"settings.py", "python-kwarg", "SECRET_KEY", `SECRET_KEY=os.environ["DJANGO_SECRET_KEY"]`},
		{"settings.py", "python-assign", "SECRET_KEY_FALLBACKS", `SECRET_KEY_FALLBACKS = []`},
		{"a b/.env.prod", "dotenv", "SECRET_KEY", `git rm -f --cached 'a b/.env.prod'`},
		{"docker-compose.yml", "yaml", "SECRET_KEY", `SECRET_KEY: ${DJANGO_SECRET_KEY:?}`},
		{"Dockerfile", "dockerfile", "SECRET_KEY", "give DJANGO_SECRET_KEY to the container"},
		{".github/workflows/ci.yml", "yaml", "SECRET_KEY", "secrets of the CI system"},
		{"notes.txt", "text", "", "read DJANGO_SECRET_KEY from the environment"},
		{"s.py", "python-assign", "x\"]; import os; os.system(\"", `SECRET_KEY = os.environ["DJANGO_SECRET_KEY"]`},
	} {
		got := django.Replacement(&scanner.Occurrence{Path: c.path, Form: scanner.Form(c.form), Name: c.name}).String()
		if !strings.Contains(got, c.want) {
			t.Errorf("%s %s: %q, want %q", c.path, c.name, got, c.want)
		}
	}
}

// A form that nobody has thought of here still gets an answer.
func TestEveryFormHasAReplacement(t *testing.T) {
	for _, form := range forms.All() {
		got := django.Replacement(&scanner.Occurrence{Path: "x", Form: form.ID, Name: "SITE_SECRET_KEY"})
		if got.Variable != "SITE_SECRET_KEY" || !strings.Contains(got.String(), "SITE_SECRET_KEY") && got.Note == "" {
			t.Errorf("%s: %+v", form.ID, got)
		}
		if isPython := strings.HasPrefix(string(form.ID), "python"); got.Python != isPython {
			t.Errorf("%s: a line of Python: %t", form.ID, got.Python)
		}
	}
}

func TestAReplacementForADangerousFallbackIsAListWithoutEmptyEntries(t *testing.T) {
	for _, rule := range []string{"django-empty-fallback", "django-none-fallback"} {
		o := scanner.Occurrence{
			Path: "settings.py", Form: "python-assign", Name: "SECRET_KEY_FALLBACKS", Rule: rule,
			Replacement: `SECRET_KEY_FALLBACKS = os.environ["SECRET_KEY_FALLBACKS"]`, // would be a list of characters
		}
		if got := django.Replacement(&o).String(); !strings.HasPrefix(got, "SECRET_KEY_FALLBACKS = [k for k in ") || !strings.HasSuffix(got, " if k]") {
			t.Errorf("%s: %s", rule, got)
		}
	}
}

func TestALineToWriteSaysWhatItReads(t *testing.T) {
	for line, dotenv := range map[string]bool{
		`SECRET_KEY = env("SITE_KEY")`:         true,
		`"SECRET_KEY": env.str("SITE_KEY")`:    true,
		`SECRET_KEY=config("SITE_KEY")`:        true,
		`SECRET_KEY = os.environ["SITE_KEY"]`:  false,
		`"SECRET_KEY": os.environ["SITE_KEY"]`: false,
	} {
		if got := django.Replacement(&scanner.Occurrence{Replacement: line}); got.Variable != "SITE_KEY" || got.Dotenv != dotenv || got.Line != line {
			t.Errorf("%s: %+v", line, got)
		}
	}
}
