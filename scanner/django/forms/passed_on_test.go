package forms

import (
	"slices"
	"testing"
)

func TestADeploymentPassesAKeyOnUnderAnotherName(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"services:\n  web:\n    environment:\n      SECRET_KEY: ${APP_KEY}\n", "variable APP_KEY"},
		{"services:\n  web:\n    environment:\n      DJANGO_SECRET_KEY: \"${APP_KEY:?not set}\"\n", "variable APP_KEY"},
		{"services:\n  web:\n    environment:\n      - SECRET_KEY=${APP_KEY:-}\n", "variable APP_KEY"},
		{"services:\n  web:\n    environment:\n      - \"SECRET_KEY=$APP_KEY\"\n", "variable APP_KEY"},
		{"services:\r\n  web:\r\n    environment:\r\n      SECRET_KEY: ${APP_KEY}\r\n", "variable APP_KEY"},
		{"#!/bin/sh\nexport SECRET_KEY=\"$APP_KEY\"\n", "variable APP_KEY"},
		{"FROM x\nARG APP_KEY\nENV SECRET_KEY $APP_KEY\n", "variable APP_KEY"},
		{"env:\n- name: SECRET_KEY\n  value: $(APP_KEY)\n", "variable APP_KEY"},
		{"env:\n  SECRET_KEY: ${{ env.APP_KEY }}\n", "variable APP_KEY"},
		{"[program:web]\nenvironment=SECRET_KEY=\"%(ENV_APP_KEY)s\"\n", "variable APP_KEY"},
		{"environment = {\n  SECRET_KEY = var.app_key\n}\n", "variable app_key"},
		{"environment = {\n  SECRET_KEY = \"${var.app_key}\"\n}\n", "variable app_key"},
		{"env {\n  name  = \"SECRET_KEY\"\n  value = var.app_key\n}\n", "variable app_key"},
		{"import os\nSECRET_KEY = '{{ app_key }}'\n", "variable app_key"},
		{"SECRET_KEY={{ app_key | default('') }}\n", "variable app_key"},
		{"- environment:\n    SECRET_KEY: \"{{ lookup('env', 'APP_KEY') }}\"\n", "variable APP_KEY"},
		{"env:\n- name: SECRET_KEY\n  value: {{ .Values.web.key | quote }}\n", "entry web.key values.yaml"},
		{"#!/bin/sh\nexport SECRET_KEY=$(cat /etc/site/signing)\n", "file signing"},
		{"DJANGO_SECRET_KEY_FILE=/run/secrets/web_key\n", "file web_key"},
		{"environment:\n  SECRET_KEY_FILE: /run/secrets/web_key\nsecrets:\n  web_key:\n    file: ./conf/k.txt\n", "file k.txt"},

		{"SECRET_KEY: ${SECRET_KEY}\n", ""},
		{"SECRET_KEY: \"{{ secret_key }}\"\n", ""},
		{"#!/bin/sh\nexport SECRET_KEY=$script\n", ""},
		{"#!/bin/sh\nexport SECRET_KEY=$(openssl rand -hex 32)\n", ""},
		{"SECRET_KEY: ${{ secrets.APP_KEY }}\n", ""},
		{"MINIO_SECRET_KEY: ${APP_KEY}\n", ""},
		{"SECRET_KEY: ${AWS_SECRET_ACCESS_KEY}\n", ""},
		{"# SECRET_KEY: ${APP_KEY}\nDEBUG: 1\n", ""},
		{"SECRET_KEY: \"{{ password }}\"\n", ""},
		{"SECRET_KEY: \"{{ item.value }}\"\n", ""},
		{"value: {{ .Values.web.secretKey }}\nSECRET_KEY: {{ .Values.web.secretKey }}\n", ""},
		{"<p>SECRET_KEY: ${APP_KEY}</p>\n", ""},
		{"SECRET_KEY\nvalue: $(APP_KEY)\n", ""},
	} {
		want := []string(nil)
		if c.want != "" {
			want = []string{c.want}
		}
		if got := sourcesOf(c.text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", c.text, got, want)
		}
	}
}
