package scan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/dossier"
	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/regular"
	"github.com/djleaks/djleaks/scanner"
)

// localPlaces says where the files of a work tree are looked for that hold the
// settings of this machine and are not tracked.
type localPlaces struct {
	Folders []string // sorted
	Tracked []string // files in them that would be taken for such, sorted
}

// placesOf finds the places by the files at HEAD.
func placesOf(files []gitstore.TreeFile) *localPlaces {
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = f.Path
	}
	slices.Sort(paths)
	folders := settingsFolders(paths)
	p := &localPlaces{Folders: slices.Sorted(maps.Keys(folders))}
	for _, path := range paths {
		if holdsSettings(filepath.Base(path)) && folders[filepath.ToSlash(filepath.Dir(path))] {
			p.Tracked = append(p.Tracked, path)
		}
	}
	return p
}

// keys finds the keys in files of the work tree that hold settings and are not
// committed as they are: who took a key out of the code and did not replace it has
// it there. They are added to keys.
func (p *localPlaces) keys(repo *gitstore.Repository, detector scanner.Detector, keys map[scanner.Fingerprint]dossier.Use) {
	p.each(repo, func(path string, text []byte) {
		anchors := detector.Anchors().Append(nil, text, 0, len(text))
		matches, _ := detector.Search(text, anchors)
		for _, m := range matches {
			fp := m.Secret.Fingerprint()
			use, found := keys[fp]
			use.Local = !found || use.Local
			line, _ := scanner.Position(text, m.Offset)
			use.Where = append(use.Where, fmt.Sprintf("%s:%d in the work tree", path, line))
			keys[fp] = use
		}
	})
}

// digest changes with the files and their texts.
func (p *localPlaces) digest(repo *gitstore.Repository) string {
	h := sha256.New()
	p.each(repo, func(path string, text []byte) { fmt.Fprintf(h, "%q %x\n", path, sha256.Sum256(text)) })
	return hex.EncodeToString(h.Sum(nil))
}

// each shows the files, in the order of their paths.
func (p *localPlaces) each(repo *gitstore.Repository, show func(path string, text []byte)) {
	root := repo.WorkTree()
	if root == "" {
		return
	}
	for _, folder := range p.Folders {
		names, _ := regular.Names(filepath.Join(root, filepath.FromSlash(folder)))
		slices.Sort(names)
		for _, name := range names {
			path := strings.TrimPrefix(folder+"/"+name, "./")
			if _, tracked := slices.BinarySearch(p.Tracked, path); tracked || !holdsSettings(name) {
				continue
			}
			text, err := regular.ReadIn(root, path, maxHeadFile)
			if err != nil {
				continue // a link that leads out, a pipe, something large
			}
			show(path, text)
		}
	}
}

// settingsFolders are the folders in which settings are likely to be.
func settingsFolders(tracked []string) map[string]bool {
	folders := map[string]bool{".": true, ".envs": true, ".envs/.local": true, ".envs/.production": true, "config": true, "deploy": true}
	for _, path := range tracked {
		if base := filepath.Base(path); base == "manage.py" || strings.Contains(base, "settings") {
			folders[filepath.ToSlash(filepath.Dir(path))] = true
		}
		if len(folders) >= maxSettingsFolders {
			break
		}
	}
	return folders
}

// maxSettingsFolders bounds the search of a large work tree.
const maxSettingsFolders = 64

// holdsSettings reports whether a file that is not committed is likely to have
// the settings of this machine, by its name.
func holdsSettings(name string) bool {
	lower := strings.ToLower(name)
	switch {
	case strings.HasSuffix(lower, ".example") || strings.HasSuffix(lower, ".sample") || strings.HasSuffix(lower, ".template"):
		return false
	case strings.HasPrefix(lower, ".env") || strings.HasSuffix(lower, ".env") || strings.HasPrefix(lower, ".django"):
		return true
	}
	return strings.HasSuffix(lower, ".py") && (strings.Contains(lower, "settings") || strings.Contains(lower, "local"))
}
