package value

import (
	"strings"

	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
)

// isReference recognises a value that only says where the key is: variables and
// templates of all kinds, encrypted values, paths and names of secret stores.
func isReference(v, name string) bool {
	return isTemplate(v, name) || isEncrypted(v) || isLocation(v) || isPath(v) || isImport(v) || isSubstitution(v, name) || isCall(v) || isSettingFor(v, name)
}

// isCall recognises what is left of a call: lookup("file", …) of Ansible, and
// [Convert]::ToBase64String(…) of PowerShell.
func isCall(v string) bool {
	if n := strings.Index(v, "]::"); n > 1 && v[0] == '[' {
		return IsPlainName(strings.ReplaceAll(v[1:n], ".", "_"))
	}
	n := strings.IndexByte(v, '(')
	return n > 0 && n+1 < len(v) && ascii.IsQuote(v[n+1]) && IsPlainName(strings.ReplaceAll(v[:n], ".", "_"))
}

// isSettingFor recognises the name of a setting that another name is given:
// 'app_secret': 'SHOP_APP_SECRET'.
func isSettingFor(v, name string) bool {
	return len(v) > len(name) && strings.ToUpper(v) == v && strings.ToUpper(name) != name && IsPlainName(v) &&
		strings.HasSuffix(v, strings.ToUpper(strings.ReplaceAll(name, "-", "_")))
}

// isSubstitution recognises what is left of s/SECRET_KEY=.*/SECRET_KEY=$KEY/: a
// value in which its own name is set.
func isSubstitution(v, name string) bool {
	n := strings.Index(v, name)
	if n < 1 || len(name) < minSubstituted {
		return false
	}
	rest := strings.TrimLeft(v[n+len(name):], " ")
	return rest != "" && (rest[0] == '=' || rest[0] == ':')
}

// minSubstituted is the length of the shortest name that is looked for in its own
// value, in bytes.
const minSubstituted = 6

// isTemplate recognises variables and fields of templates.
func isTemplate(v, name string) bool {
	if hasField(v) {
		return true
	}
	if strings.HasPrefix(v, "{{") && !strings.Contains(v, "}") || strings.HasPrefix(v, "<%") && !strings.Contains(v, ">") { // cut off at its end
		return !IsRandom(strings.Trim(v, "{<% "))
	}
	if n := len(v) - 1; n > 2 && (v[0] == '"' || v[0] == '\'') && v[n] == v[0] && v[1] == '$' { // "'$KEY'" of a shell
		return isVariable(v[1:n])
	}
	return isVariable(v) || isDunder(v, name)
}

// hasField recognises a value that has a field of a template, or is one.
func hasField(v string) bool {
	for _, pair := range [...][2]string{{"{{", "}}"}, {"{%", "%}"}, {"<%", "%>"}, {"${", "}"}, {"[[", ""}} {
		if strings.Contains(v, pair[0]) && strings.Contains(v, pair[1]) {
			return true
		}
	}
	for _, pair := range [...][2]string{{"$(", ")"}, {"((", "))"}, {"`", "`"}, {"%{", "}"}, {"#{", "}#"}, {"#{", "}"}, {"%(", ")s"}, {"%(", ")"}} {
		if enclosed(v, pair[0], pair[1]) {
			return true
		}
	}
	switch v {
	case "%s", "%r", "{}", "[]", "<>":
		return true
	}
	return false
}

// isDunder recognises __SECRET_KEY__, which a script of the project replaces.
func isDunder(v, name string) bool {
	return len(v) > 4 && strings.HasPrefix(v, "__") && strings.HasSuffix(v, "__") && name != "" &&
		(strings.Contains(fold(v), fold(name)) || JudgeName(v[2:len(v)-2]) == NameMain)
}

