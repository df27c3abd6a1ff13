package project

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// of reads a project from files by name.
func of(files map[string]string) *Project {
	disk := fstest.MapFS{}
	var paths []string
	for name, text := range files {
		disk[name] = &fstest.MapFile{Data: []byte(text)}
		paths = append(paths, name)
	}
	slices.Sort(paths)
	return read(paths, func(path string) ([]byte, error) { return fs.ReadFile(disk, path) })
}

// read makes a project from the texts of its files.
func read(paths []string, text func(path string) ([]byte, error)) *Project {
	var reader Reader
	return Of(paths, nil, func(path string) (*Facts, error) {
		b, err := text(path)
		if err != nil {
			return nil, err
		}
		return reader.Facts(path, b), nil
	})
}

func TestARequirementSaysWhichVersionsItTakes(t *testing.T) {
	for _, c := range []struct {
		spec, words string
		at          string
		want        Answer
	}{
		{"==4.2.7", "4.2.7", "4.2", Yes},
		{"==4.2.7", "4.2.7", "4.2.8", No},
		{"==4.2.*", "4.2 up to below 4.3", "4.2.8", Unknown},
		{">=3.2,<5", "3.2 up to below 5", "5.0", No},
		{">=3.2,<5", "3.2 up to below 5", "4.1", Unknown},
		{"~=4.2", "4.2 up to below 5", "4.1", Yes},
		{"~=4.2.1", "4.2.1 up to below 4.3", "4.3", No},
		{"^4.2", "4.2 up to below 5", "5.0", No},
		{"^0.3.1", "0.3.1 up to below 0.4", "0.4", No},
		{"~4.2", "4.2 up to below 4.3", "4.3", No},
		{"=4.2", "4.2 up to below 4.3", "4.3", No},
		{"<=4.1", "older than 4.1.1", "4.2", No},
		{"5.0rc1", "5.0", "5.0", Yes},
		{"", "", "1.0", Unknown},
		{"*", "", "1.0", Unknown},
	} {
		r := parseRange(c.spec)
		if r.String() != c.words || r.AtLeast(ParseVersion(c.at)) != c.want {
			t.Errorf("%q is %q, at least %s: %v; want %q, %v", c.spec, r, c.at, r.AtLeast(ParseVersion(c.at)), c.words, c.want)
		}
	}
}

func TestRequirementsInAllFormats(t *testing.T) {
	for name, text := range map[string]string{
		"requirements.txt":          "-r base.txt\n# no\nDjango[argon2] == 4.2.7 ; python_version > '3' \\\n",
		"requirements/base.txt":     "\ndjango==4.2.7\n",
		"deps/requirements.in":      "a\nDJANGO==4.2.7 # why\n",
		"uv.lock":                   "[[package]]\nname = \"django\"\nversion = \"4.2.7\"\n",
		"conda-lock.yml":            "package:\n- name: django\n  version: 4.2.7\n",
		"Pipfile.lock":              "{\"default\": {\n\"django\": {\n  \"hashes\": [\"sha256:x\"],\n  \"version\": \"==4.2.7\"\n}}}\n",
		"pyproject.toml":            "[project]\ndependencies = [ # list\n  # \"django==1\",\n  'Django==4.2.7',\n]\nkeywords = [\n \"celery==1\"]\n",
		"a/pyproject.toml":          "[dependency-groups]\ndev = [\"Django==4.2.7\"]\n",
		"Pipfile":                   "[packages]\nDjango = \"==4.2.7\"\n",
		"setup.py":                  "setup(\n  install_requires=[\n    'Django==4.2.7',\n ])\n",
		"setup.cfg":                 "[options]\ninstall_requires =\n    requests\n    Django==4.2.7\npackages = find:\n",
		"environment.yml":           "dependencies:\n  - pip:\n    - Django==4.2.7\n",
		"Dockerfile":                "FROM x\nRUN apt-get x && pip install --no-cache-dir \"Django==4.2.7\" gunicorn && true\n",
		"src/requirements-prod.txt": "Django==4.2.7\n",
	} {
		pkg, ok := of(map[string]string{name: text}).Package("Django")
		if !ok || pkg.Range.String() != "4.2.7" || pkg.Path != name {
			t.Errorf("%s: %+v, %v", name, pkg, ok)
		}
		if want := strings.Count(text[:strings.LastIndex(strings.ToLower(text), "django")], "\n") + 1; ok && pkg.Line != want {
			t.Errorf("%s: line %d, want %d", name, pkg.Line, want)
		}
		if _, ok := of(map[string]string{name: text}).Package("celery"); ok {
			t.Errorf("%s: a keyword is taken for a package", name)
		}
	}
}

