//go:build unix

package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/djleaks/djleaks/internal/fleet"
	"github.com/djleaks/djleaks/internal/scan"
)

// auditBy audits a repository by a shell script in the place of the program.
func auditBy(t *testing.T, ctx context.Context, script string) fleet.Outcome {
	t.Helper()
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	out, err := os.Create(filepath.Join(t.TempDir(), "report"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	c := child{program: shell, args: []string{"sh", "-c", script}, scan: &scan.Scan{Getenv: os.Getenv}, grace: 50 * time.Millisecond}
	return c.Audit(ctx, fleet.Entry{ID: "team/site", Path: "/nowhere/at/all"}, fleet.Inputs{}, out)
}

// whole is a report as an audit writes it.
const whole = `{"schema":1,"tool":{"name":"djleaks","version":"0","rules":"r"},"scope":{"kind":"audit","id":"team/site"},"verdict":"clean",` +
	`"fail_on":"high","coverage":{"complete":true,"commits":1,"blobs":1,"bytes":1,"skipped":[]},"keys":[],"accepted":[],"known":[]}`

func TestHowAChildCanEnd(t *testing.T) {
	incomplete := strings.Replace(strings.Replace(whole, `"complete":true`, `"complete":false`, 1), `"clean"`, `"incomplete"`, 1)
	for name, c := range map[string]struct {
		script, reason string // no reason: there is a report
		retry          bool
	}{
		"whole":                     {"echo '" + whole + "'", "", false},
		"incomplete":                {"echo '" + incomplete + "'; exit 3", "", false},
		"killed":                    {"echo '" + whole + "'; kill -9 $$", "the audit was killed (signal: killed), for want of memory or by somebody", true},
		"half a report":             {"echo '" + whole[:len(whole)/2] + "'", "the audit ended without a whole report", true},
		"no report":                 {"exit 0", "the audit ended without a whole report", true},
		"no report and no word":     {"exit 1", "the audit ended with exit code 1", true},
		"another repository":        {"echo '" + strings.Replace(whole, "team/site", "team/other", 1) + "'", "the audit wrote another report than was asked for", true},
		"another program":           {"echo '" + strings.Replace(whole, `"djleaks"`, `"gitleaks"`, 1) + "'", "the audit wrote another report than was asked for", true},
		"complete, and it says not": {"echo '" + incomplete + "'", "the audit wrote another report than was asked for", true},
		"a crash":                   {"echo 'panic: runtime error' >&2; exit 2", "the audit crashed", true},
		"no memory":                 {"echo 'fatal error: runtime: out of memory' >&2; exit 2", "the audit crashed", true},
		"a mistake":                 {"echo 'djleaks: /nowhere/at/all/.djleaks.toml:3: not TOML' >&2; echo 'hint: x' >&2; exit 2", "the repository/.djleaks.toml:3: not TOML", false},
		"a full disk":               {"echo 'djleaks: report: no space left on device' >&2; exit 3", "report: no space left on device", true},
	} {
		got := auditBy(t, context.Background(), c.script)
		if (got.Report == nil) != (c.reason != "") || got.Reason != c.reason || got.Retry != c.retry {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestAChildThatNeverEndsIsEndedWithWhatItStarted(t *testing.T) {
	pid := filepath.Join(t.TempDir(), "pid")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		for range 1000 {
			if text, _ := os.ReadFile(pid); strings.HasSuffix(string(text), "\n") {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		cancel()
	}()
	got := auditBy(t, ctx, `trap '' TERM; sh -c "trap '' TERM; while :; do sleep 100; done" & echo $! >`+pid+"; while :; do sleep 100; done")
	if got.Report != nil || !strings.Contains(got.Reason, "killed") {
		t.Errorf("%+v", got)
	}
	text, err := os.ReadFile(pid)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	for range 1000 { // it is a zombie until somebody waits for it
		state, _ := exec.Command("ps", "-o", "stat=", "-p", strconv.Itoa(n)).Output()
		if s := strings.TrimSpace(string(state)); s == "" || s[0] == 'Z' {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	_ = syscall.Kill(n, syscall.SIGKILL)
	t.Error("what the child had started runs on")
}
