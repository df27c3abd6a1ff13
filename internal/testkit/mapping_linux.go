package testkit

import (
	"os"
	"strings"
	"testing"
)

// Mapping returns what the system says of the mapping of a file into this process
// in one line of /proc/self/smaps, after the name of the line: "Rss" or "VmFlags".
func Mapping(t testing.TB, path, line string) string {
	t.Helper()
	maps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(maps), path+"\n")
	if !found {
		t.Fatalf("%s is not mapped", path)
	}
	_, after, _ = strings.Cut(after, "\n"+line+":")
	after, _, _ = strings.Cut(after, "\n")
	return after
}
