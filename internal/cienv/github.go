package cienv

import (
	"encoding/json"
	"fmt"
	"strings"
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
	r := Job{
		System: "github", Event: e.get("GITHUB_EVENT_NAME"),
		Branch:    or(e.get("GITHUB_HEAD_REF"), e.get("GITHUB_REF_NAME")),
		Target:    e.get("GITHUB_BASE_REF"),
		Head:      or(e.get("GITHUB_SHA"), "HEAD"),
		FetchHint: "give actions/checkout `fetch-depth: 0`",
	}
	switch {
	case e.get("FORGEJO_ACTIONS") != "":
		r.System = "forgejo"
	case e.get("GITEA_ACTIONS") != "":
		r.System = "gitea"
	}
	switch r.Event {
	case "schedule", "workflow_dispatch", "repository_dispatch":
		r.whole()
		return r, nil
	}
	path := e.get("GITHUB_EVENT_PATH")
	if path == "" {
		return r, fmt.Errorf("ci: %s: GITHUB_EVENT_PATH is not set, so nothing says which commits are meant", r.System)
	}
	text, err := e.readFile(path)
	if err != nil {
		return r, fmt.Errorf("ci: %s: event file: %w", r.System, err)
	}
	var ev event
	if err := json.Unmarshal(text, &ev); err != nil {
		return r, fmt.Errorf("ci: %s: event file %s: %w", r.System, path, err)
	}
	return r, r.fromEvent(&ev)
}

func (r *Job) fromEvent(ev *event) error {
	switch {
	case ev.PullRequest != nil:
		pr := ev.PullRequest
		if zero(pr.Base.SHA) || zero(pr.Head.SHA) {
			return fmt.Errorf("ci: %s: the event file names no base or no head of the pull request", r.System)
		}
		// GITHUB_SHA is a merge that nobody will ever push.
		r.Head, r.Bases = pr.Head.SHA, []Base{{Revision: pr.Base.SHA}}
		r.Branch, r.Target = or(pr.Head.Ref, r.Branch), or(pr.Base.Ref, r.Target)
		r.Why = "commits of the pull request"
		if r.Event == "pull_request_target" {
			r.FetchHint = "give actions/checkout `ref: ${{ github.event.pull_request.head.sha }}` and `fetch-depth: 0`, and run nothing of what it checks out"
		}
	case ev.MergeGroup != nil:
		mg := ev.MergeGroup
		if zero(mg.HeadSHA) {
			return fmt.Errorf("ci: %s: the event file names no head of the merge group", r.System)
		}
		// base_sha is the entry before this one in the queue, which may be
		// rejected yet: the target branch is what is surely old.
		r.Head, r.Target = mg.HeadSHA, strings.TrimPrefix(mg.BaseRef, "refs/heads/")
		r.Bases = onRemote(r.Target)[:min(1, len(onRemote(r.Target)))]
		if !zero(mg.BaseSHA) {
			r.Bases = append(r.Bases, Base{Revision: mg.BaseSHA})
		}
		r.Why = "commits of the merge group"
	case r.Event == "push":
		if ev.After != "" && zero(ev.After) {
			r.Nothing, r.Why = true, "a deletion"
			return nil
		}
		if ev.Before == "" {
			return fmt.Errorf("ci: %s: the event file does not say what was pushed", r.System)
		}
		r.Head = or(ev.After, r.Head)
		if tag, ok := strings.CutPrefix(ev.Ref, "refs/tags/"); ok {
			r.Branch = "tag " + tag
		} else if branch, ok := strings.CutPrefix(ev.Ref, "refs/heads/"); ok {
			r.Branch = branch
		}
		r.pushed(ev.Before, ev.Repository.DefaultBranch)
		if ev.Forced == nil || zero(ev.Before) {
			return nil
		}
		if r.OrAll = *ev.Forced; r.OrAll {
			r.Why = "commits of the forced push"
		} else {
			// What was replaced is an ancestor: if it is not here, the clone is
			// cut off, and everything else would be a guess.
			r.Bases = r.Bases[:1]
		}
	default:
		r.whole()
	}
	return nil
}
