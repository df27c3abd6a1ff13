// Package schema holds the JSON Schemas (draft 7) of what djleaks reads and
// writes: the configuration, for completion in editors, and the reports, for
// programs that read them.
//
// config.json is written by hand, and tested against internal/policy: what
// policy refuses it refuses too, where a schema can say so. The others are made
// from the types of packages scanner, internal/fleet and internal/merge and their
// comments: `go test ./cmd/djleaks -run Schema -update`.
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

// Merge is the schema of `djleaks merge --format json`.
//
//go:embed merge.json
var Merge []byte

// State is the schema of the state.json of each repository in a store of `djleaks
// fleet audit`.
//
//go:embed state.json
var State []byte
