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

// surroundings is a text, as far as it says what its matches are for. It keeps
// what it has looked at from match to match: a text can hold millions of them.
type surroundings struct {
	text    []byte
	command command
	section section
	strings tripled
	looks   int  // how many constants were looked for where they are used
	steps   int  // how many values were looked for in steps of a pipeline
	looked  int  // bytes in which ends of lines were looked for, at most; for tests
	python  fact // whether it speaks for a site in Python
	others  fact // whether it speaks for a framework in another language
}

// fact is an answer about a whole text, once somebody asked.
type fact uint8

const (
	unasked fact = iota
	no
	yes
)

// is answers the question, by looking if nobody has asked before.
func (v *fact) is(look func() bool) bool {
	if *v == unasked {
		if *v = no; look() {
			*v = yes
		}
	}
	return *v == yes
}

func (s *surroundings) speakForPython() bool {
	return s.python.is(func() bool { return holdsOne(s.text, pythonWords[:]) })
}

func (s *surroundings) speakForOthers() bool {
	return s.others.is(func() bool { return holdsOne(s.text, otherWords[:]) })
}

// traits are those that the text around a match gives it.
func (s *surroundings) traits(m *scanner.Match) (traits scanner.Trait) {
	if m.Offset > len(s.text) {
		return 0 // of a text within this one
	}
	if s.command.deploys(s.text, m.Offset) || s.isInDeployment(m.Offset) {
		traits |= scanner.Deployed
	}
	if s.section.isTest(s.text, m.Offset) {
		traits |= scanner.TestOnly
	}
	switch m.Class {
	case scanner.ClassRandom:
		if s.isUnclaimed(m) || isBesidePattern(s.text, m.Offset, m.Length) {
			traits |= scanner.Unclaimed
		}
	case scanner.ClassPublic, scanner.ClassWeak:
		if (m.Class == scanner.ClassPublic || isPython(m.Form)) && s.strings.holds(s.text, m.Offset) {
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

// command is a part of a text that was found to hold no command that deploys.
type command struct{ from, to int }

// deploys reports whether the command that the value at an offset is given to
// deploys.
func (c *command) deploys(text []byte, at int) bool {
	from := commandStart(text, at)
	if from < c.from || from > c.to || c.to > at {
		*c = command{from, from}
	}
	text = text[:at]
	for start := c.to; start < at; {
		word, next := commandWord(text, start)
		start = next
		if len(word) > 1 && ascii.IsLower(word[0]) { // most words are not a command
			use, end := commandWord(text, next)
			if isDeployer(word, use) {
				return true
			}
			next = end
		}
		if next < at { // else the words may go on
			c.to = start
		}
	}
	return false
}

// isDeployer reports whether a command deploys that begins with these two words.
func isDeployer(word, use []byte) bool {
	uses, ok := deployers[string(word)]
	return ok && (uses == nil || slices.ContainsFunc(uses, func(u string) bool { return strings.HasPrefix(string(use), u) }))
}

// commandStart returns where the command that an offset is in begins, or what of
// it is looked at. It goes on over lines that end in a backslash.
func commandStart(text []byte, at int) (from int) {
	low := max(0, at-commandBack)
	for from = at; ; from-- {
		n := bytes.LastIndexByte(text[low:from], '\n')
		if n < 0 {
			return low
		}
		from = low + n + 1
		line := bytes.TrimRight(text[low:from-1], "\r ")
		if len(line) == 0 || bytes.IndexByte([]byte("\\`^"), line[len(line)-1]) < 0 {
			return from
		}
	}
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

// section is the last head of a section before an offset of a text. It is kept
// from match to match: a text can hold millions of them.
type section struct {
	seen int // offset from which heads are still to be looked for
	head int // offset of the last one's bracket
	test bool
}

// isTest reports whether the last head of a section in the sectionBack bytes
// before an offset is that of a test tool: [pytest], [tool:pytest],
// [tool.pytest.ini_options], [testenv].
func (s *section) isTest(text []byte, at int) bool {
	low := max(0, at-sectionBack)
	if at < s.seen || low > s.seen {
		*s = section{seen: max(0, low-1)} // the break before the line at low
	}
	for {
		from := s.seen
		if from > 0 || len(text) == 0 || text[0] != '[' {
			n := bytes.Index(text[from:at], []byte("\n["))
			if n < 0 {
				s.seen = max(from, at-1) // the break may be the last byte
				break
			}
			from += n + 1
		}
		name, end := sectionName(text, from)
		if end >= at {
			break // the match is in it
		}
		if s.seen = from + 1; name != "" {
			s.head, s.test = from, isTestHead(name)
		}
	}
	return s.test && s.head >= low
}

// isTestHead recognises the head of a section of a test tool, or of an environment
// for tests: [tool.hatch.envs.test.env-vars], [env.test].
func isTestHead(name string) bool {
	return strings.Contains(name, "pytest") || strings.HasPrefix(name, "testenv") || strings.HasPrefix(name, "tool.tox") || hasWord(name, "test", "tests", "testing")
}

// sectionName is what the bracket at an offset holds, and where it ends; empty if
// nothing on its line ends it.
func sectionName(text []byte, from int) (name string, end int) {
	line := text[from+1 : min(len(text), from+longestHead)]
	n := bytes.IndexAny(line, "]\n")
	if n < 0 || line[n] != ']' {
		return "", 0
	}
	return string(line[:n]), from + 1 + n
}

// longestHead is how long the head of a section is at most, in bytes.
const longestHead = 256

// isUnclaimed reports whether a random value probably belongs to another product:
// its name is common to many programs, or the other half of a pair is beside it,
// and nothing in the text speaks for a site in Python.
func (s *surroundings) isUnclaimed(m *scanner.Match) bool {
	switch {
	case m.Has(scanner.NoName) || m.Has(scanner.InFallbacks):
		return false
	case !m.Has(scanner.OtherName):
		return s.besideAPIKey(m) && !s.speakForPython()
	case isAppSecret(m.Name) && (besideService(s.text, m) || besideOAuth(s.text, m)):
		return true
	case value.IsGeneric(m.Name):
		return (s.besideAPIKey(m) || besideService(s.text, m) || s.speakForOthers()) && !s.speakForPython()
	}
	return value.IsShared(m.Name) && !isPython(m.Form) && !s.speakForPython()
}

// isAppSecret recognises the name that Symfony has for its key, and social networks
// for the half of a pair that proves who an app is.
func isAppSecret(name string) bool {
	bare := strings.ToUpper(strings.NewReplacer("_", "", "-", "").Replace(name[strings.LastIndexByte(name, '.')+1:]))
	return strings.HasSuffix(bare, "APPSECRET")
}

// besideOAuth reports whether the text near a match asks an interface of a social
// network, with its app's secret.
func besideOAuth(text []byte, m *scanner.Match) bool { return besideOne(text, m, oauthWords()) }

// besideService reports whether a word near a match says that it is the key of a
// storage, a cloud or a payment service.
func besideService(text []byte, m *scanner.Match) bool { return besideOne(text, m, serviceWords()) }

// besideOne reports whether one of some words, in lower case, is near a match.
func besideOne(text []byte, m *scanner.Match, words []string) bool {
	around := bytes.ToLower(text[max(0, m.Offset-companionBytes):min(len(text), m.Offset+m.Length+companionBytes)])
	return slices.ContainsFunc(words, func(w string) bool { return bytes.Contains(around, []byte(w)) })
}

// pythonWords speak for a site in Python, otherWords for a framework in another
// language; in lower case.
var (
	pythonWords = [...]string{
		"allowed_hosts",
		"celery",
		"django",
		"fastapi",
		"flask",
		"gunicorn",
		"installed_apps",
		"manage.py",
		"sqlalchemy",
		"uvicorn",
		"wsgi",
	}
	otherWords = [...]string{
		"app_env=",
		"aspnetcore",
		"connectionstrings",
		"jdbc:",
		"laravel",
		"micronaut",
		"node_env",
		"quarkus.",
		"rails_env",
		"spring.",
		"spring:",
		"symfony",
	}
)

// holdsOne reports whether the beginning of a text holds one of some words,
// whatever their case.
func holdsOne(text []byte, words []string) bool {
	head := bytes.ToLower(text[:min(len(text), evidenceSize)])
	return slices.ContainsFunc(words, func(w string) bool { return bytes.Contains(head, []byte(w)) })
}

// besideAPIKey reports whether the line of a match, before or after it gives an
// API_KEY, as exchanges and clouds hand them out in pairs: to be one, both values
// have about the same length.
func (s *surroundings) besideAPIKey(m *scanner.Match) bool {
	text := s.text
	reach := 4*m.Length + minPair
	far := reach + lineBytes // where the lines around it are looked for
	from, begins := s.lineStart(max(0, m.Offset-far), m.Offset)
	to, ends := s.lineEnd(m.Offset, min(len(text), m.Offset+far))
	var before, after []byte
	if begins && from > 0 {
		if start, whole := s.lineStart(max(0, from-1-far), from-1); whole {
			before = text[start : from-1]
		}
	}
	if ends && to < len(text) {
		if end, whole := s.lineEnd(to+1, min(len(text), to+1+far)); whole {
			after = text[to+1 : end]
		}
	}
	end := min(to, m.Offset+m.Length)
	return isAPIKey(before, m.Length) || isAPIKey(after, m.Length) ||
		isAPIKey(text[max(from, m.Offset-reach):m.Offset], m.Length) || isAPIKey(text[end:min(to, end+reach)], m.Length)
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
