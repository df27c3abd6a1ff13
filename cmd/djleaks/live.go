package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/djleaks/djleaks/internal/scan"
)

// maxLiveInput bounds the list of fingerprints on standard input, in bytes.
const maxLiveInput = 1 << 20

// readLive reads what the options say about the keys that are in use. The words
// of --live-fingerprint are fingerprints, or "-" for lines of standard input:
// "HEX", or "NAME HEX" as the line for the host prints them.
func (p process) readLive(env, fingerprints []string) (scan.Live, error) {
	live := scan.Live{Env: env}
	for _, word := range fingerprints {
		if word != "-" {
			live.Fingerprints = append(live.Fingerprints, strings.FieldsFunc(word, func(c rune) bool { return c == ',' || c == ' ' || c == '\n' })...)
			continue
		}
		text, err := io.ReadAll(io.LimitReader(p.stdin, maxLiveInput+1))
		if err != nil {
			return live, fmt.Errorf("--live-fingerprint: standard input: %w", err)
		}
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		if len(text) > maxLiveInput || strings.TrimSpace(string(text)) == "" {
			lines = []string{"nothing"} // not a fingerprint, and told as such
		}
		live.Fingerprints = append(live.Fingerprints, lines...)
	}
	return live, nil
}
