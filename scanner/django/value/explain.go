package value

import (
	"fmt"
	"strings"

	"github.com/djleaks/djleaks/scanner"
)

// Evaluation says why a value was judged as it was. It holds nothing of the
// value but its length.
type Evaluation struct {
	Class     scanner.Class // empty: no key
	Kind      string        // the class in words, finer than Class
	Length    int           // in bytes
	Random    bool          // the model's verdict
	Plain     float64       // score in bits as it is written; Threshold is needed
	Leet      float64       // score in bits with digits read as letters; LeetThreshold is needed
	From, To  int           // the segment that looks generated, in bytes from 0
	Generator string        // which alphabet explains the segment best
	Reasons   []string      // in sentences, in the order of the tests
}

// What the scores of an Evaluation are compared with, in bits.
const (
	Threshold     = randomBits
	LeetThreshold = leetBits
)

var kinds = [...]string{
	Insecure:    "made by startproject",
	Django:      "made by Django's generator",
	Random:      "made by another generator",
	Mashed:      "typed at random",
	Public:      "printed in documentation",
	MadeUp:      "made up by a person",
	Repetitive:  "long, but without variety",
	Dummy:       "a dummy for tests, development or builds",
	Placeholder: "asks to be replaced",
	Masked:      "masked",
	Reference:   "a reference to a value elsewhere",
	Empty:       "empty, or too long for a key",
}

// Evaluate judges a value alone, without its name and place, and explains it
// without showing it.
func Evaluate(value string) Evaluation {
	class := Classify(value, "")
	e := Evaluation{Class: class.Reported(), Kind: kinds[class], Length: len(value), Random: IsRandom(value)}
	if len(value) > 0 {
		m := theModel()
		raw := []byte(value[:min(len(value), maxJudged)])
		plain, leet := m.read(raw)
		e.Plain, e.Leet, e.From, e.To = plain.bits, leet.bits, plain.from, plain.to
		if plain.bits > 0 {
			e.Generator = generators[plain.generator].name
		}
	}
	e.Reasons = reasons(value, class, &e)
	return e
}

func reasons(value string, class Class, e *Evaluation) (list []string) {
	say := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	if strings.HasPrefix(value, scanner.InsecurePrefix) {
		say("it begins with startproject's prefix, which proves nothing: people write it too")
	}
	switch class {
	case Insecure, Django:
		say("it has exactly %d characters of Django's alphabet, with signs and variety enough", DjangoLength)
	case Public:
		say("its SHA-256 is that of a key in the documentation of Flask or FastAPI")
	case Masked, Reference, Empty:
		say("it is %s: no key, whatever the name", e.Kind)
		return list
	}
	switch {
	case len(value) < MinRandom:
		say("it has %d bytes; below %d nothing is called generated", len(value), MinRandom)
	case isUUID(value):
		say("it has the shape of a UUID")
	default:
		say("bytes %d to %d (from 0) are best explained by %s", e.From, e.To, orNothing(e.Generator))
		say("generated rather than written by a person: %.1f bits of %.0f needed, and %.1f of %.0f when digits are read as letters", e.Plain, Threshold, e.Leet, LeetThreshold)
	}
	switch class {
	case Placeholder:
		say("its words ask for another value")
	case Dummy:
		say("its words say that it is not a real key")
	case Repetitive:
		say("it is a sequence, a repetition, or made of few characters")
	case MadeUp:
		say("nothing in it asks to be replaced, so it counts as the key")
	}
	return list
}

func orNothing(generator string) string {
	if generator == "" {
		return "no generator"
	}
	return generator
}
