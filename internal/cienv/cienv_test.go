package cienv

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
)

var (
	shaA, shaB = strings.Repeat("a", 40), strings.Repeat("b", 40)
	zeros      = strings.Repeat("0", 40)
)

// resolve runs Resolve on "NAME=value" words; the event file holds event.
func resolve(event string, vars ...string) (Job, error) {
	env := map[string]string{}
	for _, v := range vars {
		name, value, _ := strings.Cut(v, "=")
		env[name] = value
	}
	return Resolve(func(name string) string { return env[name] }, func(path string) ([]byte, error) {
		if event == "" || path != "event.json" {
			return nil, fs.ErrNotExist
		}
		return []byte(event), nil
	}, "")
}

// short writes what a range comes to in one line.
func short(j Job) string {
	var b strings.Builder
	b.WriteString(j.System + " ")
	switch {
	case j.Nothing:
		return b.String() + "nothing"
	case j.Whole:
		return b.String() + "whole"
	}
	for i, base := range j.Bases {
		if i > 0 {
			b.WriteByte('|')
		}
		b.WriteString(base.Revision)
		if base.Guess {
			b.WriteByte('?')
		}
	}
	if j.OrAll {
		b.WriteString("|all")
	}
	return strings.NewReplacer(shaA, "A", shaB, "B", "refs/remotes/", "").Replace(b.String() + ".." + j.Head)
}

