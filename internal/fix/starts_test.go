package fix

import "testing"

func TestWhatStartsDjangoIsFoundBelowComments(t *testing.T) {
	for _, c := range []struct {
		file, text string
		testsRun   bool
		want       int // line
	}{
		{"Dockerfile", "FROM x\n# RUN python manage.py check\nRUN python manage.py migrate # now\n", false, 3},
		{"Dockerfile", "FROM x\nRUN echo # python manage.py migrate\n", false, 0},
		{"Procfile", "web: gunicorn site.wsgi\n", false, 1},
		{"tox.ini", "[pytest]\ncommands =\n  pytest -x\n", false, 3},
		{"tox.ini", "[pytest]\ncommands =\n  pytest -x\n", true, 0},
		{"Makefile", "test:\n\tpytest\n", false, 0},
	} {
		if got := startsDjango(c.file, c.text, c.testsRun); got != c.want {
			t.Errorf("%s %q, tests have a key %v: line %d, want %d", c.file, c.text, c.testsRun, got, c.want)
		}
	}
}
