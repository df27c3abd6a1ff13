package report

import (
	"strconv"
	"time"

	"github.com/djleaks/djleaks/scanner"
)

// A timeline is the picture of when keys were where, ready for an SVG: all
// lengths are in its own units.
type timeline struct {
	Width, Height int
	Top           int // where the rows begin
	Ticks         []tick
	Rows          []timeRow
	More          int // rows that are left out
}

type tick struct {
	X    int
	Text string
}

// timeRow is one key, or one place of a key.
type timeRow struct {
	Y, TextY, BarY, DotY int
	Label                string
	Class                string // severity, for the colour
	Live                 bool   // it is still there
	Bars                 []bar
	Dots                 []dot
}

// bar is a time in which the key was there.
type bar struct{ X, Width int }

type dot struct {
	X       int
	Removed bool
	Text    string
}

// The measures of a timeline.
const (
	timeWidth  = 960
	timeLabel  = 320 // of the labels
	timeEdge   = 24  // right of the last change
	timeRowsUp = 26  // above the first row
	timeRowGap = 26
	timeMost   = 40 // rows
	labelRunes = 39
)

// A date outside these years is drawn at the edge: one commit with a wrong
// clock would otherwise leave no room for all others.
var (
	earliest = time.Date(1995, 1, 1, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
)

// lane is what a row is made of.
type lane struct {
	label  string
	class  string
	live   bool
	events []event
}

// keyLanes has a lane for each key that the commits say anything of, named by
// its mask and its first place.
func keyLanes(keys []scanner.Key) []lane {
	var out []lane
	for i := range keys {
		k := &keys[i]
		if list := events(k); len(list) > 0 {
			label := clean(k.Masked) + " "
			label += shorten(where(&k.Occurrences[0]), labelRunes-width(label))
			out = append(out, lane{label, k.Severity.String(), current(k.Status), list})
		}
	}
	return out
}

// placeLanes has a lane for each place of a key; none for a single change, of
// which a picture says nothing.
func placeLanes(k *scanner.Key) []lane {
	if len(events(k)) < 2 {
		return nil
	}
	var out []lane
	for i := range k.Occurrences {
		o := &k.Occurrences[i]
		one := scanner.Key{Occurrences: k.Occurrences[i : i+1]}
		if list := events(&one); len(list) > 0 {
			out = append(out, lane{where(o), o.Severity.String(), current(o.Status), list})
		}
	}
	return out
}

// newTimeline draws lanes; nil if there is nothing to draw.
func newTimeline(lanes []lane) *timeline {
	if len(lanes) == 0 {
		return nil
	}
	t := &timeline{Width: timeWidth, Top: timeRowsUp}
	if len(lanes) > timeMost {
		t.More, lanes = len(lanes)-timeMost, lanes[:timeMost]
	}
	axis := newAxis(lanes)
	t.Ticks = axis.ticks()
	for i, l := range lanes {
		t.Rows = append(t.Rows, axis.row(l, timeRowsUp+i*timeRowGap))
	}
	t.Height = timeRowsUp + len(lanes)*timeRowGap
	return t
}

// axis turns dates into places.
type axis struct{ first, last time.Time }

func newAxis(lanes []lane) axis {
	a := axis{latest, earliest}
	for _, l := range lanes {
		for _, e := range l.events {
			d := inRange(e.commit.Date)
			if d.Before(a.first) {
				a.first = d
			}
			if d.After(a.last) {
				a.last = d
			}
		}
	}
	// A single day gets a month to stand in.
	if margin := 15 * 24 * time.Hour; a.last.Sub(a.first) < 2*margin {
		a.first, a.last = a.first.Add(-margin), a.last.Add(margin)
	}
	return a
}

func inRange(t time.Time) time.Time {
	switch {
	case t.Before(earliest):
		return earliest
	case t.After(latest):
		return latest
	}
	return t
}

func (a axis) x(t time.Time) int {
	const room = timeWidth - timeLabel - timeEdge
	t = inRange(t)
	return timeLabel + int(float64(room)*t.Sub(a.first).Seconds()/a.last.Sub(a.first).Seconds())
}

func (a axis) row(l lane, y int) timeRow {
	row := timeRow{
		Y: y, TextY: y + 17, BarY: y + 9, DotY: y + 13,
		Label: shorten(l.label, labelRunes), Class: l.class, Live: l.live, Bars: a.bars(l),
	}
	for _, e := range l.events {
		row.Dots = append(row.Dots, dot{a.x(e.commit.Date), e.verb == "removed", e.words()})
	}
	return row
}

// bars are the times between introductions and as many removals: a branch that
// loses the key does not take it from another one.
func (a axis) bars(l lane) []bar {
	var out []bar
	there, start := 0, 0
	end := func(x int) { out = append(out, bar{start, max(x-start, 2)}) }
	for _, e := range l.events {
		x := a.x(e.commit.Date)
		switch {
		case e.verb == "introduced":
			if there == 0 {
				start = x
			}
			there++
		case there == 1:
			end(x)
			there = 0
		default:
			there = max(there-1, 0)
		}
	}
	last := a.x(l.events[len(l.events)-1].commit.Date)
	switch {
	case l.live && there == 0: // the dates of its commits contradict each other
		start = last
		end(timeWidth - 8)
	case l.live:
		end(timeWidth - 8)
	case there > 0:
		end(last)
	}
	return out
}

// shorten keeps the end of a long label, where paths differ.
func shorten(s string, runes int) string {
	r := []rune(s)
	if len(r) <= runes {
		return s
	}
	return "…" + string(r[len(r)-max(runes, 8)+1:])
}

// mostTicks is how many dates fit above the rows.
const mostTicks = 7

// ticks are the beginnings of years or months, whichever gives a few.
func (a axis) ticks() []tick {
	years := a.last.Year() - a.first.Year()
	var out []tick
	if years >= 2 {
		step := 1 + (years-1)/mostTicks
		for y := a.first.Year() + 1; y <= a.last.Year(); y += step {
			out = append(out, tick{a.x(time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC)), strconv.Itoa(y)})
		}
		return out
	}
	months := years*12 + int(a.last.Month()) - int(a.first.Month())
	step := 1 + months/(mostTicks+1)
	for m := 1; m <= months; m += step {
		d := time.Date(a.first.Year(), a.first.Month()+time.Month(m), 1, 0, 0, 0, 0, time.UTC)
		out = append(out, tick{a.x(d), d.Format("2006-01")})
	}
	return out
}
