package report

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// clock is a time that the test moves.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func TestProgressWaitsASecondAndChangesFiveTimesASecond(t *testing.T) {
	var out bytes.Buffer
	c := &clock{time.Unix(1e9, 0)}
	p := newProgress(&out, 80, c.now)
	for range 99 {
		c.t = c.t.Add(10 * time.Millisecond)
		p.Update(1, 100)
	}
	if out.Len() != 0 {
		t.Errorf("it wrote %q within the first second", out.String())
	}
	for range 100 {
		c.t = c.t.Add(10 * time.Millisecond)
		p.Update(1, 100)
	}
	if n := strings.Count(out.String(), "\r"); n != 5 {
		t.Errorf("%d lines in a second", n)
	}
	p.Close()
	p.Update(2, 100)
	lines := strings.Split(out.String(), "\r")
	if last, erased := lines[len(lines)-1], lines[len(lines)-2]; last != "" || strings.TrimSpace(erased) != "" {
		t.Errorf("the line is not erased: %q, then %q", erased, last)
	}
}

func TestProgressSaysBytesRateAndTimeLeft(t *testing.T) {
	got := progressWords(300_000_000, 1_200_000_000, 3*time.Second)
	if want := "read 300 MB of 1.2 GB (25%), 100 MB/s, 9s left"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := progressWords(5_000, 0, time.Second), "read 5.0 kB, 5.0 kB/s"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestProgressFitsEveryTerminal(t *testing.T) {
	for _, columns := range []int{1, 2, 10, 0} {
		var out bytes.Buffer
		c := &clock{time.Unix(1e9, 0)}
		p := newProgress(&out, columns, c.now)
		for range 3 {
			c.t = c.t.Add(2 * time.Second)
			p.Update(1<<40, 1<<41)
		}
		p.Close()
		for _, line := range strings.Split(out.String(), "\r") {
			if columns > 0 && len(line) >= columns && line != "" {
				t.Errorf("%d columns: %q", columns, line)
			}
		}
	}
}

func TestANilProgressDoesNothing(t *testing.T) {
	var p *Progress
	p.Update(1, 2)
	p.Close()
}
