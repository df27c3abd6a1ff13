package setup

import (
	"bytes"
	"path"
	"slices"
	"strings"

	ci "github.com/djleaks/djleaks/docs/ci"
)

// forge is a place where repositories lie and jobs run.
type forge struct {
	signs   []string // in the host of its address
	file    string   // where the jobs are defined
	example string   // in docs/ci
	// own is set if djleaks has a file of its own, and not a part of one that all
	// jobs share.
	own bool
}

var forges = []forge{
	{[]string{"github"}, ".github/workflows/djleaks.yml", "github.yml", true},
	{[]string{"gitlab"}, ".gitlab-ci.yml", "gitlab.yml", false},
	{[]string{"bitbucket"}, "bitbucket-pipelines.yml", "bitbucket-pipelines.yml", false},
	{[]string{"dev.azure.com", "visualstudio.com"}, "azure-pipelines.yml", "azure-pipelines.yml", false},
	{[]string{"codeberg", "forgejo"}, ".forgejo/workflows/djleaks.yml", "forgejo.yml", true},
	{[]string{"gitea"}, ".gitea/workflows/djleaks.yml", "forgejo.yml", true},
}

// ciDocs is where the examples for all systems are explained.
const ciDocs = "https://github.com/djleaks/djleaks/tree/main/docs/ci"

// ci makes the forge of the remote repository run djleaks.
func (p *planner) ci() error {
	for _, file := range p.tree.Paths() {
		if !isCI(file) {
			continue
		}
		if text, err := p.tree.Read(file); err == nil && bytes.Contains(text, []byte("djleaks")) {
			return nil
		}
	}
	host := hostOf(p.facts.Origin)
	for _, f := range forges {
		for _, sign := range f.signs {
			if strings.Contains(host, sign) {
				return p.job(f)
			}
		}
	}
	if host != "" { // else it is a folder of this machine, where no jobs run
		p.note("CI: which system runs the jobs of %s is not known. Lines for eleven of them: %s", host, ciDocs)
	}
	return nil
}

// job adds the job of one forge.
func (p *planner) job(f forge) error {
	text, err := ci.Examples.ReadFile(f.example)
	if err != nil {
		return err
	}
	_, example, _ := strings.Cut(string(text), "\n") // without the comment that says where it belongs
	there, err := p.read(f.file)
	switch {
	case err != nil:
		return err
	case there == nil:
		p.plan.Files = append(p.plan.Files, File{Path: f.file, New: []byte(example)})
		return nil
	case f.file == ".gitlab-ci.yml":
		key, item, _ := strings.Cut(example, "\n")
		stage, err := stageOf(string(there))
		if err != nil {
			return &Unreadable{f.file, err}
		}
		return p.add(f.file, strings.Replace(dedented(item), "stage: test", "stage: "+stage, 1), func(text, item string) (string, error) {
			return intoList(text, strings.TrimSuffix(key, ":"), item)
		})
	}
	p.note("%s is there already. The lines for djleaks: %s/%s", f.file, ciDocs, f.example)
	return nil
}

// stageOf is the stage of GitLab's pipeline that djleaks runs in: test, which is
// there unless a file lists its own, or the first one.
func stageOf(text string) (string, error) {
	const usual = "test"
	var pipeline struct {
		Stages []string `yaml:"stages"`
	}
	if err := decode(text, &pipeline); err != nil {
		return "", err
	}
	if len(pipeline.Stages) == 0 || slices.Contains(pipeline.Stages, usual) {
		return usual, nil
	}
	return pipeline.Stages[0], nil
}

// isCI recognises the files that define jobs.
func isCI(file string) bool {
	for _, folder := range []string{".github/workflows/", ".forgejo/workflows/", ".gitea/workflows/", ".circleci/", ".buildkite/", ".woodpecker/", ".gitlab/"} {
		if strings.HasPrefix(file, folder) {
			return true
		}
	}
	switch path.Base(file) {
	case ".gitlab-ci.yml", "bitbucket-pipelines.yml", "azure-pipelines.yml", "Jenkinsfile", ".woodpecker.yml", ".drone.yml", ".travis.yml", "tox.ini", "noxfile.py":
		return true
	}
	return false
}

// hostOf is the host of a remote's address, in either of Git's forms:
// https://host/path, user@host:path.
func hostOf(address string) string {
	_, rest, isURL := strings.Cut(address, "://")
	if !isURL {
		rest = address
		if host, _, scp := strings.Cut(rest, ":"); scp && !strings.Contains(host, "/") {
			rest = host
		} else {
			return "" // a path on this machine
		}
	}
	rest, _, _ = strings.Cut(rest, "/")
	rest = rest[strings.LastIndexByte(rest, '@')+1:]
	rest, _, _ = strings.Cut(rest, ":")
	return strings.ToLower(rest)
}
