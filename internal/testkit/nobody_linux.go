package testkit

import (
	"os"
	"runtime"
	"syscall"
	"testing"
)

// AsNobody calls f with no more rights to files than others have, on one thread.
// Whoever is not root has none anyway.
func AsNobody(t *testing.T, f func()) {
	t.Helper()
	if os.Getuid() != 0 {
		f()
		return
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := syscall.Setfsuid(65534); err != nil {
		t.Fatal(err)
	}
	defer syscall.Setfsuid(0)
	f()
}
