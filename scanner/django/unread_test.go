package django

import (
	"strings"
	"testing"
)

func TestWhatIsHiddenIsSaidOfFilesOfSettings(t *testing.T) {
	d := New()
	for _, c := range []struct{ file, text, want string }{
		{".env", "\x1f\x8b\x08\x00", "compressed with gzip"},
		{"config/.env.production.gz", "\x1f\x8b\x08\x00", "compressed with gzip"},
		{"settings.py.zst", "\x28\xb5\x2f\xfd", "compressed with zstd"},
		{"Settings.tar.xz", "\xfd7zXZ\x00", "compressed with xz"},
		{"secrets.zip", "PK\x03\x04", "in a zip archive"},
		{"prod.env", "\x00GITCRYPT\x00abc", "encrypted with git-crypt"},
		{"group_vars/all/vault.yml", "$ANSIBLE_VAULT;1.1;AES256\n6230", "encrypted with Ansible Vault"},
		{".env.gpg", "\x85\x01\x0c", "encrypted with OpenPGP"},
		{".env.asc", "-----BEGIN PGP MESSAGE-----\n", "encrypted with OpenPGP"},
		{"env.enc", "Salted__abc", "encrypted with OpenSSL"},
		{"local_settings.py", "SECRET+AF8-KEY +AD0 +ACI-abc+ACI-\n", "written in UTF-7"},
		{"local_settings.py", "a = 'x+AF8y'\n", ""},
		{".env", "DEBUG=1\n", ""},
		{"secrets.yml.gpg", "DEBUG=1\n", ""},
	} {
		if !d.MayBeUnread(c.file) {
			t.Errorf("%s need not be looked at", c.file)
		}
		if got := d.Unread(c.file, []byte(c.text)); got != c.want {
			t.Errorf("%s is %q, want %q", c.file, got, c.want)
		}
	}
	for _, file := range []string{"dump.sql.gz", "env", "settings.py", "environment.yml", "secret.png", "docs/settings.rst", "a.zip"} {
		if d.MayBeUnread(file) {
			t.Errorf("%s has to be looked at", file)
		}
	}
	if how := d.Unread(".env", []byte(strings.Repeat("x", 9))); how != "" {
		t.Error(how)
	}
}
