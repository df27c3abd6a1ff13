package scanner

import "strings"

// RefKind says what the name of a ref says of it.
type RefKind uint8

// The kinds of refs.
const (
	OtherRef RefKind = iota
	HeadRef
	BranchRef
	RemoteRef // a remote-tracking branch
	TagRef
	ReviewRef // what a host keeps of pull and merge requests, and Gerrit of changes
	StashRef
)

// refPrefixes are how the refs of each kind begin. After the prefix of a review
// comes its number, but for those of Gerrit.
var refPrefixes = []struct {
	prefix string
	kind   RefKind
}{
	{"refs/heads/", BranchRef}, {"refs/remotes/", RemoteRef}, {"refs/tags/", TagRef}, {"refs/pull/", ReviewRef},
	{"refs/pull-requests/", ReviewRef}, {"refs/merge-requests/", ReviewRef}, {"refs/changes/", ReviewRef}, {"refs/stash", StashRef},
}

// KindOfRef is the kind of a ref by its full name, as Git writes it:
// "refs/heads/main", "HEAD".
func KindOfRef(ref string) RefKind {
	if ref == "HEAD" {
		return HeadRef
	}
	for _, p := range refPrefixes {
		if strings.HasPrefix(ref, p.prefix) {
			return p.kind
		}
	}
	return OtherRef
}
