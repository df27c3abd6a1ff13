// Package schema holds the JSON Schemas (draft 7) of what djleaks reads and
// writes: the configuration, for completion in editors, and the report, for
// programs that read it.
//
// config.json is written by hand, and tested against internal/policy: what
// policy refuses it refuses too, where a schema can say so. report.json is made
// from the types of package scanner and their comments: `go test ./cmd/djleaks
// -run Schema -update`.
package schema

import _ "embed"

// Config is the schema of .djleaks.toml, and of [tool.djleaks] in pyproject.toml.
//
//go:embed config.json
var Config []byte

// Report is the schema of `--format json`.
//
//go:embed report.json
var Report []byte
