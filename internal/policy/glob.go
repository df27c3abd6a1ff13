package policy

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bmatcuk/doublestar/v4"
)

// The bounds of a glob keep matching cheap whatever the pattern: its cost grows
// with each star, and multiplies with each group of alternatives.
const (
	maxGlob   = 256 // bytes
	maxStars  = 12
	maxGroups = 2
)

// matches reports whether a glob matches a path or a folder above it. A glob
// without a slash is the name of a file or folder at any depth, as in
// .gitignore; one with a slash is from the root of the repository. "**" is any
// number of folders.
func matches(glob, path string) bool {
	if path == "" {
		return false
	}
	glob = rooted(glob)
	return doublestar.MatchUnvalidated(glob, path) || doublestar.MatchUnvalidated(glob+"/**", path)
}

func rooted(glob string) string {
	anchored := strings.Contains(strings.TrimSuffix(glob, "/"), "/")
	glob = strings.Trim(strings.TrimPrefix(glob, "./"), "/")
	if anchored {
		return glob
	}
	return "**/" + glob
}

// checkGlob says what is wrong with a glob.
func checkGlob(glob string) error {
	switch {
	case strings.Trim(glob, "./") == "":
		return errors.New("the path is empty")
	case len(glob) > maxGlob:
		return errors.New("the path is longer than 256 bytes")
	case strings.Count(glob, "*") > maxStars:
		return errors.New("the path has more than 12 stars")
	case strings.Count(glob, "{") > maxGroups:
		return errors.New("the path has more than 2 groups in braces")
	case strings.ContainsRune(glob, utf8.RuneError):
		// To the matcher it would be any byte that is not UTF-8.
		return errors.New("the path is not UTF-8")
	case slices.Contains(strings.Split(glob, "/"), ".."):
		return errors.New("a path begins at the configuration's folder, and .. leads out of it")
	case strings.Contains(glob, `\`):
		return errors.New("a path has slashes, not backslashes")
	case !doublestar.ValidatePattern(rooted(glob)):
		return errors.New("the path is not a glob: a [ or { is not closed")
	}
	return nil
}
