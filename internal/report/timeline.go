package report

import (
	"strconv"
	"strings"
	"time"

	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// A timeline is the picture of when keys were where: a row for each key or
// place, whose bars and dots are at percents of its width, so that it is as wide
// as the screen and its words stay as large as they are.
type timeline struct {
	Ticks     []tick
	Rows      []timeRow
	More      []timeRow // folded away
	MoreTitle string

	Current, Weak bool // whether a row is in current code, or only in a pull request or a tag
}

type tick struct {
	X      string // percent
	Anchor string // start, middle, end: a date at an edge must not leave the picture
	Text   string
}

// timeRow is one key, or one place of a key.
type timeRow struct {
	Label string
	Class string // severity, for the colour
	Words string // the row for who does not see it
	State string // where it is now; empty if it is in no ref
	Weak  bool   // that is not current code: only a pull request or a tag has it
	Bars  []bar
	Dots  []dot
}

// bar is a time in which the key was there, in percent.
type bar struct{ X, Width string }

type dot struct {
	X       string // percent
	Removed bool
	Text    string
}

// The measures of a timeline.
const (
	timeEnd  = 97.0 // percent: right of the last change
	timeRows = 30   // that are not folded away
	timeMost = 1000 // rows at all

	labelRunes = 42 // of a label, as many as a phone shows
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
	state  string // of timeRow
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
			label += shorten(where(&k.Occurrences[0]), labelRunes-say.Width(label))
			out = append(out, lane{label, k.Severity.String(), stateWords(k), list})
		}
	}
	return out
}

// inCurrentCode is the state of what a branch or HEAD has.
var inCurrentCode = statusWords(scanner.StatusLive)

// stateWords says where a key is now; empty if it is in no ref.
func stateWords(k *scanner.Key) string {
	if !current(k.Status) {
		return ""
	}
	return keyStatus(k)
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
		one := scanner.Key{Status: o.Status, Occurrences: k.Occurrences[i : i+1]}
		if list := events(&one); len(list) > 0 {
			out = append(out, lane{where(o), o.Severity.String(), stateWords(&one), list})
		}
	}
	return out
}

// newTimeline draws lanes; nil if there is nothing to draw.
func newTimeline(lanes []lane) *timeline {
	if len(lanes) == 0 {
		return nil
	}
	lanes = lanes[:min(len(lanes), timeMost)]
	t := &timeline{}
	axis := newAxis(lanes)
	t.Ticks = axis.ticks()
	for i, l := range lanes {
		t.Current, t.Weak = t.Current || l.state == inCurrentCode, t.Weak || l.state != "" && l.state != inCurrentCode
		if i < timeRows {
			t.Rows = append(t.Rows, axis.row(l))
		} else {
			t.More = append(t.More, axis.row(l))
		}
	}
	t.MoreTitle = say.Counted(len(t.More), "more row", "more rows")
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
	// A single day gets a month around it.
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

// x is the place of a date, in percent.
func (a axis) x(t time.Time) float64 {
	return timeEnd * inRange(t).Sub(a.first).Seconds() / a.last.Sub(a.first).Seconds()
}

// percent writes a place with as much precision as a screen shows.
func percent(x float64) string { return strconv.FormatFloat(x, 'f', 2, 64) }

func (a axis) row(l lane) timeRow {
	row := timeRow{Label: l.label, Class: l.class, State: l.state, Weak: l.state != inCurrentCode, Bars: a.bars(l)}
	words := []string{l.label}
	for i, e := range l.events {
		row.Dots = append(row.Dots, dot{percent(a.x(e.commit.Date)), e.verb == "removed", e.words()})
		if i < timeWords {
			words = append(words, e.words())
		}
	}
	if l.state != "" {
		words = append(words, l.state)
	}
	row.Words = strings.Join(words, ", ")
	return row
}

// timeWords is how many events the words of a row list.
const timeWords = 6

// bars are the times between introductions and as many removals: a branch that
// loses the key does not take it from another one.
func (a axis) bars(l lane) []bar {
	var out []bar
	there, start := 0, 0.0
	end := func(x float64) { out = append(out, bar{percent(start), percent(max(x-start, 0.3))}) }
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
	case l.state != "" && there == 0: // the dates of its commits contradict each other
		start = last
		end(99)
	case l.state != "":
		end(99)
	case there > 0:
		end(last)
	}
	return out
}

// mostTicks is how many dates fit above the rows.
const mostTicks = 4

// ticks are the beginnings of years or months, whichever gives a few.
func (a axis) ticks() []tick {
	years := a.last.Year() - a.first.Year()
	var out []tick
	if years >= 2 {
		step := 1 + (years-1)/mostTicks
		for y := a.first.Year() + 1; y <= a.last.Year(); y += step {
			out = append(out, a.tick(time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC), strconv.Itoa(y)))
		}
		return out
	}
	months := years*12 + int(a.last.Month()) - int(a.first.Month())
	step := 1 + months/(mostTicks+1)
	for m := 1; m <= months; m += step {
		d := time.Date(a.first.Year(), a.first.Month()+time.Month(m), 1, 0, 0, 0, 0, time.UTC)
		out = append(out, a.tick(d, d.Format("2006-01")))
	}
	return out
}

// tick is one date, kept within the picture.
func (a axis) tick(t time.Time, text string) tick {
	x := a.x(t)
	anchor := "middle"
	switch {
	case x < 6:
		anchor = "start"
	case x > 94:
		anchor = "end"
	}
	return tick{percent(x), anchor, text}
}

// minShortened is how many characters of a label are left at least.
const minShortened = 8

// shorten keeps the end of a long label, where paths differ.
func shorten(s string, runes int) string {
	r := []rune(s)
	runes = max(runes, minShortened)
	if len(r) <= runes {
		return s
	}
	return "…" + string(r[len(r)-runes+1:])
}
