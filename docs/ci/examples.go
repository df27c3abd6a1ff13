// Package ci holds the files that make a forge run djleaks: those that the
// documentation shows are those that `djleaks init` writes.
package ci

import "embed"

// Examples are the files, by the names that they have in this folder. The first
// line of each is a comment that says where it belongs.
//
//go:embed github.yml gitlab.yml forgejo.yml bitbucket-pipelines.yml azure-pipelines.yml
var Examples embed.FS
