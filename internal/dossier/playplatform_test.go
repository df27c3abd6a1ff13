package dossier

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/project"
	"github.com/djleaks/djleaks/internal/project/projecttest"
	"github.com/djleaks/djleaks/scanner"
)

func TestEachPlatformHasItsOwnCommandForTheKey(t *testing.T) {
	for kind, want := range map[project.PlatformKind]string{
		project.Heroku:     `sed 's/.*/{"SITE_KEY": "&"}/' | curl -n -X PATCH https://api.heroku.com/apps/shop/config-vars`,
		project.Fly:        "sed 's/^/SITE_KEY=/' | fly secrets import -a shop",
		project.Render:     "- key: SITE_KEY\n  generateValue: true",
		project.Vercel:     "vercel env rm SITE_KEY production\n",
		project.Kubernetes: `{"data":{"django":"&"}}/' | kubectl patch secret shop `,
		project.GitHub:     "gh secret set django",
		project.GitLab:     "glab variable update django",
		project.Compose:    "> deploy/.env.new && mv deploy/.env.new deploy/.env",
		project.Systemd:    "mv /etc/shop.env.new /etc/shop.env\nsystemctl restart shop",
	} {
		p := project.Platform{Kind: kind, App: "shop", Site: project.Site{Path: "deploy/file", Line: 1}}
		if kind == project.Kubernetes || kind == project.GitHub || kind == project.GitLab {
			p.Key = "django" // its name there, which is not the variable's
		}
		do, run := (&book{variable: "SITE_KEY"}).platform(p)
		if do == "" || !strings.Contains(run, want) {
			t.Errorf("%s: %q, %q, want %q in it", kind, do, run, want)
		}
		if kind != project.Render && !strings.Contains(run, freshKey+" | ") {
			t.Errorf("%s: the key does not come through a pipe: %q", kind, run)
		}
	}
	compose := project.Platform{Kind: project.Compose, EnvFile: "docker/prod/.env", Site: project.Site{Path: "compose.yml"}}
	if do, run := new(book).platform(compose); !strings.Contains(do, "file that env_file names") || !strings.HasSuffix(run, " docker/prod/.env") {
		t.Errorf("Compose with a file of variables: %q, %q", do, run)
	}
	if do, run := new(book).platform(project.Platform{Kind: "other"}); do != "" || run != "" {
		t.Errorf("%q, %q", do, run)
	}
}

// The commands that replace the key in a file are run as whoever pastes them would.
func TestAFileOfVariablesGetsTheNewKeyAndKeepsTheRest(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the commands are for a POSIX shell")
	}
	dir := t.TempDir()
	program := "#!/bin/sh\n[ \"$*\" = 'key new --env-safe' ] && echo fresh\n"
	if err := os.WriteFile(filepath.Join(dir, "djleaks"), []byte(program), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, ".env"), []byte("DEBUG=0\nSITE_KEY=old\nOTHER_SITE_KEY=x\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, run := (&book{variable: "SITE_KEY"}).platform(project.Platform{Kind: project.Compose, Site: project.Site{Path: "compose.yml"}})
	cmd := exec.Command("sh", "-c", run)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	got, err := os.ReadFile(filepath.Join(dir, ".env"))
	if want := "DEBUG=0\nOTHER_SITE_KEY=x\nSITE_KEY=fresh\n"; err != nil || string(got) != want {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
	if info, err := os.Stat(filepath.Join(dir, ".env")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestFurtherLinesAreNamedUpToANumber(t *testing.T) {
	for want, lines := range map[string][]int{
		"line 7": {7}, "lines 7 and 9": {7, 9}, "lines 7, 9 and 12": {7, 9, 12},
		"lines 1, 2, 3, 4, 5, 6, 7, 8 and 2 more": {1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
	} {
		if got := sameLines(lines); got != want {
			t.Errorf("%v: %q, want %q", lines, got, want)
		}
	}
}

func TestWhatStartsDjangoWithoutTheVariableIsAStep(t *testing.T) {
	const migrate = "python manage.py migrate"
	k := key("k", at("site/settings.py", "SECRET_KEY", "c1", "", "HEAD"))
	b := &book{variable: "SITE_KEY", keys: []*scanner.Key{&k}, project: projecttest.Of(map[string]string{
		"Dockerfile": "RUN " + migrate + "\n", ".github/workflows/a.yml": "    run: " + migrate + "\n    run: " + migrate + "\n", "compose.yml": "command: " + migrate + "\n",
		"site/settings.py": "SECRET_KEY = os.environ['SITE_KEY']\nROOT_URLCONF = 'x'\n",
	})}
	b.code()
	got := map[string]scanner.Step{}
	for _, s := range b.steps {
		got[s.Path] = s
	}
	for path, want := range map[string][2]string{
		"site/settings.py":        {"Take it out of the code", "djleaks fix site/settings.py"},
		"Dockerfile":              {"Give the build a value that signs nothing", "RUN SITE_KEY=only-for-the-build " + migrate},
		".github/workflows/a.yml": {"This and line 2 of the file run Django without SITE_KEY", "SITE_KEY: only-for-tests"},
		"compose.yml":             {"unless Docker Compose sets it", ""},
	} {
		if s := got[path]; !strings.Contains(s.Do, want[0]) || s.Run != want[1] {
			t.Errorf("%s: %+v", path, s)
		}
	}
	if len(got) != 4 {
		t.Errorf("%+v", b.steps)
	}
}
