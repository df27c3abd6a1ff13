package scanner

// Revisions says which commits a hook has to examine: those reachable from
// what is included and from nothing that is excluded.
type Revisions struct {
	// Include holds revisions as Git writes them. One that does not exist is an
	// error.
	Include []string
	// Local includes HEAD, all branches and all tags besides.
	Local bool
	// Exclude holds revisions that the other side has. One that does not exist
	// here excludes nothing.
	Exclude []string
	// NotOnRemotes excludes what the remote-tracking refs reach.
	NotOnRemotes bool
	// NotInRefs excludes what any ref reaches before the change.
	NotInRefs bool
	// OnlyWatched makes of those refs only HEAD, branches, tags and remote-tracking
	// refs count: nobody examines what the others get.
	OnlyWatched bool
	// Created holds the refs that come to be, by their full names, and the
	// revisions that they get: a name is published as well.
	Created map[string]string
	// Updated holds the refs that are there already, likewise.
	Updated map[string]string

	Why string // what the range is for, in a few words
}

// Empty reports whether nothing has to be examined.
func (r Revisions) Empty() bool { return len(r.Include) == 0 && !r.Local }
