package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/djleaks/djleaks/internal/fleet"
	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/lazy"
	"github.com/djleaks/djleaks/internal/report"
	"github.com/djleaks/djleaks/internal/scan"
)

// child audits repositories by starting this program again: what kills it, ends
// one audit.
type child struct {
	program string   // path of the program
	args    []string // of an audit, before the name of the repository
	scan    *scan.Scan
	cache   string // folder of caches; "" for none
	grace   time.Duration
}

var _ fleet.Auditor = (*child)(nil)

// smallPacks is the size of packs, in bytes, below which a cache saves less than
// it costs.
const smallPacks = 10 << 20

// grace is how long a child may take to end after it was asked to.
const grace = 10 * time.Second

func newChild(getenv func(string) string, named scan.Named, cache string, jobs int) (*child, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	if runtime.GOOS == "linux" {
		program = "/proc/self/exe" // the same one, even if an update replaces the file meanwhile
	}
	args := []string{os.Args[0], "audit", "--format", "json", "--exit-zero", "--jobs", strconv.Itoa(jobs)}
	if named.Config != "" {
		args = append(args, "--config="+named.Config)
	}
	if named.Baseline != "" {
		args = append(args, "--baseline="+named.Baseline)
	}
	s := &scan.Scan{Version: version, Getenv: getenv, Named: named}
	return &child{program: program, args: args, scan: s, cache: cache, grace: grace}, nil
}

// open opens the repository at a path. One above the path is another
// repository.
func (c *child) open(path string) (*gitstore.Repository, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, errors.New(fleet.Reason(err))
	}
	repo, err := openRepository(path)
	if err != nil {
		message := strings.TrimPrefix(withoutPath(err.Error(), path), "open: the repository: ")
		return nil, errors.New(strings.TrimSuffix(message, " (nor is any folder above it)"))
	}
	if !repo.Is(path) {
		repo.Close()
		if _, err := os.ReadDir(path); errors.Is(err, os.ErrPermission) {
			return nil, errors.New(fleet.Reason(err))
		}
		return nil, errors.New("not a Git repository, but inside of one")
	}
	return repo, nil
}

// Inputs implements fleet.Auditor.
func (c *child) Inputs(e fleet.Entry) (in fleet.Inputs, err error) {
	repo, err := c.open(e.Path)
	if err != nil {
		return in, err
	}
	defer repo.Close()
	state, err := c.scan.State(repo)
	if err != nil {
		return in, nil // the audit will say it; nothing is skipped by half a digest
	}
	return fleet.Inputs{Digest: state.Inputs, Refs: state.Refs, Settings: state.Settings, Bytes: state.Bytes}, nil
}

// Audit implements fleet.Auditor.
func (c *child) Audit(ctx context.Context, e fleet.Entry, in fleet.Inputs, out *os.File) fleet.Outcome {
	args := append(c.args[1:len(c.args):len(c.args)], "--as="+e.ID)
	if c.cache != "" && in.Bytes >= smallPacks {
		args = append(args, "--cache="+fleet.Folder(c.cache, e.ID))
	}
	until := c.until(e.Path)
	var errs tail
	cmd := exec.CommandContext(ctx, c.program, append(args, "--", e.Path)...)
	cmd.Args[0] = c.args[0]
	cmd.Stdout, cmd.Stderr = out, &errs
	inGroup(cmd)
	cmd.Cancel = func() error { return terminate(cmd.Process) }
	cmd.WaitDelay = c.grace
	runtime.LockOSThread() // the child ends with the thread that started it
	err := cmd.Run()
	runtime.UnlockOSThread()
	endAll(cmd.Process)
	o := outcome(e, out, cmd, err, errs.text)
	o.Until = until
	if cmd.ProcessState != nil {
		o.Cost = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	return o
}

// until is the day on which a report of now will be out of date, or "".
func (c *child) until(path string) string {
	repo, err := c.open(path)
	if err != nil {
		return ""
	}
	defer repo.Close()
	day, _ := c.scan.Until(repo, time.Now()) // the audit says what is wrong with the settings
	return day
}

// outcome says how a child ended.
func outcome(e fleet.Entry, out io.ReadSeeker, cmd *exec.Cmd, err error, errs []byte) fleet.Outcome {
	if cmd.ProcessState == nil {
		return fleet.Outcome{Reason: "the audit could not be started: " + fleet.Reason(err), Retry: true}
	}
	code := cmd.ProcessState.ExitCode()
	switch said := lastMessage(errs); {
	case code < 0:
		return fleet.Outcome{Reason: fmt.Sprintf("the audit was killed (%s), for want of memory or by somebody", cmd.ProcessState), Retry: true}
	case crashed().Match(errs):
		return fleet.Outcome{Reason: "the audit crashed", Retry: true}
	case code != exitClean && code != exitIncomplete && said == "":
		return fleet.Outcome{Reason: fmt.Sprintf("the audit ended with exit code %d", code), Retry: true}
	case said != "" && code != exitClean:
		return fleet.Outcome{Reason: withoutPath(said, e.Path), Retry: code != exitUsage}
	}
	if _, err := out.Seek(0, io.SeekStart); err != nil {
		return fleet.Outcome{Reason: fleet.Reason(err), Retry: true}
	}
	r, err := report.Read(out)
	switch {
	case err != nil:
		return fleet.Outcome{Reason: "the audit ended without a whole report", Retry: true}
	case r.Scope.ID != e.ID || r.Tool.Name != "djleaks" || r.Coverage.Complete != (code == exitClean):
		return fleet.Outcome{Reason: "the audit wrote another report than was asked for", Retry: true}
	}
	return fleet.Outcome{Report: r}
}

// crashed is how Go begins the report of a crash, whose exit code is that of a
// usage error.
var crashed = lazy.Regexp(`(?m)^(panic: |fatal error: |runtime: |SIG[A-Z]+: )`)

// lastMessage is the error that a run of this program ended with, without its
// hints.
func lastMessage(errs []byte) string {
	message := ""
	for line := range bytes.Lines(errs) {
		if text, ok := bytes.CutPrefix(bytes.TrimSpace(line), []byte("djleaks: ")); ok {
			message = string(text)
		}
	}
	return message
}

// withoutPath makes a message equal on every machine.
func withoutPath(message, path string) string {
	for _, p := range []string{absolute(path), path} {
		if len(p) > 1 {
			message = strings.ReplaceAll(message, p, "the repository")
		}
	}
	return message
}

func absolute(path string) string {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		real = path
	}
	if abs, err := filepath.Abs(real); err == nil {
		return abs
	}
	return real
}

// tail is a writer that keeps the last bytes.
type tail struct{ text []byte }

// maxTail is how much of a child's messages is kept, in bytes.
const maxTail = 64 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.text = append(t.text, p...)
	if over := len(t.text) - maxTail; over > 0 {
		t.text = append(t.text[:0], t.text[over:]...)
	}
	return len(p), nil
}
