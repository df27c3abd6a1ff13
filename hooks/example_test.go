package hooks_test

import (
	"fmt"
	"os"
	"strings"

	"github.com/djleaks/djleaks/hooks"
)

// Git tells a pre-push hook on standard input what is about to be sent.
func ExamplePrePushRange() {
	old, new := strings.Repeat("1", 40), strings.Repeat("2", 40)
	input := strings.NewReader("refs/heads/topic " + new + " refs/heads/topic " + old + "\n")
	r, err := hooks.PrePushRange([]string{"origin", "git@example.com:site.git"}, input, os.Getenv)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("new:", r.Include[0][:7])
	fmt.Println("old:", r.Exclude[0][:7], "and what remotes have:", r.NotOnRemotes)
	// Output:
	// new: 2222222
	// old: 1111111 and what remotes have: true
}