func TestALockFileCountsMoreThanARange(t *testing.T) {
	p := of(map[string]string{"pyproject.toml": "[project]\ndependencies = [\"Django>=3\"]\n", "uv.lock": "[[package]]\nname = \"django\"\nversion = \"5.1\"\n"})
	if pkg, _ := p.Package("django"); pkg.Range.String() != "5.1" || !pkg.Locked {
		t.Errorf("%+v", pkg)
	}
	p = of(map[string]string{"a/requirements.txt": "Django==3.2\n", "b/requirements.txt": "Django==4.2\n"})
	if pkg, _ := p.Package("django"); pkg.Range.AtLeast(Version{4}) != Unknown || pkg.Range.AtLeast(Version{3}) != Yes || pkg.Range.AtLeast(Version{5}) != No {
		t.Errorf("two services: %s", pkg.Range)
	}
	p = of(map[string]string{"a/requirements.txt": "Django==5.2.17\n", "b/requirements.txt": "Django==6.0.8\n"})
	if pkg, _ := p.Package("django"); pkg.Range.String() != "5.2.17 to 6.0.8" {
		t.Errorf("two services: %s", pkg.Range)
	}
}

func TestSettingsAreReadInAllSpellings(t *testing.T) {
	for _, text := range []string{
		"NAME = 'value'\n",
		"NAME: str = (\n    'value'\n)\n",
		"if not DEBUG:\n    NAME = \"va\" 'lue'\n",
		"class Production(Base):\n    NAME = r'value'  # why\n",
		"OTHER = NAME = 'value'\n",
		"if DEBUG: NAME = 'value'\n",
		"X = f(a, [1, {2: 3}])[1:2].b; NAME = 'value'\n",
		"def f(a, b=')'):\n    '''doc\n    NAME = 'no'\n    '''\nNAME \\\n  = 'value'\n",
	} {
		p := of(map[string]string{"mysite/settings.py": "SECRET_KEY = x\n" + text})
		x, ok := p.Settings.Last("NAME")
		if value, fixed, known := x.Value.Default(); !ok || !known || !fixed || value != "value" {
			t.Errorf("%q: %+v", text, x)
		}
	}
}

func TestAKeyOfANestedSettingIsFoundWithItsLine(t *testing.T) {
	for _, c := range []struct {
		text string
		want Answer
		line int
	}{
		{"JWT = {\n  'A': 1,\n  'KEY': x,\n}\n", Yes, 4},
		{"JWT = {}\nJWT['KEY'] = x\n", Yes, 3},
		{"JWT = {'A': {'KEY': 1}}\n", No, 0},
		{"JWT = {**base, 'A': 1}\n", Unknown, 0},
		{"JWT = load()\n", Unknown, 0},
		{"", No, 0},
		{"JWT = {'A': 1}\nJWT.update({'KEY': x})\n", Yes, 3},
		{"JWT = {'A': 1}\nJWT.update(more)\n", Unknown, 0},
	} {
		p := of(map[string]string{"mysite/settings.py": "SECRET_KEY = x\n" + c.text})
		x, answer := p.Settings.Nested("JWT", "KEY")
		if answer != c.want || x.Line != c.line {
			t.Errorf("%q: %v at line %d, want %v at %d", c.text, answer, x.Line, c.want, c.line)
		}
	}
}

