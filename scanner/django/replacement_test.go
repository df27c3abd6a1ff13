package django_test

import (
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner/django"
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
		{"import os\nJWT_SECRET_KEY = '" + key + "'\n", `JWT_SECRET_KEY = os.environ["JWT_SECRET_KEY"]`},
		{"import os\nSECRET_KEY_FALLBACKS = ['" + key + "']\n", ""},
		{"import os\nSECRET_KEY_FALLBACKS = [os.environ.get('OLD')]\n", ""},
	} {
		d := django.New()
		text := []byte(c.text)
		found := d.Find(text, d.Anchors().Append(nil, text, 0, len(text)))
		if len(found) != 1 {
			t.Fatalf("case %q: %d matches", c.want, len(found))
		}
		if got := d.Instead(text, &found[0]); got != c.want {
			t.Errorf("form %s: %q, want %q", found[0].Form, got, c.want)
		}
	}
}