// isVariable recognises variables of shells and of cmd: $KEY, %KEY%, !KEY!, %%k.
func isVariable(v string) bool {
	switch v[0] {
	case '$':
		return IsPlainName(strings.TrimRight(v[1:], `\`)) || isParameter(v[1:]) || isBeforeSlash(v[1:]) || isMarked(v)
	case '!':
		return marked(v, "!") && JudgeName(v[1:len(v)-1]) != NameNone || isMarked(v)
	}
	return strings.HasPrefix(v, "%%") && len(v) <= 4 || isMarked(v)
}

// isParameter recognises what a shell calls its arguments and itself: 1, @, ?.
func isParameter(v string) bool {
	return len(v) == 1 && strings.Contains("0123456789@*#?!$-", v)
}

// isBeforeSlash recognises a variable that sed's delimiter and flags follow:
// s@SECRET_KEY.*@SECRET_KEY=$key@g.
func isBeforeSlash(v string) bool {
	n := len(strings.TrimRight(v, "giIpemMaw0123456789")) - 1 // without sed's flags
	return n > 0 && len(v)-n <= 4 && n < longestVariable && strings.IndexByte("@|#/,!~", v[n]) >= 0 && IsPlainName(v[:n]) && !IsRandom(v[:n])
}

// longestVariable is the longest name of a variable that is taken for one beside
// another sign, in bytes.
const longestVariable = 32

// isMarked recognises a name, or a call of one, between equal marks: %KEY%,
// @@KEY@@, ^^ key ^^, %generate(secret)%.
func isMarked(v string) bool {
	c := v[0]
	if strings.IndexByte("%@#~$^", c) < 0 || v[len(v)-1] != c {
		return false
	}
	n := 1
	for n < len(v) && v[n] == c {
		n++
	}
	mark := v[:n]
	if len(v) <= 2*n || !strings.HasSuffix(v, mark) {
		return false
	}
	inner := strings.TrimSpace(v[n : len(v)-n])
	if call, ok := strings.CutSuffix(inner, ")"); ok {
		inner, call, _ = strings.Cut(call, "(")
		return IsPlainName(inner) && (call == "" || IsPlainName(call))
	}
	return IsPlainName(inner)
}

// ciphers are how encrypted values begin: of dotenvx, ejson, SOPS and Hiera,
// Jasypt, Spring's cloud configuration, OpenSSL's enc in base64, Ansible Vault,
// age, Vault's transit engine, AWS's key service, Fernet, ASP.NET's data
// protection, WebLogic, PGP.
var ciphers = [...]string{
	"!encrypted ",
	"!gpg ",
	"!kms ",
	"!sops ",
	"!vault ",
	"$ANSIBLE_VAULT",
	"$encrypted",
	"%ENC{",
	"-----BEGIN ",
	"AES:",
	"AGE-SECRET-KEY-",
	"AQICAH",
	"DEC(",
	"EJ[",
	"ENC(",
	"ENC:",
	"ENC[",
	"ENC{",
	"U2FsdGVkX1",
	"YWdlLWVuY3J5cHRpb24ub3Jn",
	"aes256:",
	"age-encryption.org/",
	"aws:kms:",
	"cipher:",
	"crypt:",
	"crypto:",
	"encrypted:",
	"kms:",
	"sealed:",
	"secure:",
	"v1:gcm:",
	"vault:v",
	"{3DES}",
	"{AES}",
	"{aes}",
	"{cipher-",
	"{cipher}",
	"{encrypted}",
	"{enc}",
}

// isEncrypted recognises a value that only a key kept elsewhere opens.
func isEncrypted(v string) bool {
	for _, p := range ciphers {
		if strings.HasPrefix(v, p) {
			return true
		}
	}
	// Tokens of Fernet, and what ASP.NET protects, are longer than any key.
	return len(v) >= 100 && (strings.HasPrefix(v, "gAAAAA") || strings.HasPrefix(v, "CfDJ8") || strings.HasPrefix(v, "AgA") || strings.HasPrefix(v, "AgB") || strings.HasPrefix(v, "wcBMA") || strings.HasPrefix(v, "hQEMA"))
}

// stores are how names of values in stores of secrets and in other places begin,
// where no general rule of isLocation tells.
var stores = [...]string{
	"!ENV ",
	"!FindInMap ",
	"!GetAtt ",
	"!If ",
	"!ImportValue ",
	"!Join ",
	"!Ref ",
	"!Sub ",
	"!env ",
	"!env_var ",
	"!file ",
	"!include ",
	"!lookup ",
	"!reference",
	"!secret ",
	"!var ",
	"@Microsoft.",
	"@env:",
	"@format ",
	"@jinja ",
	"@json ",
	"@parameters(",
	"@secret:",
	"AWS_SM:",
	"[concat(",
	"[parameters(",
	"[reference(",
	"[variables(",
	"akv:",
	"arn:",
	"bws:",
	"credstash:",
	"doppler:",
	"env.",
	"env:",
	"file:",
	"gcp:",
	"infisical:",
	"keyvault:",
	"parameter-store:",
	"parameterstore:",
	"ref+",
	"secret:",
	"secretref+",
	"secretref:",
	"secrets.",
	"secretsmanager:",
	"sm:",
	"ssh-ed25519 ",
	"ssh-rsa ",
	"ssm:",
	"steps.",
	"vars.",
	"vault:",
}

// isLocation recognises addresses: scheme://…, and names of stores of secrets.
func isLocation(v string) bool {
	if n := strings.Index(v, "://"); n > 0 && isScheme(v[:n]) {
		return true
	}
	for _, p := range stores {
		if strings.HasPrefix(v, p) {
			return true
		}
	}
	if strings.HasPrefix(v, "projects/") && strings.Contains(v, "/secrets/") {
		return true
	}
	scheme, rest, ok := strings.Cut(v, ":") // vault:secret/data/app#KEY
	return ok && isScheme(scheme) && strings.Contains(rest, "/") && !strings.Contains(rest, " ") && !IsRandom(rest)
}

// isScheme recognises the scheme of an address (RFC 3986, 3.1).
func isScheme(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !ascii.IsLetter(c) && (i == 0 || !ascii.IsDigit(c) && c != '+' && c != '-' && c != '.' && c != '_') {
			return false
		}
	}
	return len(s) > 1
}

// isImport recognises the dotted name of a function that gives the key.
func isImport(v string) bool {
	dots := 0
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case c == '.' && i > 0 && v[i-1] != '.' && i+1 < len(v) && !ascii.IsDigit(v[i+1]):
			dots++
		case !ascii.IsLetter(c) && !ascii.IsDigit(c) && c != '_':
			return false
		}
	}
	return dots >= 2 && strings.ContainsRune(v, '_') && !IsRandom(v)
}

// enclosed reports whether something other than white space is between these
// brackets and no second pair is. A bracketed generated key is not a reference:
// no generator of keys would close what it opened, but [ and < are in no
// alphabet of theirs.
func enclosed(v, open, closing string) bool {
	return len(v) > len(open)+len(closing) && strings.HasPrefix(v, open) && strings.HasSuffix(v, closing) && !strings.Contains(v[len(open):len(v)-len(closing)], open)
}

// marked reports whether a plain name is between two equal marks.
func marked(v, mark string) bool {
	return len(v) > 2*len(mark) && strings.HasPrefix(v, mark) && strings.HasSuffix(v, mark) && IsPlainName(v[len(mark):len(v)-len(mark)])
}

// IsPlainName reports whether a text is a name of letters, digits and
// underscores, of at most 64 bytes, that does not begin with a digit.
func IsPlainName(v string) bool {
	if v == "" || len(v) > 64 || ascii.IsDigit(v[0]) {
		return false
	}
	for i := 0; i < len(v); i++ {
		if !ascii.IsWord(v[i]) {
			return false
		}
	}
	return true
}

// isPath recognises the path of a file that holds the key.
func isPath(v string) bool {
	if !strings.HasPrefix(v, "/") && !strings.HasPrefix(v, "./") && !strings.HasPrefix(v, "../") && !strings.HasPrefix(v, "~/") && !isKeyFile(v) {
		return false
	}
	slashes := 0
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case c == '/':
			slashes++
		case !ascii.IsWord(c) && c != '.' && c != '-' && c != '~':
			return false
		}
	}
	return slashes > 1 && !IsRandom(v) || slashes == 1 && strings.Contains(v, ".")
}

// isKeyFile recognises a file in a folder below: secrets/django-key.txt.
func isKeyFile(v string) bool {
	if strings.IndexByte(v, '/') < 1 {
		return false
	}
	for _, ending := range [...]string{".txt", ".key", ".pem", ".env", ".secret", ".json", ".yml", ".yaml"} {
		if strings.HasSuffix(v, ending) {
			return true
		}
	}
	return false
}

// patternSigns are found in regular expressions and hardly elsewhere. Those that
// a generator of all printable characters may draw too are not taken alone: a
// value that is random without them is not a pattern.
var patternSigns = [...]string{"(?", "[^", "\\w", "\\s", "\\S", "\\d", "\\b", "\\W", ".*", ".+", "]+", "]*", "]{", "[a-z", "[A-Z", "[0-9", "a-zA-Z", "A-Za-z", "a-z0-9", "\\\"", "\\'"}

// isPattern recognises a regular expression: the rule of another scanner, or of
// a route.
func isPattern(v string) bool {
	if !strings.ContainsAny(v, `[]\*+?`) {
		return false
	}
	signs := 0
	for _, s := range patternSigns {
		if n := strings.Count(v, s); n > 0 {
			signs += n
			v = strings.ReplaceAll(v, s, " ")
		}
	}
	return (signs > 1 || signs > 0 && fold(v) == "") && !IsRandom(v)
}
