package scan

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/djleaks/djleaks/internal/dossier"
	"github.com/djleaks/djleaks/internal/gitstore"
	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/internal/project"
	"github.com/djleaks/djleaks/internal/regular"
	"github.com/djleaks/djleaks/scanner"
)

// dossiers gives the keys of an audit their dossiers.
func (s *Scan) dossiers(r *scanner.Report, h *history, settings *Settings) {
	live, notes := s.Live.given(s.Getenv)
	r.Coverage.Notes = append(r.Coverage.Notes, notes...)
	if len(r.Keys)+len(r.Accepted) > 0 {
		files, err := h.repo.Listing("HEAD")
		workTreeKeys(h.repo, settings.Detector, trackedBy(files), live.Keys)
		f := dossier.Facts{
			Now: time.Now(), PushUnknown: pushUnknown(h.repo), FirstPush: h.firstPush, Committed: h.committed, First: h.isFirst, Live: live,
		}
		if slices.ContainsFunc(r.Keys, func(k scanner.Key) bool { return k.Severity > scanner.Low || live.Keys[k.Fingerprint].Where != nil }) {
			f.Project = headProject(h.repo, files, err)
		}
		dossier.Complete(r, &f)
	}
	if s.Named.Verdict != "" {
		r.FailOnVerdict = s.Named.Verdict
		r.Conclude()
	}
}

// trackedBy are the object names of files by their paths.
func trackedBy(files []gitstore.TreeFile) map[string]scanner.ObjectID {
	tracked := make(map[string]scanner.ObjectID, len(files))
	for _, f := range files {
		tracked[f.Path] = f.ID
	}
	return tracked
}

// maxHeadFile is how much of one file at HEAD is read for the project, in bytes.
const maxHeadFile = 1 << 20

// headProject reads the project from HEAD's tree; err is what the listing of
// it could not do.
func headProject(repo *gitstore.Repository, files []gitstore.TreeFile, err error) *project.Project {
	paths := make([]string, len(files))
	ids := make(map[string]scanner.ObjectID, len(files))
	for i, f := range files {
		paths[i] = f.Path
		ids[f.Path] = f.ID
	}
	p := project.New(paths, func(path string) ([]byte, error) {
		t, text, err := repo.Object(ids[path])
		if err != nil {
			return nil, err
		}
		if t != packfile.Blob {
			return nil, fmt.Errorf("it is a %s, not a file", t)
		}
		return text[:min(len(text), maxHeadFile)], nil
	})
	if err != nil {
		p.Unread = append(p.Unread, project.Gap{Reason: "HEAD: " + err.Error()})
	}
	return p
}

// workTreeKeys finds the keys in files of the work tree that hold settings and
// are not committed as they are: who took a key out of the code and did not
// replace it has it there. They are added to keys.
func workTreeKeys(repo *gitstore.Repository, detector scanner.Detector, tracked map[string]scanner.ObjectID, keys map[scanner.Fingerprint]dossier.Use) {
	localSettings(repo, tracked, func(path string, text []byte) {
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

// localSettings shows the files of the work tree that are likely to hold the
// settings of this machine, and are not tracked, in the order of their paths.
func localSettings(repo *gitstore.Repository, tracked map[string]scanner.ObjectID, show func(path string, text []byte)) {
	root := repo.WorkTree()
	if root == "" {
		return
	}
	for _, folder := range slices.Sorted(maps.Keys(settingsFolders(tracked))) {
		names, _ := regular.Names(filepath.Join(root, filepath.FromSlash(folder)))
		slices.Sort(names)
		for _, name := range names {
			path := strings.TrimPrefix(folder+"/"+name, "./")
			if !holdsSettings(name) || tracked[path] != "" {
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
func settingsFolders(tracked map[string]scanner.ObjectID) map[string]bool {
	folders := map[string]bool{".": true, ".envs": true, ".envs/.local": true, ".envs/.production": true, "config": true, "deploy": true}
	for _, path := range slices.Sorted(maps.Keys(tracked)) {
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
