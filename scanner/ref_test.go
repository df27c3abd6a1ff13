package scanner

import "testing"

func TestTheKindOfARefIsInItsName(t *testing.T) {
	for ref, want := range map[string]RefKind{
		"HEAD": HeadRef, "refs/heads/HEAD": BranchRef, "refs/heads/refs/tags/x": BranchRef, "refs/remotes/origin/main": RemoteRef, "refs/tags/v1": TagRef,
		"refs/pull/1/head": ReviewRef, "refs/pull-requests/1/from": ReviewRef, "refs/merge-requests/1/head": ReviewRef, "refs/changes/01/1/1": ReviewRef,
		"refs/stash": StashRef, "refs/stash@{1}": StashRef, "refs/notes/commits": OtherRef, "FETCH_HEAD": OtherRef, "ORIG_HEAD": OtherRef, "": OtherRef,
	} {
		if got := KindOfRef(ref); got != want {
			t.Errorf("%q: %d, want %d", ref, got, want)
		}
	}
}
