package value

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A placeholder is told by the words it is made of, not by a list of values:
// people vary the wording without end, but nearly always name what should
// happen (change, replace, your, …) or what the value is for (test, dev, …).

// maxWords is how many words of a value are looked at.
const maxWords = 24

// asksForReplacement reports whether a value tells its reader to put a key in
// its place, in one of the languages that settings are commonly written in.
func asksForReplacement(v string) bool { return speaks(v, isImperative, imperativeParts[:]) }

// isDummy reports whether a value says that nobody should use it: for tests,
// builds, examples.
func isDummy(v string) bool {
	return len(v) == 1 || fold(v) == "na" || speaks(v, isDummyWord, dummyParts[:])
}

// speaks reports whether one of the words of v is in a vocabulary, or v without
// its separators holds one of the parts.
func speaks(v string, word func(string) bool, parts []string) bool {
	var buf [maxWords]string
	for _, w := range words(buf[:0], v) {
		if word(w) || len(w) > 2 && word(unleet(w)) {
			return true
		}
	}
	whole := fold(v)
	for _, p := range parts {
		if strings.Contains(whole, p) {
			return true
		}
	}
	return false
}

func isImperative(w string) bool {
	switch w {
	case "change", "changed", "changes", "changeme", "changeit", "changethis", "changing", "replace", "replaceme", "replaced", "put", "insert", "enter", "set", "setme", "fill",
		"add", "paste", "type", "use", "override", "overridden", "generate", "generated", "generator", "todo", "fixme", "tbd", "your", "yours", "defined",
		"placeholder", "here", "goes", "rotate", "update", "edit", "modify", "customize", "provide", "specify", "supply", "choose", "create", "make",
		"some", "value", "example",
		// Portuguese, Spanish, French, German, Italian, Turkish, Indonesian, Dutch.
		"sua", "seu", "mude", "troque", "trocar", "altere", "alterar", "aqui", "chave",
		"tu", "cambia", "cambiar", "cambie", "cambiame", "cambiami", "reemplaza", "reemplazar", "clave",
		"votre", "changez", "changer", "remplacer", "remplacez", "ici", "cle", "clé",
		"dein", "deine", "aendern", "ändern", "ändere", "aendere", "ersetzen", "hier", "geheimer", "schluessel", "schlüssel",
		"tua", "chiave", "inserisci", "qui", "degistir", "değiştir", "degistirin", "anahtar", "ganti", "kunci", "rahasia", "wijzig", "verander", "zmien", "zmień":
		return true
	}
	return false
}

// imperativeParts are found inside of words too: compounds, and scripts that
// write no spaces.
var imperativeParts = [...]string{
	"changeme", "changethis", "changein", "tobechanged", "replaceme", "replacewith", "fillme", "setme", "setin", "overrideme", "yoursecret", "yourkey", "yourdjango",
	"placeholder", "keyhere", "secrethere", "randomstring", "somerandom", "secretkeyis",
	"замен", "измен", "ваш", "секретный", "请", "修改", "替换", "你的", "密钥", "変更", "あなた", "秘密鍵", "변경", "비밀키", "바꾸",
}

func isDummyWord(w string) bool {
	switch w {
	case "test", "tests", "testing", "tester", "pytest", "unittest", "tox", "ci", "travis", "github", "gitlab", "jenkins", "actions", "dev", "develop", "development", "devel",
		"local", "localdev", "localhost", "dummy", "fake", "mock", "stub", "sample", "demo", "docs", "sandbox", "playground", "synthetic", "bogus",
		"insecure", "unsafe", "unsecure", "notsecure", "default", "fallback", "build", "collectstatic", "temporary", "temp", "tmp", "throwaway",
		"not", "no", "dont", "never", "nope", "none", "null", "nil", "undefined", "na", "unused", "irrelevant", "required", "anything", "any", "something", "nothing",
		"notasecret", "notsecret", "notused", "invalid", "denied", "template", "staging", "debug":
		return true
	}
	return false
}

var dummyParts = [...]string{
	"notasecret", "notsecret", "notsosecret", "notverysecret", "notreally", "notforprod", "donotuse", "dontuse", "testkey", "testsecret", "secrettest", "fakekey",
	"fakesecret", "notakey", "testingsecret", "testingkey", "dummykey", "dummysecret", "insecurekey", "devkey", "devsecret", "localkey", "fortest", "forci", "nosecret", "notanysecret",
}

// words appends the words of v in lower case to dst: runs of letters and
// digits, broken at a change from lower to upper case.
func words(dst []string, v string) []string {
	from, lower := -1, false
	flush := func(to int) {
		if from >= 0 && len(dst) < cap(dst) {
			dst = append(dst, strings.ToLower(v[from:to]))
		}
		from = -1
	}
	for i := 0; i < len(v); {
		c, size := utf8.DecodeRuneInString(v[i:])
		switch {
		case c == '\'' && from >= 0: // don't
		case !unicode.IsLetter(c) && !unicode.IsDigit(c) && !isLeet(c, from):
			flush(i)
		case unicode.IsUpper(c) && lower:
			flush(i)
			from = i
		case from < 0:
			from = i
		}
		lower = unicode.IsLower(c)
		i += size
	}
	flush(len(v))
	return dst
}

// isLeet knows the signs that stand for a letter inside a word.
func isLeet(c rune, from int) bool { return from >= 0 && (c == '@' || c == '$') }

// unleet reads the digits and signs of a word as letters.
func unleet(w string) string {
	changed := false
	out := strings.Map(func(c rune) rune {
		if c < 0x80 {
			if n := strings.IndexByte(leetFrom, byte(c)); n >= 0 {
				changed = true
				return rune(leetTo[n])
			}
		}
		if c == '\'' {
			changed = true
			return -1
		}
		return c
	}, w)
	if !changed {
		return w
	}
	return out
}

// fold keeps the letters and digits of s in lower case.
func fold(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return unicode.ToLower(c)
		}
		return -1
	}, s)
}
