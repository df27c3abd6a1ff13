package forms

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func sourcesOf(text string) []string {
	var out []string
	raw := []byte(text)
	for _, s := range Sources(raw, Anchors().Append(nil, raw, 0, len(raw))) {
		out = append(out, strings.Trim(fmt.Sprintf("%s %s", []string{"variable", "file", "entry", "constant"}[s.Kind], strings.Trim(s.Name+" "+s.File, " ")), " "))
	}
	return out
}

func TestWhereSettingsTakeTheirKeyFrom(t *testing.T) {
	const head = "import os\nfrom pathlib import Path\nDEBUG = False\n"
	for _, c := range []struct {
		code string
		want []string
	}{
		{`SECRET_KEY = os.environ["APP_KEY"]`, []string{"variable APP_KEY"}},
		{`SECRET_KEY = os.environ.get("APP_KEY", "")`, []string{"variable APP_KEY"}},
		{`SECRET_KEY = env("APP_KEY")`, []string{"variable APP_KEY"}},
		{`SECRET_KEY = env.str("APP_KEY", default=None)`, []string{"variable APP_KEY"}},
		{`SECRET_KEY = config("APP_KEY", cast=str)`, []string{"variable APP_KEY"}},
		{`SECRET_KEY: str = os.getenv("APP_KEY")`, []string{"variable APP_KEY"}},
		{`SECRET_KEY = must_have("APP_KEY")`, []string{"variable APP_KEY"}},
		{`SECRET_KEY = str(os.environ["APP_KEY"])`, []string{"variable APP_KEY"}},
		{`SECRET_KEY = os.environ.get("APP_KEY") or os.environ["OLD_KEY"]`, []string{"variable APP_KEY", "variable OLD_KEY"}},
		{"SECRET_KEY = os.environ.get(\n    'APP_KEY',\n)", []string{"variable APP_KEY"}},
		{`app.config["SECRET_KEY"] = os.environ["APP_KEY"]`, []string{"variable APP_KEY"}},
		{`app.secret_key = os.environ["APP_KEY"]`, []string{"variable APP_KEY"}},
		{`secret_key: str = Field(..., env="APP_KEY")`, nil},
		{"class Settings(BaseSettings):\n    secret_key: str = Field(..., env=\"APP_KEY\")", []string{"variable APP_KEY"}},
		{"_KEY = os.environ['APP_KEY']\nSECRET_KEY = _KEY", []string{"variable APP_KEY"}},
		{`SECRET_KEY = os.environ["DJANGO_SECRET_KEY"]`, nil},
		{`SECRET_KEY = config["app"]["key"]`, []string{"entry app.key"}},
		{"config = json.load(open('config.json'))\nSECRET_KEY = config['key']", []string{"entry key config.json"}},
		{"config = json.load(open('config.json'))\nSECRET_KEY = config.get('app').get('key')", []string{"entry app.key config.json"}},
		{`SECRET_KEY = yaml.safe_load(open("web.yml"))["web"]["secret"]`, []string{"entry web.secret web.yml"}},
		{"c = configparser.ConfigParser()\nc.read('site.ini')\nSECRET_KEY = c.get('app', 'key')", []string{"entry app.key site.ini"}},
		{`SECRET_KEY = config(key="APP_KEY")`, []string{"variable APP_KEY"}},
		{`SECRET_KEY = f"{os.environ['APP_KEY']}"`, []string{"variable APP_KEY"}},
		{`SECRET_KEY = dotenv_values(".env")["APP_KEY"]`, []string{"variable APP_KEY"}},
		{"from .private import APP_KEY as SITE_KEY\nSECRET_KEY = SITE_KEY", []string{"constant APP_KEY private.py"}},
		{`SECRET_KEY = kwargs["key"]`, nil},
		{`SECRET_KEY = config("SITE", "SECRET_KEY")`, nil},
		{`SECRET_KEY = open(BASE_DIR / "etc/k").read()`, []string{"file k"}},
		{`SECRET_KEY = (BASE_DIR / "etc" / "k").read_text().strip()`, []string{"file k"}},
		{`SECRET_KEY = Path("/run/secrets/app").read_text()`, []string{"file app"}},
		{"with open(os.path.join(BASE, 'k.txt'), 'r') as f:\n    SECRET_KEY = f.read().strip()", []string{"file k.txt"}},
		{"KEY_FILE = BASE_DIR / '.k'\nSECRET_KEY = KEY_FILE.read_text()", []string{"file .k"}},
		{"KEY_FILE = BASE_DIR / '.k'\nwith open(KEY_FILE) as f:\n    SECRET_KEY = f.read()", []string{"file .k"}},
		{"from .private import APP_KEY\nSECRET_KEY = APP_KEY", []string{"constant APP_KEY private.py"}},
		{"import private\nSECRET_KEY = private.APP_KEY", []string{"constant APP_KEY private.py"}},
		{"key = os.environ['APP_KEY']\nSECRET_KEY = key", []string{"variable APP_KEY"}},
		{"if (key := os.environ.get('APP_KEY')):\n    SECRET_KEY = key", []string{"variable APP_KEY"}},
		{`SECRET_KEY = settings.app_key`, []string{"constant app_key settings.py", "variable APP_KEY"}},
		{`SECRET_KEY = config.key`, nil},
		{`SECRET_KEY = get_random_secret_key()`, nil},
		{`SECRET_KEY = None`, nil},
		{"# SECRET_KEY = (\n#     'x'\n# )\nDEBUG = config('APP_DEBUG')", nil},
		{"SECRET_KEY = get(\nDEBUG = config('APP_DEBUG')", nil},
		{`JWT_SECRET_KEY = os.environ["APP_KEY"]`, nil},
		{`client.secret_key = os.environ["APP_KEY"]`, nil},
		{`SECRET_KEY == os.environ["APP_KEY"]`, nil},
	} {
		if got := sourcesOf(head + c.code + "\n"); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.code, got, c.want)
		}
	}
	if got := sourcesOf("const x = 1;\nconst SECRET_KEY = process.env[\"APP_KEY\"];\n"); got != nil {
		t.Errorf("another language: %q", got)
	}
}

