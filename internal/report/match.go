package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// Match is the answer of `key match`: who signed a value. It holds neither the
// value nor a key.
type Match struct {
	Schema int           `json:"schema"`
	Tool   scanner.Tool  `json:"tool"`
	Scope  scanner.Scope `json:"scope"`
	// Matched is whether a key of the history signed the value. The four fields
	// after it are those of the first signature.
	Matched     bool                 `json:"matched"`
	Fingerprint *scanner.Fingerprint `json:"fingerprint"`
	Purpose     *string              `json:"purpose"`
	SignedAt    *time.Time           `json:"signed_at"`
	Occurrences []scanner.Occurrence `json:"occurrences"`
	Signatures  []Signature          `json:"signatures"` // one for each value that a key signed
	Checked     []string             `json:"checked"`    // what has the form of a signed value and was tried
	Reasons     []string             `json:"reasons"`    // why values cannot be checked
	Tried       Tried                `json:"tried"`
	Partial     bool                 `json:"partial"` // there was more to try than one run does
	Coverage    scanner.Coverage     `json:"coverage"`
}

// Tried counts what a value was tried with.
type Tried struct {
	Keys  int `json:"keys"`
	Salts int `json:"salts"` // those of Django and other packages, of the code at HEAD, and of --salt
}

// Signature is one value and the key that signed it.
type Signature struct {
	Purpose   string      `json:"purpose"`           // in one word; docs/key-match.md lists them
	What      string      `json:"what"`              // the purpose in words
	Name      string      `json:"name,omitempty"`    // of the cookie or parameter, if the input had one
	Salt      string      `json:"salt,omitempty"`    // if it is not the library's own
	Altered   string      `json:"altered,omitempty"` // how the running key differs from the one in the history
	Algorithm string      `json:"algorithm"`         // of the HMAC: SHA-1, SHA-256, …
	SignedAt  *time.Time  `json:"signed_at"`         // null if the value does not say
	Key       scanner.Key `json:"key"`
}

// Conclude fills the fields of the first signature and absent lists.
func (m *Match) Conclude() {
	m.Schema = scanner.Schema
	m.Coverage.Complete = len(m.Coverage.Skipped) == 0
	m.Matched = len(m.Signatures) > 0
	m.Occurrences = []scanner.Occurrence{}
	if m.Matched {
		first := &m.Signatures[0]
		m.Fingerprint, m.Purpose, m.SignedAt, m.Occurrences = &first.Key.Fingerprint, &first.Purpose, first.SignedAt, first.Key.Occurrences
	} else {
		m.Signatures = []Signature{}
	}
	m.Checked, m.Reasons = append([]string{}, m.Checked...), append([]string{}, m.Reasons...)
	m.Coverage.Skipped = append([]scanner.Skip{}, m.Coverage.Skipped...)
}

// WriteMatch shows the answer as "text" or "json".
func WriteMatch(w io.Writer, format string, m *Match, opt Options) error {
	for i := range m.Signatures {
		m.Signatures[i].Key = normalizeKeys([]scanner.Key{m.Signatures[i].Key})[0]
	}
	m.Conclude()
	m = scanner.Redacted(opt.Found, m)
	if format == "json" {
		return encodeJSON(w, m, "  ")
	}
	t := &text{page: newPage(w, opt.Width), palette: newPalette(opt.Color), opt: opt, report: &scanner.Report{Scope: m.Scope, Coverage: m.Coverage}}
	t.match(m)
	return t.Flush()
}

func (t *text) match(m *Match) {
	for i := range m.Signatures {
		t.signature(&m.Signatures[i])
	}
	switch {
	case m.Matched:
		t.paragraph("", "", "Whoever has the key can make such values. If the site set this one after its last deploy, it still runs with the key: rotate it. After the rotation ask again: a value from before the deploy must match, and one from after it must not.", fmt.Sprint)
	case len(m.Checked) > 0:
		paint := t.good
		if m.Partial || !m.Coverage.Complete {
			paint = t.warn
		}
		t.paragraph("", "  ", unmatchedWords(m), paint.Sprint)
		t.paragraph("  ", "  ", "Tried: "+clean(strings.Join(m.Checked, "; "))+", with "+say.Counted(m.Tried.Salts, "salt", "salts")+". A salt that neither Django nor the code at HEAD names is not among them: give it with --salt.", fmt.Sprint)
	}
	for _, reason := range m.Reasons {
		t.paragraph("  ", "    ", "not checked: "+clean(reason), fmt.Sprint)
	}
	t.coverage()
}

// unmatchedWords says that no key signed a value, and of how many.
func unmatchedWords(m *Match) string {
	read := "the history"
	if !m.Coverage.Complete {
		read = "the part of the history that could be read"
	}
	if m.Partial {
		return "Not everything was tried: whether a key in " + read + " signed it is not known."
	}
	switch m.Tried.Keys {
	case 0:
		return "There is no key in " + read + " that could have signed it."
	case 1:
		return "The one key in " + read + " did not sign it."
	}
	return "None of the " + say.Thousands(m.Tried.Keys) + " keys in " + read + " signed it."
}

func (t *text) signature(s *Signature) {
	name := ""
	if s.Name != "" {
		name = " " + clean(s.Name)
	}
	t.paragraph("", "  ", "MATCH"+name+": "+s.What+", signed with a key of this repository", t.bad.Sprint)
	when := "the value does not say when"
	if s.SignedAt != nil {
		when = "signed " + s.SignedAt.UTC().Format("2006-01-02 15:04:05 UTC")
	}
	salt := ""
	if s.Salt != "" {
		salt = ", salt " + clean(s.Salt)
	}
	t.line("  ", when, ", HMAC with ", s.Algorithm, salt)
	if s.Altered != "" {
		t.paragraph("  ", "  ", "The process has the key "+s.Altered+", so that its fingerprint is another one.", fmt.Sprint)
	}
	t.line()
	t.key(&s.Key)
}
