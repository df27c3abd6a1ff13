package cienv

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/djleaks/djleaks/internal/say"
)

// event is what is read of the event file.
type event struct {
	Before, After, Ref string
	Forced             *bool // Gitea does not say
	Repository         struct {
		DefaultBranch string `json:"default_branch"`
	}
	PullRequest *struct {
		Base, Head struct{ SHA, Ref string }
	} `json:"pull_request"`
	MergeGroup *struct {
		BaseSHA string `json:"base_sha"`
		HeadSHA string `json:"head_sha"`
		BaseRef string `json:"base_ref"`
	} `json:"merge_group"`
}

// github reads GitHub Actions and what speaks its language: Gitea and Forgejo
// Actions.
func (e environment) github() (Job, error) {
	j := Job{
		System: "github", Event: e.get("GITHUB_EVENT_NAME"),
		Branch:    or(e.get("GITHUB_HEAD_REF"), e.get("GITHUB_REF_NAME")),
		Target:    e.get("GITHUB_BASE_REF"),
		Head:      or(e.get("GITHUB_SHA"), "HEAD"),
		FetchHint: "give actions/checkout `fetch-depth: 0`",
	}
	switch {
	case e.get("FORGEJO_ACTIONS") != "":
		j.System = "forgejo"
	case e.get("GITEA_ACTIONS") != "":
		j.System = "gitea"
	}
	switch j.Event {
	case "schedule", "workflow_dispatch", "repository_dispatch":
		j.whole()
		return j, nil
	}
	path := e.get("GITHUB_EVENT_PATH")
	if path == "" {
		return j, say.WithHint(
			fmt.Errorf("ci: %s: GITHUB_EVENT_PATH is not set, so nothing says which commits are meant", j.System),
			"djleaks ci --base REVISION, or --audit for the whole history")
	}
	text, err := e.readFile(path)
	if err != nil {
		return j, fmt.Errorf("ci: %s: event file: %w", j.System, err)
	}
	var ev event
	if err := json.Unmarshal(text, &ev); err != nil {
		return j, fmt.Errorf("ci: %s: event file %s: %w", j.System, path, err)
	}
	return j, j.fromEvent(&ev)
}

func (j *Job) fromEvent(ev *event) error {
	switch {
	case ev.PullRequest != nil:
		return j.fromPullRequest(ev)
	case ev.MergeGroup != nil:
		return j.fromMergeGroup(ev)
	case j.Event == "push":
		return j.fromPush(ev)
	}
	j.whole()
	return nil
}

func (j *Job) fromPullRequest(ev *event) error {
	pr := ev.PullRequest
	if zero(pr.Base.SHA) || zero(pr.Head.SHA) {
		return fmt.Errorf("ci: %s: the event file names no base or no head of the pull request", j.System)
	}
	// GITHUB_SHA is a merge that nobody will ever push.
	j.Head, j.Bases = pr.Head.SHA, []Base{{Revision: pr.Base.SHA}}
	j.Branch, j.Target = or(pr.Head.Ref, j.Branch), or(pr.Base.Ref, j.Target)
	j.Why = "commits of the pull request"
	if j.Event == "pull_request_target" {
		j.FetchHint = "give actions/checkout `ref: ${{ github.event.pull_request.head.sha }}` and `fetch-depth: 0`, and run nothing of what it checks out"
	}
	return nil
}

func (j *Job) fromMergeGroup(ev *event) error {
	mg := ev.MergeGroup
	if zero(mg.HeadSHA) {
		return fmt.Errorf("ci: %s: the event file names no head of the merge group", j.System)
	}
	// base_sha is the entry before this one in the queue, which may be
	// rejected yet: the target branch is what is surely old.
	j.Head, j.Target = mg.HeadSHA, strings.TrimPrefix(mg.BaseRef, "refs/heads/")
	j.Bases = onRemote(j.Target)[:min(1, len(onRemote(j.Target)))]
	if !zero(mg.BaseSHA) {
		j.Bases = append(j.Bases, Base{Revision: mg.BaseSHA})
	}
	j.Why = "commits of the merge group"
	return nil
}

func (j *Job) fromPush(ev *event) error {
	if ev.After != "" && zero(ev.After) {
		j.Nothing, j.Why = true, "a deletion"
		return nil
	}
	if ev.Before == "" {
		return fmt.Errorf("ci: %s: the event file does not say what was pushed", j.System)
	}
	j.Head = or(ev.After, j.Head)
	if tag, ok := strings.CutPrefix(ev.Ref, "refs/tags/"); ok {
		j.Branch = "tag " + tag
	} else if branch, ok := strings.CutPrefix(ev.Ref, "refs/heads/"); ok {
		j.Branch = branch
	}
	j.pushed(ev.Before, ev.Repository.DefaultBranch)
	if ev.Forced == nil || zero(ev.Before) {
		return nil
	}
	if j.OrAll = *ev.Forced; j.OrAll {
		j.Why = "commits of the forced push"
	} else {
		// What was replaced is an ancestor: if it is not here, the clone is
		// cut off, and everything else would be a guess.
		j.Bases = j.Bases[:1]
	}
	return nil
}