func TestALiteralDurationIsReadInSeconds(t *testing.T) {
	for text, want := range map[string]int64{
		"3600": 3600, "60 * 60 * 24": 86400, "(1 + 2) * 3": 9, "1 + 2 * 3": 7, "timedelta(days=2, hours=1)": 176400,
		"datetime.timedelta(1)": 86400, "1_000": 1000, "x * 2": -1, "int(env('A'))": -1, "10 ** 9": -1, "-5": -1, "9999999999999 * 9999999999": -1,
	} {
		f := new(lexer).parseFile("settings.py", []byte("A = "+text+"\n"))
		got, ok := f.Assigns[0].Value.Seconds()
		if !ok {
			got = -1
		}
		if got != want {
			t.Errorf("%s is %d, want %d", text, got, want)
		}
	}
}

func TestWhatIsNotReadIsSaid(t *testing.T) {
	p := read([]string{"mysite/settings.py"}, func(string) ([]byte, error) { return nil, errors.New("not in this clone") })
	if len(p.Unread) != 1 || p.Unread[0].Path != "mysite/settings.py" || p.Settings.Absent("X") != Unknown {
		t.Errorf("%+v", p.Unread)
	}
	for _, text := range []string{
		"from company.settings import *\n", "globals()['A'] = 1\n", "globals().update(x)\n", "exec(open('x').read())\n",
		"setattr(sys.modules[__name__], 'A', 1)\n", "from dynaconf import Dynaconf\n",
	} {
		p := of(map[string]string{"mysite/settings.py": "DEBUG = 1\n" + text})
		if p.Settings.Absent("A") != Unknown || p.Settings.Gaps[0].Line != 2 {
			t.Errorf("%q: %+v", text, p.Settings.Gaps)
		}
	}
	if p := of(map[string]string{"mysite/settings.py": "from .base import *\nDEBUG = 1\n", "mysite/base.py": "A = 1\n"}); p.Settings.Absent("B") != Yes {
		t.Errorf("%+v", p.Settings.Gaps)
	}
}

// The name of another key on the same line, or before it, would send the new
// key to the wrong place: storage, a mail account, a payment provider.
func TestAPlatformIsToldOfNoOtherVariableThanTheKeys(t *testing.T) {
	const reads = "SECRET_KEY = os.environ['SITE_SECRET_KEY']\n"
	for _, c := range []struct{ settings, file, text, want string }{
		{reads, "docker-compose.yml", "services:\n web:\n  env_file: .env\n  environment:\n   AWS_SECRET_ACCESS_KEY: x\n   LIVE_SERVER_SECRET_KEY: y\n", ""},
		{reads, "docker-compose.yml", "services:\n web:\n  environment: [AWS_SECRET_ACCESS_KEY, SITE_SECRET_KEY]\n", "SITE_SECRET_KEY"},
		{reads, "fly.toml", "app = 'x'\n[env]\nSTRIPE_SECRET_KEY = ''\n", ""},
		{"", "docker-compose.yml", "web:\n  environment:\n   JWT_SECRET_KEY: x\n   DJANGO_SECRET_KEY: y\n", "DJANGO_SECRET_KEY"},
		{"", "docker-compose.yml", "web:\n  environment:\n   OAUTH_CLIENT_SECRET: x\n   MYSITE_SECRET_KEY: y\n", "MYSITE_SECRET_KEY"},
		{reads, ".github/workflows/a.yml", "env:\n  A: ${{ secrets.OAUTH_CLIENT_SECRET }}\n  SITE_SECRET_KEY: ${{ secrets.PRODUCTION_KEY }}\n", "PRODUCTION_KEY"},
		{reads, "k8s/web.yaml", "kind: Deployment\nmetadata:\n  name: web\nenv:\n- name: AWS_SECRET_KEY\n  valueFrom:\n    secretKeyRef:\n      name: storage\n      key: aws\n- name: SITE_SECRET_KEY\n  valueFrom:\n    secretKeyRef:\n      name: site\n      key: django\n", "django"},
	} {
		got := of(map[string]string{"mysite/settings.py": "DEBUG = 1\n" + c.settings, c.file: c.text}).Platforms()
		if len(got) != 1 || got[0].Key != c.want {
			t.Errorf("%s %q: %+v, want %q", c.file, c.text, got, c.want)
		}
	}
	p := of(map[string]string{"mysite/settings.py": reads, ".github/workflows/a.yml": "  A: ${{ secrets.OAUTH_CLIENT_SECRET }}\n"})
	if got := p.Platforms(); len(got) != 0 {
		t.Errorf("the secret of something else: %+v", got)
	}
}