func TestEachSystemTellsItsRange(t *testing.T) {
	github := func(event string) []string {
		return []string{"GITHUB_ACTIONS=true", "GITHUB_EVENT_PATH=event.json", "GITHUB_EVENT_NAME=" + event, "GITHUB_SHA=" + strings.Repeat("c", 40)}
	}
	push := func(ref, before, after string, more string) string {
		return `{"ref":"` + ref + `","before":"` + before + `","after":"` + after + `","repository":{"default_branch":"main"}` + more + `}`
	}
	const pr = `{"pull_request":{"base":{"sha":"A","ref":"main"},"head":{"sha":"B","ref":"topic"}}}`
	for _, c := range []struct {
		name, event string
		vars        []string
		want        string
	}{
		{"push", push("refs/heads/x", shaA, shaB, `,"forced":false`), github("push"), "github A..B"},
		{"forced push", push("refs/heads/x", shaA, shaB, `,"forced":true`), github("push"), "github A|origin/main|refs/heads/main|all..B"},
		{"forced push to the default branch", push("refs/heads/main", shaA, shaB, `,"forced":true`), github("push"), "github A|all..B"},
		{"new branch", push("refs/heads/x", zeros, shaB, ""), github("push"), "github origin/main|refs/heads/main|all..B"},
		{"new branch, sha-256", push("refs/heads/x", zeros+strings.Repeat("0", 24), shaB, ""), github("push"), "github origin/main|refs/heads/main|all..B"},
		{"first push of all", push("refs/heads/main", zeros, shaB, ""), github("push"), "github |all..B"},
		{"tag named as the default branch", push("refs/tags/main", zeros, shaB, ""), github("push"), "github origin/main|refs/heads/main|all..B"},
		{"deletion", push("refs/heads/x", shaA, zeros, ""), github("push"), "github nothing"},
		{"pull request", pr, github("pull_request"), "github A..B"},
		{"pull request from a fork", pr, github("pull_request_target"), "github A..B"},
		{"review", pr, github("pull_request_review"), "github A..B"},
		{"merge queue", `{"merge_group":{"base_sha":"A","head_sha":"B","base_ref":"refs/heads/main"}}`, github("merge_group"), "github origin/main|A..B"},
		{"schedule", "", github("schedule"), "github whole"},
		{"by hand", "", github("workflow_dispatch"), "github whole"},
		{"another event", `{"action":"published"}`, github("release"), "github whole"},
		{"gitea", push("refs/heads/main", shaA, shaB, ""), append(github("push"), "GITEA_ACTIONS=true"), "gitea A|all..B"},
		{"forgejo", pr, append(github("pull_request"), "GITEA_ACTIONS=true", "FORGEJO_ACTIONS=true"), "forgejo A..B"},

		{"gitlab merge request", "", []string{"GITLAB_CI=true", "CI_PIPELINE_SOURCE=merge_request_event", "CI_MERGE_REQUEST_IID=1", "CI_MERGE_REQUEST_DIFF_BASE_SHA=A", "CI_COMMIT_SHA=B", "CI_COMMIT_BEFORE_SHA=" + zeros, "CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main"},
			"gitlab A|origin/main|refs/heads/main..B"},
		{"gitlab merged results", "", []string{"GITLAB_CI=true", "CI_PIPELINE_SOURCE=merge_request_event", "CI_MERGE_REQUEST_IID=1", "CI_MERGE_REQUEST_DIFF_BASE_SHA=A", "CI_COMMIT_SHA=C", "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=B"},
			"gitlab A..B"},
		{"gitlab push", "", []string{"GITLAB_CI=true", "CI_PIPELINE_SOURCE=push", "CI_COMMIT_BEFORE_SHA=A", "CI_COMMIT_SHA=B", "CI_COMMIT_BRANCH=main", "CI_DEFAULT_BRANCH=main"}, "gitlab A|all..B"},
		{"gitlab new branch", "", []string{"GITLAB_CI=true", "CI_PIPELINE_SOURCE=push", "CI_COMMIT_BEFORE_SHA=" + zeros, "CI_COMMIT_SHA=B", "CI_COMMIT_BRANCH=x", "CI_DEFAULT_BRANCH=main"},
			"gitlab origin/main|refs/heads/main|all..B"},
		{"gitlab tag", "", []string{"GITLAB_CI=true", "CI_PIPELINE_SOURCE=push", "CI_COMMIT_BEFORE_SHA=" + zeros, "CI_COMMIT_SHA=B", "CI_COMMIT_TAG=main", "CI_COMMIT_REF_NAME=main", "CI_DEFAULT_BRANCH=main"},
			"gitlab origin/main|refs/heads/main|all..B"},
		{"gitlab schedule", "", []string{"GITLAB_CI=true", "CI_PIPELINE_SOURCE=schedule", "CI_COMMIT_SHA=B"}, "gitlab whole"},

		{"bitbucket pull request", "", []string{"BITBUCKET_COMMIT=B", "BITBUCKET_PR_ID=3", "BITBUCKET_PR_DESTINATION_COMMIT=A", "BITBUCKET_PR_DESTINATION_BRANCH=main"}, "bitbucket A|origin/main|refs/heads/main..B"},
		{"bitbucket branch", "", []string{"BITBUCKET_COMMIT=B", "BITBUCKET_BRANCH=x"}, "bitbucket origin/HEAD?|all..B"},
		{"azure pull request", "", []string{"TF_BUILD=True", "BUILD_REASON=PullRequest", "SYSTEM_PULLREQUEST_TARGETBRANCH=refs/heads/main", "SYSTEM_PULLREQUEST_SOURCECOMMITID=B", "BUILD_SOURCEVERSION=C"},
			"azure origin/main|refs/heads/main..B"},
		{"azure branch", "", []string{"TF_BUILD=True", "BUILD_REASON=IndividualCI", "BUILD_SOURCEVERSION=B", "BUILD_SOURCEBRANCH=refs/heads/x"}, "azure origin/HEAD?|all..B"},
		{"azure schedule", "", []string{"TF_BUILD=True", "BUILD_REASON=Schedule", "BUILD_SOURCEVERSION=B"}, "azure whole"},
		{"circleci", "", []string{"CIRCLECI=true", "CIRCLE_SHA1=B", "CIRCLE_BRANCH=x"}, "circleci origin/HEAD?|all..B"},
		{"buildkite pull request", "", []string{"BUILDKITE=true", "BUILDKITE_SOURCE=webhook", "BUILDKITE_COMMIT=B", "BUILDKITE_PULL_REQUEST=7", "BUILDKITE_PULL_REQUEST_BASE_BRANCH=main"}, "buildkite origin/main|refs/heads/main..B"},
		{"buildkite branch", "", []string{"BUILDKITE=true", "BUILDKITE_SOURCE=webhook", "BUILDKITE_COMMIT=B", "BUILDKITE_PULL_REQUEST=false", "BUILDKITE_BRANCH=x", "BUILDKITE_PIPELINE_DEFAULT_BRANCH=main"}, "buildkite origin/main|refs/heads/main|all..B"},
		{"buildkite schedule", "", []string{"BUILDKITE=true", "BUILDKITE_SOURCE=schedule", "BUILDKITE_COMMIT=HEAD"}, "buildkite whole"},
		{"woodpecker pull request", "", []string{"CI=woodpecker", "CI_PIPELINE_EVENT=pull_request", "CI_COMMIT_SHA=B", "CI_COMMIT_TARGET_BRANCH=main"}, "woodpecker origin/main|refs/heads/main..B"},
		{"woodpecker push", "", []string{"CI=woodpecker", "CI_PIPELINE_EVENT=push", "CI_COMMIT_SHA=B", "CI_PREV_COMMIT_SHA=A", "CI_COMMIT_BRANCH=main", "CI_REPO_DEFAULT_BRANCH=main"}, "woodpecker A|all..B"},
		{"woodpecker cron", "", []string{"CI=woodpecker", "CI_PIPELINE_EVENT=cron", "CI_COMMIT_SHA=B"}, "woodpecker whole"},
		{"drone push", "", []string{"DRONE=true", "DRONE_BUILD_EVENT=push", "DRONE_COMMIT_BEFORE=A", "DRONE_COMMIT_AFTER=B", "DRONE_BRANCH=main", "DRONE_REPO_BRANCH=main"}, "drone A|all..B"},
		{"drone pull request", "", []string{"DRONE=true", "DRONE_BUILD_EVENT=pull_request", "DRONE_COMMIT=B", "DRONE_TARGET_BRANCH=main"}, "drone origin/main|refs/heads/main..B"},
		{"jenkins pull request", "", []string{"JENKINS_URL=x", "CHANGE_TARGET=main", "CHANGE_BRANCH=x", "GIT_COMMIT=B"}, "jenkins origin/main|refs/heads/main..B"},
		{"jenkins branch", "", []string{"JENKINS_URL=x", "GIT_COMMIT=B", "GIT_PREVIOUS_COMMIT=C", "GIT_PREVIOUS_SUCCESSFUL_COMMIT=A"}, "jenkins A|all..B"},
		{"jenkins first build", "", []string{"JENKINS_URL=x", "BRANCH_NAME=x"}, "jenkins origin/HEAD?|all..HEAD"},
	} {
		j, err := resolve(c.event, c.vars...)
		if got := short(j); err != nil || got != c.want {
			t.Errorf("%s: %s, %v; want %s", c.name, got, err, c.want)
		}
		if j.Why == "" || j.FetchHint == "" {
			t.Errorf("%s: says nothing of why or of what to do: %+v", c.name, j)
		}
	}
}

