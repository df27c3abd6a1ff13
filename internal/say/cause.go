package say

import (
	"errors"
	"io/fs"
	"os"
)

// Cause is the cause of an error about a file, without the file's name: for a
// message that names it already, or must not because it is a temporary one.
func Cause(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}
