//go:build !linux

package packfile

// forget does nothing: on other systems madvise promises less than on Linux.
func forget([]byte) {}

// expect does nothing.
func expect([]byte) {}

// advise does nothing: nobody says here how much memory there is.
func advise([]byte, bool) {}
