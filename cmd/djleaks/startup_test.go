package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// A hook runs at every commit, so that nothing may be built before it is needed:
// tables, patterns, templates and schemas of other commands least of all.
func TestNothingIsBuiltBeforeMain(t *testing.T) {
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	trace, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, trace)
	}
	// This package has the tables of its tests here, and testkit only tests use.
	line := regexp.MustCompile(`(?m)^init (github\.com/djleaks/\S+) @.* clock, (\d+) bytes, (\d+) allocs`)
	packages, allocations, size := 0, 0, 0
	for _, m := range line.FindAllStringSubmatch(string(trace), -1) {
		if strings.HasSuffix(m[1], "/testkit") || strings.HasSuffix(m[1], "/cmd/djleaks") {
			continue
		}
		bytes, _ := strconv.Atoi(m[2])
		n, _ := strconv.Atoi(m[3])
		packages, allocations, size = packages+1, allocations+n, size+bytes
		if n > 120 || bytes > 8<<10 {
			t.Errorf("%s: %d allocations of %d bytes before main", m[1], n, bytes)
		}
	}
	if packages < 5 {
		t.Fatalf("%d packages of the house are initialized: the trace is not read\n%s", packages, trace)
	}
	if allocations > 300 || size > 24<<10 {
		t.Errorf("%d allocations of %d bytes before main, in all packages of the house", allocations, size)
	}
}

func TestTheHookAllocatesLittleWhereNothingIsStaged(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, words := range []string{"init -q .", "-c user.name=Ada -c user.email=ada@example.com commit -q --allow-empty -m start"} {
		if out, err := exec.Command("git", strings.Fields(words)...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	var errs bytes.Buffer
	staged := func() {
		p := process{stdin: strings.NewReader(""), stdout: io.Discard, stderr: &errs, getenv: func(string) string { return "" }}
		if code := run(context.Background(), []string{"djleaks", "staged"}, p); code != 0 {
			t.Fatalf("exit code %d: %s", code, errs.String())
		}
	}
	// Half of them are the options of the command. It is 980, and 1,280 with the race
	// detector.
	if n := testing.AllocsPerRun(3, staged); n > 1400 {
		t.Errorf("%.0f allocations in a hook with nothing to do", n)
	}
}

func TestOnlyWhatWritesFilesListensToSignalsAtOnce(t *testing.T) {
	for words, want := range map[string]bool{
		"staged": true, "staged --format json settings.py": true, "range main..HEAD": true, "hook run pre-push origin git@example.com:site.git": true,
		"staged -o out.json": false, "staged --output=out.json": false, "range main..HEAD --report sarif=out.sarif": false,
		"staged --write-baseline b.jsonl --reason x": false, "hook install": false, "audit": false, "fix --write": false, "": false, "-v": false,
	} {
		if got := leavesNothing(append([]string{"djleaks"}, strings.Fields(words)...)); got != want {
			t.Errorf("%s: %v", words, got)
		}
	}
}