func TestAWorkloadThatReadsNoKeyIsNotAPlatform(t *testing.T) {
	const manifest = "kind: Deployment\nmetadata:\n  name: web\nenv:\n- name: AWS_SECRET_ACCESS_KEY\n  value: x\n"
	if got := of(map[string]string{"k8s/web.yaml": manifest}).Platforms(); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestSettingsAreRecognisedByTheirPaths(t *testing.T) {
	for file, want := range map[string]bool{
		"mysite/settings.py": true, "mysite/settings_prod.py": true, "settings/prod.py": true, "conf/base.py": true, "conf/__init__.py": false,
		"settings/components/auth.py": true, "settings/environments/prod.py": true, "settings/includes/db.py": true,
		"settings/tests/auth.py": false, "components/auth.py": false, "mysite/views.py": false,
	} {
		if got := namedSettings(file); got != want {
			t.Errorf("%s: %v", file, got)
		}
	}
}

func TestTheFunctionsOfAFileAreFoundWithTheirLines(t *testing.T) {
	const code = "A = 1\n\ndef one():\n    B = 2\n\nclass C:\n    async def two(self):\n        return 3\nD = 4\n"
	var got []string
	for _, d := range new(lexer).parse([]byte(code)).functions() {
		got = append(got, fmt.Sprintf("%s %d-%d", d.Name, d.Line, d.End))
	}
	if want := []string{"one 3-4", "two 7-8"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestFilesOfDevelopersAreNotAPlatform(t *testing.T) {
	const text = "services:\n web:\n  environment:\n   SECRET_KEY: x\n"
	for _, file := range []string{".devcontainer/docker-compose.yml", "docker-compose-local.yml", "docker-compose.override.yml", "compose.dev.yaml", "tests/compose.yml", ".agents/compose.yml"} {
		if got := of(map[string]string{file: text}).Platforms(); len(got) != 0 {
			t.Errorf("%s: %+v", file, got)
		}
	}
	for _, file := range []string{"docker-compose.yml", "deploy/compose.production.yml", "device/compose.yaml"} {
		if got := of(map[string]string{file: text}).Platforms(); len(got) != 1 {
			t.Errorf("%s: %+v", file, got)
		}
	}
}

func TestAStartHasItsArgumentsAndAllItsLines(t *testing.T) {
	p := of(map[string]string{"Dockerfile": "FROM a\nRUN ./manage.py collectstatic --noinput --clear && rm x\nFROM b\nRUN ./manage.py collectstatic --noinput --clear\nRUN python manage.py check --deploy \\\n  --tag x\n"})
	got := p.Starts("SECRET_KEY")
	if len(got) != 2 || got[0].Command != "./manage.py collectstatic --noinput --clear" || !slices.Equal(got[0].Again, []int{4}) || got[1].Command != "python manage.py check --deploy" {
		t.Errorf("%+v", got)
	}
}

func TestWhatRunsWithTheVariablesOfTheSiteIsNoStart(t *testing.T) {
	for file, line := range map[string]string{
		"Dockerfile": "CMD python manage.py runserver", "Containerfile": "ENTRYPOINT python manage.py migrate", "Procfile": "web: python manage.py runserver",
		"web.dockerfile": "RUN pip install pytest", "fly.toml": "web = 'gunicorn site.wsgi'",
	} {
		if got := of(map[string]string{file: line + "\n"}).Starts("SECRET_KEY"); len(got) != 0 {
			t.Errorf("%s: %+v", file, got)
		}
	}
}

func TestAStartHasThePlatformOfItsFile(t *testing.T) {
	const command = "python manage.py migrate"
	for file, want := range map[string]PlatformKind{
		"Dockerfile": "", ".github/workflows/a.yml": GitHub, ".gitlab-ci.yml": GitLab, "Procfile": Heroku, "compose.yml": Compose,
		"fly.toml": Fly, "render.yaml": Render,
	} {
		got := of(map[string]string{file: "release: " + command + "\n"}).Starts("SECRET_KEY")
		if len(got) != 1 || got[0].Kind != want || got[0].Path != file || got[0].Command != command {
			t.Errorf("%s: %+v", file, got)
		}
	}
	for _, file := range []string{"vercel.json", "site.service", "k8s/web.yaml", "tox.ini"} {
		if got := of(map[string]string{file: "release: " + command + "\n"}).Starts("SECRET_KEY"); len(got) != 0 {
			t.Errorf("%s: %+v", file, got)
		}
	}
}

func TestAnExpressionMentionsTheLastPartOfItsNames(t *testing.T) {
	for text, want := range map[string]bool{
		"SECRET_KEY": true, "settings.SECRET_KEY": true, "f(x, [1, settings.SECRET_KEY])": true, "SECRET_KEY.encode()": true,
		"getattr(settings, 'SECRET_KEY')": true, "'SECRET_KEY'": false, "OTHER_SECRET_KEY": false, "SECRET_KEY_FALLBACKS": false, "f(x)": false,
	} {
		f := new(lexer).parseFile("settings.py", []byte("A = "+text+"\n"))
		if got := f.Assigns[0].Value.Mentions("SECRET_KEY"); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestAStringIsAMentionOnlyInGetattr(t *testing.T) {
	f := new(lexer).parseFile("a.py", []byte("A = getattr(settings, 'SECRET_KEY', None)\nB = getattr(settings, 'OTHER_KEY')\nC = check('x', 'PLAIN_KEY')\nD = 'FIRST_KEY', 'LAST_KEY'\n"))
	for name, want := range map[string]int{"SECRET_KEY": 1, "OTHER_KEY": 1, "PLAIN_KEY": 0, "FIRST_KEY": 0, "LAST_KEY": 0} {
		if got := f.Names(name); len(got) != want {
			t.Errorf("%s: lines %v, want %d", name, got, want)
		}
	}
}

func TestAUnitOfSystemdSaysWhereItsVariablesAre(t *testing.T) {
	const unit = "[Service]\nExecStart=/srv/venv/bin/gunicorn site.wsgi\n"
	for text, want := range map[string]string{unit: "", unit + "EnvironmentFile=-/etc/site.env\n": "/etc/site.env"} {
		got := of(map[string]string{"deploy/site.service": text}).Platforms()
		if len(got) != 1 || got[0].Kind != Systemd || got[0].App != "site" || got[0].EnvFile != want {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

func TestTheVariableIsFoundThroughAName(t *testing.T) {
	p := of(map[string]string{"mysite/settings.py": "KEY_OF_SITE = env('SITE_KEY')\nSECRET_KEY = KEY_OF_SITE\n"})
	if name := p.Variable(); name != "SITE_KEY" {
		t.Errorf("%q", name)
	}
}

func TestAFileReadsAsOneWithoutOtherNames(t *testing.T) {
	f := new(lexer).parseFile("a.py", []byte("import jwt as tokens\nfrom a.b import Fernet as F, C as D\nfrom settings import SECRET_KEY as KEY\nclass X(D):\n  y = F(KEY)\n  z = tokens.encode(1, KEY)\n  self.F = 1\n"))
	if calls := f.Calls("Fernet", "encode"); len(calls) != 2 || !calls[0].Mentions("SECRET_KEY") || calls[1].Text != "jwt.encode" {
		t.Errorf("%+v", calls)
	}
	if got := f.Classes[0].Bases; !slices.Equal(got, []string{"C"}) || len(f.Names("SECRET_KEY")) != 3 {
		t.Errorf("%v, lines %v", got, f.Names("SECRET_KEY"))
	}
}

func TestHoldingFollowsWhatIsMadeOfTheKey(t *testing.T) {
	f := new(lexer).parseFile("a.py", []byte("A = settings.SECRET_KEY\nB = sha256(A.encode()).digest()\nDEBUG = A == 'x'\nTOKEN = jwt.encode({}, A)\ndef key():\n  return B[:32]\ndef signed(x):\n  return Signer(key=A).sign(x)\nC = getattr(settings, 'SECRET_KEY')\nD = A if x is None else x\nSAFE = True if A == 'x' else False\n"))
	if got := f.Holding("SECRET_KEY"); !slices.Equal(got, []string{"SECRET_KEY", "A", "B", "C", "D", "key"}) {
		t.Errorf("%v", got)
	}
}

func TestHostileFilesAreReadWithinBounds(t *testing.T) {
	for _, unit := range []string{"(", "[", "{", "new(", "a.b(", "'", "\\\n", "A = ", "class A(", "}", "A = [{(", "from a import b,", "import a, ", "if x: ", "def def ", "def f(): return SECRET_KEY\n", "from a import SECRET_KEY as b\nb = b\n"} {
		f := new(lexer).parseFile("settings.py", []byte("A = 1\n"+strings.Repeat(unit, 5_000)+"\nB = 2\n"))
		if f.Assigns[0].Name != "A" {
			t.Errorf("%q: %+v", unit, f.Assigns[0])
		}
		f.Holding("SECRET_KEY")
		f.Around(2)
		if n := len(f.Calls("new")); n > maxCalls {
			t.Errorf("%q: %d calls", unit, n)
		}
	}
	var l lexer
	if l.parse([]byte(strings.Repeat("a,", maxTokens))); len(l.tokens) > maxTokens+1 {
		t.Errorf("%d tokens", len(l.tokens))
	}
}

// lineBreak ends a line of Python; a carriage return alone does, too.
var lineBreak = regexp.MustCompile(`\r\n?|\n`)

func FuzzParse(f *testing.F) {
	f.Add("A = {'b': [1, *c], **d}\nfrom x import (y as z,\n w)\nclass C(D, m=E):\n  f = a.b(1)(2)[3]\n")
	f.Add("A = 1\rB = 2\r\nC = '''\r'''\rD = [\r1]\r")
	f.Add("if x: A = 'x' \"y\"\nA += [1]\nA['b'] |= {1: 2}\n'''\n")
	f.Fuzz(func(t *testing.T, text string) {
		file := new(lexer).parseFile("settings.py", []byte(text))
		lines := len(lineBreak.FindAllString(text, -1)) + 1
		for _, a := range file.Assigns {
			if a.Line < 1 || a.Line > lines || a.Name == "" {
				t.Errorf("%+v", a)
			}
			a.Value.Seconds()
			a.Value.Strings()
			a.Value.Default()
		}
		for _, c := range file.Calls("f", "b", "Signer") {
			if len(c.Keys) != len(c.Items) {
				t.Errorf("%d keys, %d arguments", len(c.Keys), len(c.Items))
			}
		}
	})
}

func TestSettingsThatDoNotParseAreNotNo(t *testing.T) {
	for text, broken := range map[string]bool{
		"DEBUG = 1\nINSTALLED_APPS = (\n 'a',\n": true, "DEBUG = 1\nINSTALLED_APPS = ['a']\nB = 'x\n": true,
		"DEBUG = 1\nINSTALLED_APPS = ['a']\n": false, "DEBUG = 1\nINSTALLED_APPS = ['a']\nprint 'Python 2', `DEBUG`\n": false,
	} {
		s := of(map[string]string{"site/settings.py": text}).Settings
		want := Yes
		if broken {
			want = Unknown
		}
		if got := s.AppAbsent("b"); got != want || s.Absent("SESSION_ENGINE") != want || len(s.Gaps) > 0 != broken {
			t.Errorf("%q: an app is absent: %v; %+v", text, got, s.Gaps)
		}
	}
}
