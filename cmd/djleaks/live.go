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
		lines := strings.TrimSpace(string(text))
		switch {
		case lines == "":
			return live, usageError{"--live-fingerprint -: standard input is empty", "has the command before the pipe failed? djleaks key fingerprint prints such a line"}
		case len(text) > maxLiveInput:
			return live, usageError{"--live-fingerprint -: standard input is larger than 1 MiB", "a line for each key that is in use: djleaks key fingerprint prints it"}
		}
		live.Fingerprints = append(live.Fingerprints, strings.Split(lines, "\n")...)
	}
	return live, nil
}
