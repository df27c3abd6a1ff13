package deployment

import (
	"path"
	"slices"
	"strings"
)

// Kind says how a command starts Django.
type Kind uint8

// The kinds of commands. What loads no settings is Nothing.
const (
	Nothing    Kind = iota
	Management      // manage.py or django-admin
	Tests           // pytest
	Server          // gunicorn and its like, and Celery
)

// Start finds the first command on a line that loads Django's settings: of a shell
// script, a Dockerfile, a Procfile, or YAML or INI with shell commands in it. The
// command is returned with its interpreter, if it has one, and with its arguments up
// to the first quote or redirection.
//
// A line is read by its words, not as the language that it is in. So a package that
// is installed and a job that is named like a command are told apart from it, but a
// variable that holds a command, or a word of a list over several lines, is not.
func Start(line string) (kind Kind, command string) {
	if strings.HasPrefix(strings.TrimSpace(line), "#") {
		return Nothing, ""
	}
	line, _, _ = strings.Cut(line, " #")
	if strings.Contains(line, `["`) || strings.Contains(line, "['") {
		line = listed.Replace(line)
	}
	for part := range strings.FieldsFuncSeq(line, func(c rune) bool { return strings.ContainsRune(";&|", c) }) {
		words := strings.Fields(part)
		if len(words) == 0 || isOther(words) {
			continue
		}
		for i := range words {
			if kind := startAt(words[i:]); kind != Nothing {
				return kind, commandAt(words, i)
			}
		}
	}
	return Nothing, ""
}

// listed takes the brackets from a command that is a list: ["python", "manage.py", "check"].
var listed = strings.NewReplacer(`["`, "", `", "`, " ", `","`, " ", `"]`, "", "['", "", "', '", " ", "','", " ", "']", "")

// isOther reports whether the words copy or install what they name, or are a YAML
// entry that is only a name.
func isOther(words []string) bool {
	if words[0] == "-" {
		words = words[1:]
	}
	if len(words) == 0 {
		return true
	}
	switch strings.ToLower(words[0]) {
	case "copy", "add", "cp", "chmod", "name:", "id:", "key:", "needs:", "uses:", "image:", "container_name:", "label:", "title:", "path:", "description:":
		return true
	}
	return slices.ContainsFunc(words, func(word string) bool { return word == "install" || word == "add" || word == "pip" })
}

// startAt recognises a command that begins with the first word.
func startAt(words []string) Kind {
	next := ""
	if len(words) > 1 {
		next = bare(words[1])
	}
	switch path.Base(bare(words[0])) {
	case "manage.py":
		if isSubcommand(next) {
			return Management
		}
	case "django-admin", "django-admin.py":
		// These load no settings where nobody tells which.
		if isSubcommand(next) && !slices.Contains([]string{"startproject", "startapp", "makemessages", "compilemessages", "help", "version"}, next) {
			return Management
		}
	case "pytest", "py.test":
		return Tests
	case "gunicorn", "uvicorn", "daphne", "hypercorn", "uwsgi":
		if next != "" {
			return Server
		}
	case "celery":
		if slices.ContainsFunc(words[1:], func(word string) bool {
			return strings.HasPrefix(word, "-A") || strings.HasPrefix(word, "--app") || bare(word) == "worker" || bare(word) == "beat"
		}) {
			return Server
		}
	}
	return Nothing
}

// bare is a word without the quotes around it.
func bare(word string) string { return strings.Trim(word, "\"'`,") }

// isSubcommand reports whether a word can be a command of manage.py: not an option,
// not a file, but perhaps a variable.
func isSubcommand(word string) bool {
	return word != "" && (word[0] == '$' || !strings.ContainsFunc(word, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_'
	}))
}

// commandAt is the text of the command that the word i belongs to.
func commandAt(words []string, i int) string {
	name := i
	for i > 0 && isRunner(bare(words[i-1])) {
		i--
	}
	words = slices.Clone(words[i:])
	name -= i
	for j := range words[:name+1] {
		words[j] = bare(words[j])
	}
	text := strings.Join(words, " ")
	if n := strings.IndexAny(text, "<>#\"'`)]"); n >= 0 {
		text = text[:n]
	}
	return strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "\\"))
}

// isRunner reports whether a word starts the program that the next one names.
func isRunner(word string) bool {
	switch word {
	case "uv", "poetry", "pdm", "pipenv", "hatch", "run", "coverage", "exec", "-m", "-u":
		return true
	}
	return strings.HasPrefix(path.Base(word), "python")
}
