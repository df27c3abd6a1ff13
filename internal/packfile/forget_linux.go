package packfile

import "syscall"

// forget releases the memory that the pages of a mapped file take in this
// process. They are still in the system's cache, and come back when they are
// read again.
func forget(data []byte) {
	if len(data) > 0 {
		_ = syscall.Madvise(data, syscall.MADV_DONTNEED) // a hint
	}
}
