package django

import (
	_ "embed"
	"sync"

	"github.com/djleaks/djleaks/scanner/django/internal/words"
)

// The lists of words, one a line and in lower case, are in the folder words.
var (
	//go:embed words/dev-folders.txt
	devFoldersText string
	//go:embed words/doc-endings.txt
	docEndingsText string
	//go:embed words/doc-folders.txt
	docFoldersText string
	//go:embed words/foreign-endings.txt
	foreignEndingsText string
	//go:embed words/looked-up.txt
	lookedUpText string
	//go:embed words/oauth-words.txt
	oauthWordsText string
	//go:embed words/sealed-endings.txt
	sealedEndingsText string
	//go:embed words/service-words.txt
	serviceWordsText string
	//go:embed words/sourceless-endings.txt
	sourcelessEndingsText string
	//go:embed words/test-files.txt
	testFilesText string
	//go:embed words/test-folders.txt
	testFoldersText string
	//go:embed words/tool-files.txt
	toolFilesText string
	//go:embed words/variable-endings.txt
	variableEndingsText string
	//go:embed words/variable-files.txt
	variableFilesText string
	//go:embed words/vendored-folders.txt
	vendoredFoldersText string
)

var (
	devFolders        = words.New(devFoldersText)        // folders for a developer's machine
	docEndings        = words.New(docEndingsText)        // endings of documentation, examples and templates
	docFolders        = words.New(docFoldersText)        // folders of documentation, examples and templates
	foreignEndings    = words.New(foreignEndingsText)    // endings of programs in languages that Django is not written in
	lookedUp          = words.New(lookedUpText)          // what functions look up by a name, after their verb
	sealedEndings     = words.New(sealedEndingsText)     // endings of what is packed or encrypted
	sourcelessEndings = words.New(sourcelessEndingsText) // endings of files in which no site keeps its key
	testFiles         = words.New(testFilesText)         // files of tests and of continuous integration
	testFolders       = words.New(testFoldersText)       // folders of tests and of continuous integration
	toolFiles         = words.New(toolFilesText)         // configurations of tools
	variableEndings   = words.New(variableEndingsText)   // endings of files that may set variables of the environment
	variableFiles     = words.New(variableFilesText)     // files that may set variables of the environment
	vendoredFolders   = words.New(vendoredFoldersText)   // folders with copies of other projects
)

// oauthWords say that a secret beside them is that of an app at a social network.
var oauthWords = sync.OnceValue(func() []string { return words.List(oauthWordsText) })

// serviceWords say that a key beside them is that of a storage, a cloud or a
// payment service.
var serviceWords = sync.OnceValue(func() []string { return words.List(serviceWordsText) })
