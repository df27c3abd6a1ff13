package report

import (
	"strings"

	"github.com/djleaks/djleaks/scanner"
)

// commitLink is the address of a commit on a forge whose addresses are known;
// "" elsewhere. remote is the address of a repository.
func commitLink(remote, commit string) string {
	if _, ok := scanner.ParseObjectID(commit); !ok {
		return ""
	}
	host, path, ok := forgePath(remote)
	if !ok {
		return ""
	}
	switch host {
	case "github.com", "codeberg.org", "gitea.com":
		return "https://" + host + "/" + path + "/commit/" + commit
	case "gitlab.com":
		return "https://" + host + "/" + path + "/-/commit/" + commit
	case "bitbucket.org":
		return "https://" + host + "/" + path + "/commits/" + commit
	}
	return ""
}

// remote is the address of a report's repository. One that was given a name
// such as github.com/owner/name has it in that.
func remote(r *scanner.Report) string {
	if r.Scope.ID != "" {
		return "https://" + r.Scope.ID
	}
	return r.Scope.Remote
}

// forgePath splits https://HOST/OWNER/NAME.git, ssh://git@HOST/OWNER/NAME and
// git@HOST:OWNER/NAME; ok is false for all else.
func forgePath(remote string) (host, path string, ok bool) {
	rest := remote
	if _, after, found := strings.Cut(remote, "://"); found {
		host, path, ok = strings.Cut(after, "/")
	} else {
		host, path, ok = strings.Cut(rest, ":")
	}
	host = strings.ToLower(host[strings.LastIndexByte(host, '@')+1:])
	host, _, _ = strings.Cut(host, ":")
	path = strings.TrimSuffix(strings.Trim(path, "/"), ".git")
	if !ok || strings.Count(path, "/") < 1 {
		return "", "", false
	}
	for i := 0; i < len(path); i++ {
		if c := path[i]; c != '/' && c != '-' && c != '_' && c != '.' && c != '~' && (c < '0' || c > '9') && (c|32 < 'a' || c|32 > 'z') {
			return "", "", false
		}
	}
	if strings.Contains("/"+path+"/", "/../") {
		return "", "", false
	}
	return host, path, true
}
