package gogit_test

import (
	"context"
	"fmt"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/storage/memory"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django"
	"github.com/djleaks/djleaks/scanner/gogit"
)

// The keys in all commits of a repository that is in memory. Instead of writing
// one, a program has cloned it, and passes repository.Storer.
func Example() {
	store := memory.NewStorage()
	first := commit(store, "main", "Settings", map[string]string{"shop/settings.py": "SECRET_KEY = '" + testkit.Key(1) + "'\n"})
	commit(store, "main", "Read the key from the environment", map[string]string{"shop/settings.py": "import os\n\nSECRET_KEY = os.environ['SECRET_KEY']\n"}, first)
	check(store.SetReference(plumbing.NewSymbolicReference(plumbing.HEAD, "refs/heads/main")))

	detector := django.New()
	collector := scanner.NewCollector(detector)
	history := gogit.NewHistory(store, nil, nil)
	coverage, err := collector.Run(context.Background(), history)
	if err != nil || !coverage.Complete {
		fmt.Println("not everything was read:", err, coverage.Skipped)
	}
	items, matched := scanner.Items(collector.Findings())
	places := history.Presences(matched, len(items))
	keys, _ := scanner.Build(detector, collector.Findings(), &scanner.History{Items: items, Places: places}, scanner.StatusLive)
	for _, key := range keys {
		for _, o := range key.Occurrences {
			fmt.Printf("%s %s:%d %s, %s\n", key.Masked, o.Path, o.Line, key.Class, o.Status)
			fmt.Println("in by", o.Introduced[0].Commit[:8], "out by", o.Removed[0].Commit[:8])
		}
	}
	// Output:
	// (#…(50) shop/settings.py:1 django, history
	// in by 4775afbe out by 48794086
}
