package value

import (
	_ "embed"
	"sync"

	"github.com/djleaks/djleaks/scanner/django/internal/words"
)

// The lists of words, one a line, are in the folder words.
var (
	//go:embed words/common.txt
	commonWordsText string
	//go:embed words/containers.txt
	containersText string
	//go:embed words/dummies.txt
	dummiesText string
	//go:embed words/dummy-parts.txt
	dummyPartsText string
	//go:embed words/entries.txt
	entriesText string
	//go:embed words/foreign.txt
	foreignText string
	//go:embed words/imperatives.txt
	imperativesText string
	//go:embed words/imperative-parts.txt
	imperativePartsText string
	//go:embed words/parents.txt
	parentsText string
	//go:embed words/qualifiers.txt
	qualifiersText string
	//go:embed words/signing.txt
	signingText string
	//go:embed words/verbs.txt
	verbsText string
)

var (
	// commonWords are words of which people make keys.
	commonWords = sync.OnceValue(func() []string { return words.List(commonWordsText) })
	// containers are what holds settings and variables.
	containers = words.New(containersText)
	// dummies are words of values that nobody should use: for tests, builds, examples.
	dummies = words.New(dummiesText)
	// dummyParts are such words, found inside of words too.
	dummyParts = sync.OnceValue(func() []string { return words.List(dummyPartsText) })
	// entries are last words of the name of an entry, which say what it holds.
	entries = words.New(entriesText)
	// foreign are products, and kinds of keys that are not a site's own signing key: words before SECRET_KEY in a name.
	foreign = words.New(foreignText)
	// imperatives are words that tell a reader to put a key in the place of a value.
	imperatives = words.New(imperativesText)
	// imperativeParts are such words, found inside of words too: compounds, and scripts that write no spaces.
	imperativeParts = sync.OnceValue(func() []string { return words.List(imperativePartsText) })
	// parents are objects that hold the settings of a site.
	parents = words.New(parentsText)
	// qualifiers are words that say which of the site's keys it is.
	qualifiers = words.New(qualifiersText)
	// signing are words before SIGNING_KEY in names of a site's key.
	signing = words.New(signingText)
	// verbs are first words of functions about keys.
	verbs = words.New(verbsText)
)