func TestEntriesAreFoundByTheirWay(t *testing.T) {
	for _, c := range []struct {
		ext, text string
		want      int // how many; each is named by @ before it
	}{
		{".json", `{"x": {"key": 1}, "app": {"list": [{"key": 2}], "@key": 3}, "key": 4}`, 1},
		{".json", `{"prod": {"app": {"@key": "a"}}, "test": {"app": {"@key": "b"}}, "broken`, 2},
		{".yaml", "mail:\n  key: 1\napp:\n  host: a\n  deep:\n    key: 2\n  @key: 3\nkey: 4\n", 1},
		{".yml", "- app:\n    '@key': 1\n", 1},
		{".ini", "[mail]\nkey = 1\n[app]\nhost=a\n@key = 2\n", 1},
		{".toml", "key = 1\n[site.app]\n@key = 2\n[[app]]\n@key = 3\n", 2},
	} {
		text := strings.ReplaceAll(c.text, "@", "")
		var want []int
		for i, part := 0, 0; ; {
			n := strings.IndexByte(c.text[i:], '@')
			if n < 0 {
				break
			}
			want = append(want, i+n-part)
			part, i = part+1, i+n+1
		}
		if got := Entries([]byte(text), c.ext, []string{"app", "key"}); !slices.Equal(got, want) || len(got) != c.want {
			t.Errorf("%s %q: %v, want %v", c.ext, text, got, want)
		}
	}
}

func TestNothingIsBoundToNoName(t *testing.T) {
	s := &sourceText{text: []byte("x = 1\n= 2\n")}
	if at := s.binding(""); at != 0 || s.binding("x") != 4 {
		t.Errorf("no name is bound at %d, x at %d", at, s.binding("x"))
	}
}
