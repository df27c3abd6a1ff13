package project

import "testing"

// FuzzPackages reads anything as each kind of file that names packages or a
// platform.
func FuzzPackages(f *testing.F) {
	names := []string{
		"uv.lock", "conda-lock.yml", "Pipfile.lock", "pyproject.toml", "Pipfile", "setup.cfg", "setup.py", "environment.yml", "Dockerfile",
		"requirements.txt", "requirements/base.in", "fly.toml", "Procfile", "docker-compose.yml", ".github/workflows/ci.yml", "app.service", "k8s/deployment.yaml",
	}
	f.Add("[[package]]\nname = \"django\"\nversion = \"5.2\"\n")
	f.Add("{\"default\": {\"django\": {\"version\": \"==5.2\"}}}")
	f.Add("[project]\ndependencies = [\"Django>=4.2,<6; python_version > '3'\"]\n[tool.poetry.dependencies]\ndjango = {version = \"^5\"}\n")
	f.Add("setup(install_requires=['django~=5.2', \"celery[redis] != 5\"])\n")
	f.Add("FROM python\nRUN pip install --no-cache 'django>=5' \\\n  gunicorn\n")
	f.Add("services:\n  web:\n    image: x\n    environment:\n      - SECRET_KEY=$KEY\n")
	f.Fuzz(func(t *testing.T, text string) {
		p := read(names, func(string) ([]byte, error) { return []byte(text), nil })
		lines := 1
		for _, c := range text {
			if c == '\n' {
				lines++
			}
		}
		for name, list := range p.packages.byName {
			for _, q := range list {
				if name == "" || q.Line < 0 || q.Line > lines {
					t.Errorf("%q: %+v, and the text has %d lines", name, q, lines)
				}
				_ = q.Range.String()
			}
		}
		p.Package("Django")
		p.Platforms()
		p.Starts("SECRET_KEY")
		p.Variable()
		p.Distribution()
	})
}
