package project

import "testing"

func TestComposeNamesOneFileOfVariables(t *testing.T) {
	for text, want := range map[string]string{
		"services:\n  web:\n    env_file: .env.prod\n":                                             "deploy/.env.prod",
		"services:\n  web:\n    env_file: ../conf/web.env # of the site\n    image: a\n":           "conf/web.env",
		"services:\n  web:\n    env_file:\n      - './docker/prod/.env'\n    ports:\n      - 80\n": "deploy/docker/prod/.env",
		"services:\n  web:\n    env_file:\n    - a.env\n  db:\n    env_file: [\"a.env\", ]\n":      "deploy/a.env",
		"services:\n  web:\n    env_file:\n      - path: a.env\n        required: false\n":         "deploy/a.env",
		"services:\n  web:\n    env_file:\n      # old\n      - required: true\n        path: b\n": "",
		"services:\n  web:\n    env_file: [a.env, b.env]\n":                                        "",
		"services:\n  web:\n    env_file: ${ENV_FILE}\n":                                           "",
		"services:\n  web:\n    env_file: ../../x.env\n":                                           "",
		"services:\n  web:\n    env_file: /etc/web.env\n":                                          "",
		"services:\n  web:\n    volumes:\n      - a.env\n":                                         "",
	} {
		if got := composeEnvFile("deploy/compose.yml", []byte(text)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// What is written ${NAME} comes from the .env beside the file, whatever env_file says.
func TestAVariableOfComposeIsNotFromTheFileOfAService(t *testing.T) {
	const service = "services:\n  web:\n    env_file: web.env\n"
	settings := "import os\nSECRET_KEY = os.environ['SITE_KEY']\n"
	for text, want := range map[string]string{service: "web.env", service + "    environment:\n      SITE_KEY: ${SITE_KEY}\n": "", service + "    environment: [DJANGO_SECRET_KEY]\n": ""} {
		got := of(map[string]string{"compose.yml": text, "site/settings.py": settings}).Platforms()
		if len(got) != 1 || got[0].Kind != Compose || got[0].EnvFile != want {
			t.Errorf("%q: %+v", text, got)
		}
	}
}
