package scan

import (
	"context"
	"errors"

	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/project"
	"github.com/djleaks/djleaks/internal/signed"
	"github.com/djleaks/djleaks/scanner"
)

// Matched is what is known of a pasted value.
type Matched struct {
	Answer signed.Answer
	// Keys are those that signed a part of it, by fingerprint.
	Keys map[scanner.Fingerprint]scanner.Key
	// Report says what was read of the repository; it has no keys.
	Report *scanner.Report
}

// Match tries a value with every key of a repository's history, whatever its
// class and whether or not it is accepted. Besides the salts of Django and of
// packages it tries those that the code at HEAD names, and the given ones.
func (s *Scan) Match(ctx context.Context, repo *gitstore.Repository, value string, salts []string) (*Matched, error) {
	if signed.Hopeless(value) { // no key can be tried: nothing has to be read
		return &Matched{Answer: signed.Check(value, nil, &signed.Vocabulary{}), Report: &scanner.Report{}}, nil
	}
	settings, err := ReadSettings(WorkTree(repo), s.Named)
	if err != nil {
		return nil, err
	}
	r := s.report(scanner.ScopeAudit, settings)
	h, findings, err := s.searchAll(ctx, repo, settings, r)
	if err != nil {
		return nil, err
	}
	defer h.Walk.Close()
	r.Coverage.Add(h.coverage)
	words, err := s.vocabulary(ctx, repo, r)
	if err != nil {
		return nil, err
	}
	words.Given = salts
	m := &Matched{Answer: signed.Check(value, secrets(findings), words), Keys: map[scanner.Fingerprint]scanner.Key{}, Report: r}
	signers := map[scanner.Fingerprint]bool{}
	for _, match := range m.Answer.Matches {
		signers[match.Secret.Fingerprint()] = true
	}
	keys, _ := scanner.Build(settings.Detector, findings, h.found, scanner.StatusUnreachable)
	for _, key := range keys {
		if signers[key.Fingerprint] {
			m.Keys[key.Fingerprint] = key
		}
	}
	return m, nil
}

// secrets are the distinct keys of findings, in their order.
func secrets(findings []scanner.Finding) []scanner.Secret {
	var out []scanner.Secret
	seen := map[scanner.Secret]bool{}
	for i := range findings {
		if secret := findings[i].Secret; secret.Len() > 0 && !seen[secret] {
			seen[secret] = true
			out = append(out, secret)
		}
	}
	return out
}

// vocabulary reads what the code at HEAD gives its signers. A repository without
// a commit has none; what cannot be read of it is put into the report.
func (s *Scan) vocabulary(ctx context.Context, repo *gitstore.Repository, r *scanner.Report) (*signed.Vocabulary, error) {
	v := &signed.Vocabulary{}
	files, err := repo.TreeFiles("HEAD")
	if errors.Is(err, gitstore.ErrUnknownRevision) {
		return v, nil
	}
	if err != nil {
		return nil, err
	}
	files.Only = project.HasWords
	var words project.Words
	coverage, err := files.Chunks(ctx, func(chunk *scanner.Chunk) error {
		words.Add(chunk.Path, chunk.Text)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, skip := range coverage.Skipped {
		r.Coverage.Skip(skip)
	}
	v.Salts, v.Cookies, v.Classes = words.Salts(), words.Cookies(), words.Classes()
	for _, pair := range words.CookieSalts() {
		v.Pairs = append(v.Pairs, signed.CookieSalt{Cookie: pair[0], Salt: pair[1]})
	}
	return v, nil
}
