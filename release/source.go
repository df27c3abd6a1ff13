package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// sumsFile holds the sums of the current release in the repository, so that a
// commit pins the binaries too.
const sumsFile = "release/SHA256SUMS"

// source is the commit whose files a release is made of.
type source struct {
	commit string // object name
	time   time.Time
}

// day is when the commit was made, in UTC: "2026-11-28".
func (s source) day() string { return s.time.Format(time.DateOnly) }

// flags tell the program where it comes from.
func (s source) flags() string {
	return "-ldflags=-s -w -X main.commit=" + s.commit + " -X main.date=" + s.day()
}

// readSource finds the last commit that changed anything but the sums of the
// release. They are of binaries that name their commit, so it cannot be the one
// that brings the sums: that one and the one before build the same bytes.
func (r *release) readSource() error {
	out, err := git(r.root, "log", "-1", "--format=%H %ct", "--", ".", ":(top,exclude)"+sumsFile)
	if err != nil {
		return err
	}
	var seconds int64
	if _, err := fmt.Sscanf(out, "%s %d", &r.source.commit, &seconds); err != nil {
		return fmt.Errorf("git log: %q: %w", out, err)
	}
	r.source.time = time.Unix(seconds, 0).UTC()
	return r.checkDepth()
}

// checkDepth refuses a shallow clone in which the commit before the one with the
// sums of this version may be missing.
func (r *release) checkDepth() error {
	shallow, err := git(r.root, "rev-parse", "--is-shallow-repository")
	if err != nil || shallow == "false" {
		return err
	}
	have, err := os.ReadFile(filepath.Join(r.root, filepath.FromSlash(sumsFile)))
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	cut, err := git(r.root, "rev-list", "--max-parents=0", "HEAD")
	if err != nil {
		return err
	}
	if strings.Contains(string(have), "djleaks-"+pep440(r.version)+".tar.gz") && strings.Contains(cut, r.source.commit) {
		return &problem{
			"in this shallow clone the commit that the release was built from is missing",
			"git fetch --unshallow",
		}
	}
	return nil
}
