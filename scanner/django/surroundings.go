package django

import (
	"bytes"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// Bounds of what is looked at around a match, in bytes.
const (
	commandBack  = 512      // before it, for the command that it is given to
	sectionBack  = 4 << 10  // before it, for the head of its section
	evidenceSize = 64 << 10 // of the text, for words that say whose it is
)

// surroundings is a text, as far as it says what its matches are for.
type surroundings struct {
	text    []byte
	strings tripled
}

// traits are those that the text around a match gives it.
func (s *surroundings) traits(m *scanner.Match) (traits scanner.Trait) {
	text := s.text
	if m.Offset > len(text) {
		return 0 // of a text within this one
	}
	if isDeployed(text, m.Offset) {
		traits |= scanner.Deployed
	}
	if isTestSection(text, m.Offset) {
		traits |= scanner.TestOnly
	}
	switch m.Class {
	case scanner.ClassRandom:
		if isUnclaimed(text, m) || isBesidePattern(text, m.Offset, m.Length) {
			traits |= scanner.Unclaimed
		}
	case scanner.ClassPublic, scanner.ClassWeak:
		if (m.Class == scanner.ClassPublic || isPython(m.Form)) && s.strings.holds(text, m.Offset) {
			traits |= scanner.Comment
		}
	}
	return traits
}

// deployers are the commands that bring settings to where a site serves, by
// their first word; of some all uses do, of others only these.
var deployers = map[string][]string{
	"ansible-playbook": nil,
	"aws":              {"apprunner", "cloudformation", "ecs", "elasticbeanstalk", "lambda", "secretsmanager", "ssm"},
	"az":               nil,
	"caprover":         nil,
	"cf":               nil,
	"clever":           {"env"},
	"convox":           {"env"},
	"copilot":          nil,
	"deploy":           nil,
	"docker":           {"secret", "stack"},
	"doctl":            {"apps"},
	"dokku":            {"config"},
	"doppler":          {"secrets"},
	"eb":               nil,
	"fly":              {"deploy", "secrets"},
	"flyctl":           nil,
	"gcloud":           {"app", "beta", "compute", "functions", "run", "secrets"},
	"gh":               {"secret", "variable"},
	"glab":             {"variable"},
	"helm":             {"install", "upgrade"},
	"heroku":           {"config", "create"},
	"kubectl":          {"apply", "create", "patch", "set"},
	"netlify":          {"env"},
	"nomad":            {"job"},
	"oc":               {"create", "new-app", "process", "set"},
	"platform":         {"variable"},
	"pulumi":           {"config", "up"},
	"railway":          {"up", "variables"},
	"s2i":              nil,
	"scalingo":         {"env-set"},
	"scp":              nil,
	"serverless":       {"deploy"},
	"sls":              {"deploy"},
	"ssh":              nil,
	"terraform":        {"apply"},
	"vault":            {"kv", "write"},
	"vercel":           {"deploy", "env"},
	"zappa":            nil,
}

// isDeployed reports whether the command that a value is given to deploys. A
// command goes on over lines that end in a backslash.
func isDeployed(text []byte, at int) bool {
	from := at
	for low := max(0, at-commandBack); from > low; from-- {
		if text[from-1] != '\n' {
			continue
		}
		end := from - 1
		for end > 0 && (text[end-1] == '\r' || text[end-1] == ' ') {
			end--
		}
		if end == 0 || text[end-1] != '\\' && text[end-1] != '`' && text[end-1] != '^' {
			break
		}
	}
	command := text[from:at]
	for start := 0; start < len(command); {
		word, next := commandWord(command, start)
		if uses, ok := deployers[string(word)]; ok {
			use, _ := commandWord(command, next)
			if uses == nil || slices.ContainsFunc(uses, func(u string) bool { return strings.HasPrefix(string(use), u) }) {
				return true
			}
		}
		start = next
	}
	return false
}

// commandWord returns the next word of a command, without quotes and commas, and
// where to go on.
func commandWord(command []byte, from int) (word []byte, next int) {
	for from < len(command) && !isCommandWord(command[from]) {
		from++
	}
	next = from
	for next < len(command) && isCommandWord(command[next]) {
		next++
	}
	return command[from:next], next
}

func isCommandWord(c byte) bool { return ascii.IsWord(c) || c == '-' }

// isTestSection reports whether the last head of a section before an offset is
// that of a test tool: [pytest], [tool:pytest], [tool.pytest.ini_options],
// [testenv].
func isTestSection(text []byte, at int) bool {
	before := text[max(0, at-sectionBack):at]
	if !bytes.Contains(before, []byte("test")) && !bytes.Contains(before, []byte("[tool.tox")) {
		return false
	}
	for {
		n := bytes.LastIndexByte(before, '\n')
		line := before[n+1:]
		if len(line) > 2 && line[0] == '[' && bytes.IndexByte(line, ']') > 0 {
			head := string(line[1:bytes.IndexByte(line, ']')])
			return strings.Contains(head, "pytest") || strings.HasPrefix(head, "testenv") || strings.HasPrefix(head, "tool.tox")
		}
		if n < 0 {
			return false
		}
		before = before[:n]
	}
}

// isUnclaimed reports whether a random value probably belongs to another product:
// its name is common to many programs, or the other half of a pair is beside it,
// and nothing in the text speaks for a site in Python.
func isUnclaimed(text []byte, m *scanner.Match) bool {
	switch {
	case m.Has(scanner.NoName) || m.Has(scanner.InFallbacks):
		return false
	case !m.Has(scanner.OtherName):
		return besideAPIKey(text, m) && !speaksForPython(text)
	case isAppSecret(m.Name) && (besideService(text, m) || besideOAuth(text, m)):
		return true
	case value.IsGeneric(m.Name):
		return (besideAPIKey(text, m) || besideService(text, m)) && !speaksForPython(text)
	}
	return value.IsShared(m.Name) && !isPython(m.Form) && !speaksForPython(text)
}

// isAppSecret recognises the name that Symfony has for its key, and social networks
// for the half of a pair that proves who an app is.
func isAppSecret(name string) bool {
	bare := strings.ToUpper(strings.NewReplacer("_", "", "-", "").Replace(name[strings.LastIndexByte(name, '.')+1:]))
	return strings.HasSuffix(bare, "APPSECRET")
}

// besideOAuth reports whether the text near a match asks an interface of a social
// network, with its app's secret.
func besideOAuth(text []byte, m *scanner.Match) bool {
	around := bytes.ToLower(text[max(0, m.Offset-companionBytes):min(len(text), m.Offset+m.Length+companionBytes)])
	for _, w := range [...]string{"secret_proof", "secretproof", "oauth", "access_token", "page_token", "app_key", "appkey", "facebook", "wechat", "weixin", "dingtalk", "feishu", "larksuite"} {
		if bytes.Contains(around, []byte(w)) {
			return true
		}
	}
	return false
}

// besideService reports whether a word near a match says that it is the key of a
// storage, a cloud or a payment service.
func besideService(text []byte, m *scanner.Match) bool {
	around := bytes.ToLower(text[max(0, m.Offset-companionBytes):min(len(text), m.Offset+m.Length+companionBytes)])
	for _, w := range serviceWords() {
		if bytes.Contains(around, []byte(w)) {
			return true
		}
	}
	return false
}

// speaksForPython reports whether a text holds a word of a site in Python.
func speaksForPython(text []byte) bool {
	head := bytes.ToLower(text[:min(len(text), evidenceSize)])
	for _, w := range [...]string{"django", "flask", "wsgi", "gunicorn", "uvicorn", "celery", "fastapi", "allowed_hosts", "manage.py", "installed_apps", "sqlalchemy"} {
		if bytes.Contains(head, []byte(w)) {
			return true
		}
	}
	return false
}

// besideAPIKey reports whether the line before or after that of a match gives an
// API_KEY, as exchanges and clouds hand them out in pairs: to be one, both values
// have about the same length.
func besideAPIKey(text []byte, m *scanner.Match) bool {
	from := 1 + bytes.LastIndexByte(text[:m.Offset], '\n')
	to := len(text)
	if n := bytes.IndexByte(text[m.Offset:], '\n'); n >= 0 {
		to = m.Offset + n
	}
	before := text[:max(0, from-1)]
	before = before[1+bytes.LastIndexByte(before, '\n'):]
	var after []byte
	if to < len(text) {
		after = text[to+1:]
		if n := bytes.IndexByte(after, '\n'); n >= 0 {
			after = after[:n]
		}
	}
	return isAPIKey(before, m.Length) || isAPIKey(after, m.Length)
}

// isAPIKey reports whether a line gives an API key of about this length.
func isAPIKey(line []byte, length int) bool {
	if len(line) > 4*length+128 {
		return false
	}
	upper := bytes.ToUpper(line)
	n := -1
	for _, name := range [...]string{"API_KEY", "APIKEY", "API-KEY", "SECRET_ID", "SECRETID", "SECRET-ID", "API_ID"} {
		n = bytes.Index(upper, []byte(name))
		if n == 0 || n > 0 && !ascii.IsWord(upper[n-1]) { // of SIB_API_KEY it is not the other half
			n += len(name)
			break
		}
		n = -1
	}
	if n < 0 {
		return false
	}
	longest, run := 0, 0
	for _, c := range line[n:] {
		if run++; !ascii.IsAlnum(c) && c != '-' && c != '+' && c != '/' {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest >= minPair && longest*2 >= length && longest <= length*2
}

// minPair is the length, in bytes, from which the value beside an API key's name
// is one.
const minPair = 16
