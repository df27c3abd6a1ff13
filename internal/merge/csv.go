package merge

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"github.com/djleaks/djleaks/internal/fleet"
	"github.com/djleaks/djleaks/internal/report"
)

// csvColumns are the columns of the CSV.
func csvColumns() []string {
	return []string{
		"type", "id", "owner", "state", "reason", "fingerprint", "severity", "class", "masked", "held_by", "change", "status", "verdict",
		"pushed", "live", "rule", "since", "commit", "path", "line", "places", "refs",
	}
}

// writeCSV writes a row for each repository, what was not read first, and then
// one for each key in each repository.
func writeCSV(w io.Writer, f *Fleet) error {
	out := csv.NewWriter(w)
	row := func(cells ...string) error {
		for i := range cells {
			cells[i] = harmless(cells[i])
		}
		for len(cells) < len(csvColumns()) {
			cells = append(cells, "")
		}
		return out.Write(cells)
	}
	if err := row(csvColumns()...); err != nil {
		return err
	}
	for _, r := range f.byState() {
		reason := ""
		if r.State != fleet.Read {
			reason = unreadWords(r)
		}
		if err := row("repository", r.ID, r.Owner, string(r.State), reason); err != nil {
			return err
		}
	}
	for i := range f.keys {
		k := f.key(&f.keys[i])
		for j, h := range k.In {
			state := string(f.repositories[f.keys[i].in[j].repository].State)
			if err := row("key", h.ID, h.Owner, state, "", string(k.Fingerprint), h.Severity.String(), string(k.Class), k.Masked, strconv.Itoa(k.HeldBy),
				string(h.Change), string(h.Status), string(h.Verdict), maybe(h.Pushed), maybe(h.Live), h.Rule, h.Since, h.Commit, h.Path,
				strconv.Itoa(h.Line), strconv.Itoa(h.Places), strconv.Itoa(h.Refs)); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

func maybe(b *bool) string {
	if b == nil {
		return ""
	}
	return strconv.FormatBool(*b)
}

// harmless makes a cell one that no spreadsheet takes for a formula: they do so
// with what begins with one of these characters, quoted or not (OWASP, CSV
// Injection).
func harmless(s string) string {
	s = report.Clean(s)
	if strings.IndexAny(strings.TrimLeft(s, " "), "=+-@") == 0 {
		return "'" + s
	}
	return s
}
