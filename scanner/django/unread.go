package django

import (
	"bytes"
	"path"
	"strings"

	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
)

// MayBeUnread reports whether Unread has to see a file of this name: one that by its
// name holds settings or secrets, as it is, packed or encrypted.
func (*Detector) MayBeUnread(file string) bool {
	base := strings.ToLower(path.Base(file))
	stem := base
	for sealedEndings.Has(path.Ext(stem)) {
		stem = strings.TrimSuffix(stem, path.Ext(stem))
	}
	switch ext := path.Ext(stem); {
	case strings.HasPrefix(stem, ".env") || ext == ".env" || stem == "env" && stem != base:
		return true
	case strings.Contains(stem, "secret"), strings.Contains(stem, "vault"):
		return !sourcelessEndings.Has(ext) || ext == "" || stem != base
	case strings.Contains(stem, "settings"): // plain ones are in every repository
		return stem != base || strings.HasPrefix(stem, "local")
	}
	return false
}

// Unread says what hides the content of a file that MayBeUnread names: how it is
// packed, encrypted or written; "" for a text that is read.
func (*Detector) Unread(file string, text []byte) string {
	for _, s := range seals {
		if bytes.HasPrefix(text, []byte(s.start)) {
			return s.words
		}
	}
	switch ending := strings.ToLower(path.Ext(file)); {
	case (ending == ".gpg" || ending == ".pgp") && len(text) > 0 && text[0] >= 0x80:
		return "encrypted with OpenPGP"
	case isUTF7(text):
		return "written in UTF-7"
	}
	return ""
}

// seals are how files begin that are packed or encrypted as a whole: the magic
// numbers of file(1), and the first words of what is armored.
var seals = [...]struct{ start, words string }{
	{"\x1f\x8b\x08", "compressed with gzip"},
	{"PK\x03\x04", "in a zip archive"},
	{"\x28\xb5\x2f\xfd", "compressed with zstd"},
	{"\xfd7zXZ\x00", "compressed with xz"},
	{"BZh", "compressed with bzip2"},
	{"7z\xbc\xaf\x27\x1c", "in a 7z archive"},
	{"Rar!\x1a\x07", "in a RAR archive"},
	{"\x04\x22\x4d\x18", "compressed with lz4"},
	{"\x00GITCRYPT\x00", "encrypted with git-crypt"},
	{"$ANSIBLE_VAULT;", "encrypted with Ansible Vault"},
	{"age-encryption.org/", "encrypted with age"},
	{"-----BEGIN AGE ENCRYPTED FILE-----", "encrypted with age"},
	{"-----BEGIN PGP MESSAGE-----", "encrypted with OpenPGP"},
	{"Salted__", "encrypted with OpenSSL"},
	{"U2FsdGVkX1", "encrypted with OpenSSL"},
}

// isUTF7 reports whether a text of ASCII writes signs of assignments in base64, as
// UTF-7 may: _ as +AF8-, = as +AD0-.
func isUTF7(text []byte) bool {
	if !bytes.Contains(text, []byte("+AF8")) && !bytes.Contains(text, []byte("+AD0")) {
		return false
	}
	for _, c := range text {
		if c >= 0x80 || c == 0 {
			return false
		}
	}
	n := 0
	for rest := text; ; n++ {
		at := bytes.Index(rest, []byte("+A"))
		if at < 0 || len(rest) < at+4 || !ascii.IsWord(rest[at+3]) {
			return n >= 2
		}
		rest = rest[at+4:]
	}
}
