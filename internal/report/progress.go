package report

import (
	"io"
	"strings"
	"sync"
	"time"

	"github.com/djleaks/djleaks/internal/say"
)

// When a progress line appears and how often it changes: a scan that is over
// in a second shows none.
const (
	progressDelay    = time.Second
	progressInterval = 200 * time.Millisecond
)

// Progress is one line on a terminal that says how far a scan is. It is safe
// for concurrent use; a nil Progress does nothing, so that a caller without a
// terminal needs no condition.
type Progress struct {
	mu      sync.Mutex
	w       io.Writer
	columns int
	now     func() time.Time
	start   time.Time
	next    time.Time // not before this the line changes
	drawn   int       // columns of what is drawn
	closed  bool
}

// NewProgress returns a line on w, a terminal of this many columns (0: not
// known). The clock starts now.
func NewProgress(w io.Writer, columns int) *Progress {
	return newProgress(w, columns, time.Now)
}

func newProgress(w io.Writer, columns int, now func() time.Time) *Progress {
	if columns <= 0 {
		columns = defaultWidth
	}
	start := now()
	return &Progress{w: w, columns: columns, now: now, start: start, next: start.Add(progressDelay)}
}

// Update says that done of total bytes are read; total is 0 while it is not
// known. A call that finds another one at work is dropped.
func (p *Progress) Update(done, total int64) {
	if p == nil || !p.mu.TryLock() {
		return
	}
	defer p.mu.Unlock()
	now := p.now()
	if p.closed || now.Before(p.next) {
		return
	}
	p.next = now.Add(progressInterval)
	p.draw(progressWords(done, total, now.Sub(p.start)))
}

// Close erases the line. Later Updates do nothing.
func (p *Progress) Close() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed && p.drawn > 0 {
		p.draw("")
		_, _ = io.WriteString(p.w, "\r")
	}
	p.closed = true
}

// draw overwrites the last line with blanks, which every terminal
// understands. The last column stays free: filling it makes some of them begin
// a new line. An error is not ours to report; the scan goes on.
func (p *Progress) draw(line string) {
	line = line[:min(len(line), p.columns-1)]
	blanks := max(0, p.drawn-len(line))
	_, _ = io.WriteString(p.w, "\r"+line+strings.Repeat(" ", blanks))
	p.drawn = len(line)
}

// progressWords is the line, in ASCII: "read 312 MB of 1.2 GB (26%), 104 MB/s,
// 9s left".
func progressWords(done, total int64, elapsed time.Duration) string {
	line := "read " + bytesWords(done)
	if total > 0 {
		done = min(done, total)
		line += " of " + bytesWords(total) + " (" + say.Thousands(int64(float64(done)/float64(total)*100)) + "%)"
	}
	seconds := elapsed.Seconds()
	if done <= 0 || seconds <= 0 {
		return line
	}
	line += ", " + bytesWords(int64(float64(done)/seconds)) + "/s"
	if total > done {
		left := time.Duration(seconds * float64(total-done) / float64(done) * float64(time.Second))
		line += ", " + max(left, time.Second).Round(time.Second).String() + " left"
	}
	return line
}