func TestWhatIsNotSaidIsAnErrorAndNotClean(t *testing.T) {
	event := []string{"GITHUB_ACTIONS=true", "GITHUB_EVENT_PATH=event.json"}
	for _, c := range []struct {
		name, event string
		vars        []string
	}{
		{"no system", "", []string{"CI=true"}},
		{"no event file", "", append(event, "GITHUB_EVENT_NAME=push")},
		{"no path", "", []string{"GITHUB_ACTIONS=true", "GITHUB_EVENT_NAME=push"}},
		{"broken event file", `{"before":`, append(event, "GITHUB_EVENT_NAME=push")},
		{"push of nothing", `{}`, append(event, "GITHUB_EVENT_NAME=push")},
		{"pull request without commits", `{"pull_request":{}}`, append(event, "GITHUB_EVENT_NAME=pull_request")},
		{"merge group without head", `{"merge_group":{}}`, append(event, "GITHUB_EVENT_NAME=merge_group")},
	} {
		if j, err := resolve(c.event, c.vars...); err == nil {
			t.Errorf("%s: %+v", c.name, j)
		}
	}
	if _, err := resolve(""); !errors.Is(err, ErrNoCI) {
		t.Errorf("outside of CI: %v", err)
	}
}

func FuzzEvent(f *testing.F) {
	f.Add("push", `{"before":"`+zeros+`","after":"`+shaA+`"}`)
	f.Add("pull_request", `{"pull_request":{"base":{"sha":"a"},"head":{"sha":"b"}}}`)
	f.Fuzz(func(t *testing.T, name, event string) {
		j, err := resolve(event, "GITHUB_ACTIONS=true", "GITHUB_EVENT_PATH=event.json", "GITHUB_EVENT_NAME="+name)
		if err == nil && !j.Nothing && !j.Whole && !j.OrAll && (len(j.Bases) == 0 || j.Head == "") {
			t.Errorf("a range without ends: %+v", j)
		}
	})
}

func TestANamedBaseReplacesWhatTheEnvironmentSays(t *testing.T) {
	none := func(string) string { return "" }
	job, err := Resolve(none, nil, "origin/main")
	if err != nil || short(job) != "outside of CI origin/main..HEAD" || job.Why != "--base" {
		t.Errorf("%s, %v", short(job), err)
	}
	if _, err := Resolve(none, nil, ""); !errors.Is(err, ErrNoCI) {
		t.Errorf("without a base: %v", err)
	}
	scheduled := map[string]string{"GITLAB_CI": "true", "CI_PIPELINE_SOURCE": "schedule", "CI_COMMIT_SHA": shaB}
	job, err = Resolve(func(name string) string { return scheduled[name] }, nil, "main")
	if err != nil || short(job) != "gitlab main..B" {
		t.Errorf("a scheduled run: %s, %v", short(job), err)
	}
}
