//go:build unix

package cache

import (
	"io/fs"
	"os"
	"syscall"
)

// foreign says why a file or a folder may be the work of somebody else; "" if
// only the user of this process can have written it.
func foreign(info fs.FileInfo) string {
	if s, ok := info.Sys().(*syscall.Stat_t); ok && int(s.Uid) != os.Geteuid() {
		return "another user owns it"
	}
	if info.Mode().Perm()&0o022 != 0 {
		return "its group or everybody may write to it"
	}
	return ""
}
