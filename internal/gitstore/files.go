package gitstore

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/djleaks/djleaks/internal/regular"
)

// readLine returns the text of a small file without its line end.
func readLine(path string) (string, error) {
	data, err := regular.Read(path, 1<<16)
	if err != nil {
		return "", err
	}
	return strings.TrimRight(string(data), "\r\n"), nil
}

// within returns path itself if it is absolute, else path below dir.
func within(dir, path string) string {
	path = filepath.FromSlash(path)
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
