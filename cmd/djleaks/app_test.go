package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// program runs the tool in this process.
func program(stdin string, args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	p := process{stdin: strings.NewReader(stdin), stdout: &out, stderr: &errs, getenv: func(string) string { return "" }}
	code = run(context.Background(), append([]string{"djleaks"}, args...), p)
	return code, out.String(), errs.String()
}

func TestOptionsMayComeAfterArguments(t *testing.T) {
	app := newApp(process{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard})
	for _, c := range []struct{ in, want string }{
		{"djleaks audit . --format json", "djleaks audit --format json ."},
		{"djleaks audit --format json .", "djleaks audit --format json ."},
		{"djleaks audit . --format=json --all", "djleaks audit --format=json --all ."},
		{"djleaks files a -- --all", "djleaks files -- a --all"},
		{"djleaks files - --all", "djleaks files --all -"},
		{"djleaks key new", "djleaks key new"},
		{"djleaks files audit --all", "djleaks files --all audit"},
	} {
		got, err := flagsFirst(app, strings.Fields(c.in))
		if err != nil || !slices.Equal(got, strings.Fields(c.want)) {
			t.Errorf("%s: %v, %v; want %s", c.in, got, err, c.want)
		}
	}
}

func TestAUsageErrorIsExitTwoAndSaidOnStandardError(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"odit", "did you mean audit?"},
		{"report --format xml x", "formats: text, json"},
		{"hook install x", "djleaks hook install --help"},
		{"report x --fail-on low", "unknown option --fail-on"},
		{"audit --formt json", "unknown option --formt\nhint: did you mean --format?"},
		{"audit . -z", "unknown option -z"},
		{"rules django-secret-key insecure", "one rule at a time"},
		{"accept 0123456789abcdef --reason", "option --reason needs a value\nhint: djleaks accept --help"},
		{"ledger add 0123456789abcdef --reason", "option --reason needs a value\nhint: djleaks ledger add --help"},
		{"audit . -o", "option -o needs a value"},
		{"rules --forms django-secret-key", "unexpected argument"},
		{"audit --format", "option --format needs a value"},
		{"audit --jobs many", "invalid value \"many\" for option --jobs"},
		{"audit . --format nonsense", "nonsense"},
		{"audit . --fail-on awful", "awful"},
		{"key nwe", "did you mean new?"},
		{"key new extra", "extra"},
		{"range", "BASE..HEAD"},
		{"range main", "BASE..HEAD"},
		{"range a..b..c", "BASE..HEAD"},
		{"range a...c", "BASE..HEAD"},
		{"audit a b", "one repository"},
		{"audit --jobs -3 .", "jobs"},
	} {
		code, stdout, stderr := program("", strings.Fields(c.args)...)
		if code != exitUsage || stdout != "" || !strings.Contains(stderr, c.want) {
			t.Errorf("djleaks %s: exit %d, stdout %q, stderr %q; want exit 2 and %q", c.args, code, stdout, stderr, c.want)
		}
	}
}

// What a mistake on the command line is answered with ends in the next command.
func TestEveryUsageErrorHasAHint(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	without := regexp.MustCompile(`usageError\{.*, ""\}`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for n, line := range strings.Split(string(text), "\n") {
			if without.MatchString(line) {
				t.Errorf("%s:%d: %s", file, n+1, strings.TrimSpace(line))
			}
		}
	}
}

func TestHelpAndVersionGoToStandardOutput(t *testing.T) {
	for _, args := range []string{"--help", "audit --help", "key --help", "hook --help", "--version", "key", ""} {
		code, stdout, stderr := program("", strings.Fields(args)...)
		if code != exitClean || stdout == "" || stderr != "" {
			t.Errorf("djleaks %s: exit %d, %d bytes on stdout, stderr %q", args, code, len(stdout), stderr)
		}
	}
}

func TestTheUsageOfAGroupAsksForACommand(t *testing.T) {
	for _, name := range []string{"fleet", "hook", "key", "ledger"} {
		if _, stdout, _ := program("", name); !strings.Contains(stdout, "\n   djleaks "+name+" COMMAND ") {
			t.Error(stdout)
		}
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestOutputThatCannotBeWrittenIsNotExitZero(t *testing.T) {
	for _, args := range []string{"", "--help", "--version", "rules", "rules --forms", "rules --format json", "audit --help", "man", "completion bash", "key new", "version"} {
		var errs bytes.Buffer
		p := process{stdin: strings.NewReader(""), stdout: full{}, stderr: &errs, getenv: func(string) string { return "" }}
		code := run(context.Background(), append([]string{"djleaks"}, strings.Fields(args)...), p)
		if code != exitIncomplete || !strings.Contains(errs.String(), "no space left") {
			t.Errorf("djleaks %s: exit %d, %q", args, code, errs.String())
		}
	}
}

func TestAClosedTerminalEndsTheProgramInOrder(t *testing.T) {
	if slices.Contains(stopping(), os.Signal(syscall.SIGHUP)) == signal.Ignored(syscall.SIGHUP) {
		t.Error("SIGHUP ends the program with its temporary files in place")
	}
	signal.Ignore(syscall.SIGHUP) // as nohup does
	defer signal.Reset(syscall.SIGHUP)
	if slices.Contains(stopping(), os.Signal(syscall.SIGHUP)) {
		t.Error("a signal that is to be ignored ends the program")
	}
}

func TestKeyNewIsMadeTheWayDjangoMakesIt(t *testing.T) {
	seen := map[string]bool{}
	symbols := map[rune]bool{}
	for range 200 {
		code, stdout, _ := program("", "key", "new")
		key := strings.TrimSuffix(stdout, "\n")
		if code != 0 || len(key) != 50 || strings.Trim(key, keyAlphabet) != "" || seen[key] {
			t.Fatalf("exit %d, a key of %d characters, seen before: %v", code, len(key), seen[key])
		}
		seen[key] = true
		for _, r := range key {
			symbols[r] = true
		}
	}
	if len(symbols) != len(keyAlphabet) {
		t.Errorf("10,000 draws gave %d of %d symbols", len(symbols), len(keyAlphabet))
	}
}

func TestKeyFingerprintIsTheStartOfSha256sum(t *testing.T) {
	for _, input := range []string{"abc", "abc\n", "abc\r\n"} {
		code, stdout, _ := program(input, "key", "fingerprint")
		if code != 0 || stdout != "ba7816bf8f01cfea\n" { // FIPS 180-2, appendix B.1
			t.Errorf("%q: exit %d, %q", input, code, stdout)
		}
	}
	if code, _, stderr := program("", "key", "fingerprint"); code != exitUsage || !strings.Contains(stderr, "empty") {
		t.Errorf("empty input: exit %d, %q", code, stderr)
	}
}

func TestAnInterruptedAuditIsIncompleteAndSaysSo(t *testing.T) {
	dir := t.TempDir() + "/mysite"
	if err := writeDemo(dir); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out, errs bytes.Buffer
	p := process{stdin: strings.NewReader(""), stdout: &out, stderr: &errs, getenv: func(string) string { return "" }}
	code := run(ctx, []string{"djleaks", "audit", dir}, p)
	if code != exitIncomplete || out.Len() != 0 || !strings.Contains(errs.String(), "interrupted before any blob was searched") {
		t.Errorf("exit %d, stdout %q, stderr %q", code, out.String(), errs.String())
	}
}
