package deployment

import "testing"

func TestACommandThatLoadsTheSettingsIsFound(t *testing.T) {
	for line, want := range map[string]struct {
		kind    Kind
		command string
	}{
		"python manage.py migrate":                                  {Management, "python manage.py migrate"},
		"  run: python3.12 src/manage.py check --deploy > log":      {Management, "python3.12 src/manage.py check --deploy"},
		"RUN ./manage.py collectstatic --noinput && rm x":           {Management, "./manage.py collectstatic --noinput"},
		"RUN pip install -r a.txt && uv run manage.py compress":     {Management, "uv run manage.py compress"},
		`RUN ["python", "manage.py", "collectstatic", "--noinput"]`: {Management, "python manage.py collectstatic --noinput"},
		"command: ['python','manage.py','migrate']":                 {Management, "python manage.py migrate"},
		`command: "python manage.py migrate"`:                       {Management, "python manage.py migrate"},
		"docker compose run --rm web python manage.py test":         {Management, "python manage.py test"},
		"exec python manage.py $COMMAND":                            {Management, "exec python manage.py $COMMAND"},
		"django-admin check \\":                                     {Management, "django-admin check"},
		"\tpoetry run pytest -x  # all":                             {Tests, "poetry run pytest -x"},
		"coverage run -m pytest":                                    {Tests, "coverage run -m pytest"},
		"  - pytest":                                                {Tests, "pytest"},
		"web: gunicorn site.wsgi":                                   {Server, "gunicorn site.wsgi"},
		"worker: celery -A site worker":                             {Server, "celery -A site worker"},
		"celery --app=site beat":                                    {Server, "celery --app=site beat"},
		"celery worker -l info":                                     {Server, "celery worker -l info"},
		"python -m celery -A site beat":                             {Server, "python -m celery -A site beat"},
		"":                                                          {},
		"-":                                                         {},
		"  # python manage.py migrate":                              {},
		"RUN echo # python manage.py migrate":                       {},
		"RUN pip install pytest gunicorn uwsgi":                     {},
		"uv add --dev pytest":                                       {},
		"COPY manage.py setup /app/":                                {},
		"chmod +x manage.py":                                        {},
		"- name: pytest":                                            {},
		"name: run gunicorn tests":                                  {},
		"[pytest]":                                                  {},
		"  pytest:":                                                 {},
		"pytest-django":                                             {},
		"python manage.py --help":                                   {},
		"COPY --from=build manage.py .":                             {},
		"django-admin startproject site":                            {},
		"django-admin compilemessages":                              {},
		"gunicorn":                                                  {},
		"celery":                                                    {},
		"test -f manage.py":                                         {},
	} {
		if kind, command := Start(line); kind != want.kind || command != want.command {
			t.Errorf("%q: %d, %q, want %d, %q", line, kind, command, want.kind, want.command)
		}
	}
}

func TestFilesAreRecognisedByTheirPaths(t *testing.T) {
	for path, want := range map[string]bool{".github/workflows/ci.yml": true, "docs/.github/workflows/ci.yml": false, ".github/workflows/README.md": false} {
		if got := IsWorkflow(path); got != want {
			t.Errorf("%s is a workflow: %v", path, got)
		}
	}
	for base, want := range map[string]bool{"compose.yaml": true, "docker-compose.prod.yml": true, "compose.py": false, "site.yml": false} {
		if got := IsCompose(base); got != want {
			t.Errorf("%s is of Docker Compose: %v", base, got)
		}
	}
	for base, want := range map[string]bool{"dockerfile": true, "dockerfile.dev": true, "web.dockerfile": true, "containerfile": true, "docker.md": false} {
		if got := IsContainerfile(base); got != want {
			t.Errorf("%s builds an image: %v", base, got)
		}
	}
}
