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

// expect has the system read the pages of a part of a mapped file.
func expect(data []byte) {
	if len(data) > 0 {
		_ = syscall.Madvise(data, syscall.MADV_WILLNEED) // a hint
	}
}

// advise tells the system whether the pages of a mapped file are read in order.
func advise(data []byte, ordered bool) {
	advice := syscall.MADV_RANDOM
	if ordered {
		advice = syscall.MADV_NORMAL
	}
	if len(data) > 0 {
		_ = syscall.Madvise(data, advice) // a hint
	}
}
