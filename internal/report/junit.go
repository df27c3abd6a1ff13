package report

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// JUnit XML, one test case for each key. Keys below the threshold pass; a scan
// that is not complete is an error.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Time     string      `xml:"time,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Time    string        `xml:"time,attr"`
		Failure *junitMessage `xml:"failure"`
		Error   *junitMessage `xml:"error"`
		Output  string        `xml:"system-out,omitempty"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
)

func writeJUnit(w io.Writer, r *scanner.Report, opt Options) error {
	suite := junitSuite{Name: "djleaks", Time: "0"}
	coverage := junitCase{Class: "djleaks", Name: "everything was read", Time: "0", Output: junitNotes(r)}
	if !r.Coverage.Complete {
		suite.Errors++
		coverage.Error = &junitMessage{"the scan is incomplete", "incomplete", junitSkips(r)}
	}
	suite.Cases = append(suite.Cases, coverage)
	keys, _ := shown(r, opt.All)
	for i := range keys {
		k := &keys[i]
		c := junitCase{Class: "djleaks." + clean(k.Rule), Name: junitName(k), Time: "0"}
		if r.Fails(k) {
			suite.Failures++
			c.Failure = &junitMessage{title(k) + ", " + keyStatus(k), k.Severity.String(), junitText(k)}
		} else {
			c.Output = junitText(k)
		}
		suite.Cases = append(suite.Cases, c)
	}
	suite.Tests = len(suite.Cases)
	var b bytes.Buffer
	b.WriteString(xml.Header)
	e := xml.NewEncoder(&b)
	e.Indent("", "  ")
	if err := e.Encode(junitSuites{
		Name: suite.Name, Tests: suite.Tests, Failures: suite.Failures, Errors: suite.Errors, Suites: []junitSuite{suite},
	}); err != nil {
		return fmt.Errorf("report: junit: %w", err)
	}
	b.WriteByte('\n')
	_, err := w.Write(b.Bytes())
	return err
}

// junitNotes are what was read, the notes, and the comments that accept nothing. None
// of them is a failure.
func junitNotes(r *scanner.Report) string {
	list := notes(r)
	return strings.Join(append([]string{coverageWords(r)}, list[:min(len(list), sarifLocations)]...), "\n")
}

// junitName is the same for a key in each run, so that CI systems can compare.
func junitName(k *scanner.Key) string {
	name := "key " + clean(string(k.Fingerprint))
	if len(k.Occurrences) > 0 {
		name += " in " + where(&k.Occurrences[0])
	}
	return name
}

func junitText(k *scanner.Key) string {
	lines := []string{k.Severity.String() + ": " + title(k) + ", " + keyStatus(k)}
	lines = append(lines, reasons(k)...)
	for i := range k.Occurrences[:min(len(k.Occurrences), textPlaces)] {
		lines = append(lines, "at "+place(&k.Occurrences[i]))
	}
	if n := len(k.Occurrences) - textPlaces; n > 0 {
		lines = append(lines, "and "+say.Counted(n, "more place", "more places"))
	}
	list := events(k)
	for _, e := range list[:min(len(list), textPlaces)] {
		lines = append(lines, e.words())
	}
	return strings.Join(lines, "\n")
}

func junitSkips(r *scanner.Report) string {
	lines := []string{coverageWords(r)}
	for _, s := range r.Coverage.Skipped[:min(len(r.Coverage.Skipped), sarifLocations)] {
		lines = append(lines, skipWords(s))
	}
	return strings.Join(lines, "\n")
}
