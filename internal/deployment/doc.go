// Package deployment recognises the files that build, test and run a Django
// project, by their paths, and the lines in them that start Django and so need
// its settings. It reads nothing itself.
package deployment
