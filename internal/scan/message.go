package scan

import (
	"bytes"
	"context"
	"path/filepath"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/regular"
	"github.com/djleaks/djleaks/scanner"
)

// maxMessage is the size of the largest message of a commit that is read, in bytes.
const maxMessage = 16 << 20

// scissors begins the line after which Git takes nothing for the message: with
// `git commit --verbose` the changes follow.
const scissors = "# ------------------------ >8 ------------------------"

// Message searches the message of a commit that is being made, which Git has put
// into a file. A key that the message of HEAD has is known, so that a commit can be
// amended.
func (s *Scan) Message(ctx context.Context, repo *gitstore.Repository, file string) (*scanner.Report, error) {
	text, err := regular.Read(file, maxMessage)
	if err != nil {
		return nil, Mistake{err, "the file that Git gives to the hook commit-msg"}
	}
	settings, err := s.stagedSettings(repo)
	if err != nil {
		return nil, err
	}
	text, _, _ = bytes.Cut(text, []byte(scissors))
	r := s.report(scanner.ScopeStaged, settings)
	r.Scope.Repository = repo.GitDir()
	r.Coverage.Blobs, r.Coverage.Bytes = 1, int64(len(text))
	collector := scanner.NewCollector(settings.Detector)
	name := filepath.Base(file)
	collector.Add(&scanner.Chunk{Path: name, Text: text})
	if head, err := repo.Head(); err == nil && head.Commit != "" {
		r.Scope.Head = head.Commit.String()
		if c, err := repo.Commit(head.Commit); err == nil {
			collector.Add(&scanner.Chunk{Path: name, Text: c.Text, Known: true})
		}
	}
	r.Coverage.Add(collector.Skipped())
	r.Keys, r.Known = scanner.Build(settings.Detector, s.findings(collector), nil, scanner.StatusStaged)
	return s.conclude(r, settings), ctx.Err()
}
