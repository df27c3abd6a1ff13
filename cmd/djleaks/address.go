package main

import (
	"path"
	"strings"

	"github.com/djleaks/djleaks/internal/say"
)

// isAddress reports whether somebody gave the address of a repository in the
// place of a folder: a URL, or host:path as Git and scp write it.
func isAddress(word string) bool {
	host, rest, ok := strings.Cut(word, ":")
	return ok && rest != "" && (strings.HasPrefix(rest, "//") || strings.Contains(host, "@") && !strings.Contains(host, "/"))
}

// addressError says how to get the repository: this program opens no
// connection.
func addressError(address string) error {
	folder := strings.TrimSuffix(path.Base(strings.TrimRight(address, "/")), ".git")
	if _, after, ok := strings.Cut(folder, ":"); ok {
		folder = after
	}
	folder = say.Quote(folder + ".git")
	return usageError{
		"djleaks opens no connection, and " + address + " is not on this machine",
		"git clone --mirror " + say.Quote(address) + " " + folder + " && djleaks audit " + folder,
	}
}
