package forms

import (
	_ "embed"

	"github.com/djleaks/djleaks/scanner/django/internal/words"
)

// The lists of words, one a line, are in the folder words.
var (
	//go:embed words/commands.txt
	commandsText string
	//go:embed words/defaults.txt
	defaultsText string
	//go:embed words/entry-names.txt
	entryNamesText string
	//go:embed words/getters.txt
	gettersText string
	//go:embed words/messages.txt
	messagesText string
	//go:embed words/parents.txt
	parentsText string
	//go:embed words/setters.txt
	settersText string
	//go:embed words/shell.txt
	shellText string
)

var (
	// commands are words that are run, so that what is before them is only their
	// environment.
	commands = words.New(commandsText)
	// defaults are the keywords of an argument that is the default.
	defaults = words.New(defaultsText)
	// entryNames are what a dictionary of settings calls the site's key.
	entryNames = words.New(entryNamesText)
	// getters are functions that read a setting and take a default.
	getters = words.New(gettersText)
	// messages are functions whose arguments are words for people.
	messages = words.New(messagesText)
	// parents are keys of YAML that say nothing about whose key is below them.
	parents = words.New(parentsText)
	// setters are functions that give a setting its value.
	setters = words.New(settersText)
	// shellWords are words before NAME=value that only a shell, a container tool
	// or a platform's command line has.
	shellWords = words.New(shellText)
)
