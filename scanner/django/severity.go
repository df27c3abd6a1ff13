package django

import "github.com/djleaks/djleaks/scanner"

// Severity judges a match in a file of this path.
func (*Detector) Severity(m *scanner.Match, path string) (scanner.Severity, string) {
	return scanner.High, ""
}
