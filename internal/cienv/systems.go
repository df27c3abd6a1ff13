package cienv

import "strings"

// gitlab reads GitLab CI.
func (e environment) gitlab() Job {
	j := Job{
		System: "gitlab", Event: e.get("CI_PIPELINE_SOURCE"),
		Branch:    e.first("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "CI_COMMIT_BRANCH", "CI_COMMIT_REF_NAME"),
		Target:    e.get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME"),
		Head:      or(e.get("CI_COMMIT_SHA"), "HEAD"),
		FetchHint: "set the variable GIT_DEPTH to \"0\" for this job",
	}
	switch {
	case e.get("CI_MERGE_REQUEST_IID") != "":
		// CI_COMMIT_SHA is a merge in pipelines for merged results.
		j.Head = or(e.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"), j.Head)
		if base := e.get("CI_MERGE_REQUEST_DIFF_BASE_SHA"); !zero(base) {
			j.Bases = append(j.Bases, Base{Revision: base})
		}
		j.Bases = append(j.Bases, onRemote(j.Target)...)
		j.Why = "commits of the merge request"
	case j.Event == "external_pull_request_event":
		j.Branch = or(e.get("CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME"), j.Branch)
		j.Target = or(e.get("CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME"), e.get("CI_DEFAULT_BRANCH"))
		j.Head = or(e.get("CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_SHA"), j.Head)
		if base := e.get("CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA"); !zero(base) {
			j.Bases = append(j.Bases, Base{Revision: base})
		}
		j.Bases = append(j.Bases, onRemote(j.Target)...)
		j.Why = "commits of the external pull request"
	case j.Event == "push":
		if tag := e.get("CI_COMMIT_TAG"); tag != "" {
			j.Branch = "tag " + tag
		}
		// All zeros for the first pipeline of a branch.
		j.pushed(e.get("CI_COMMIT_BEFORE_SHA"), e.get("CI_DEFAULT_BRANCH"))
	default:
		j.whole()
	}
	return j
}

// bitbucket reads Bitbucket Pipelines. It does not say what a push replaced.
func (e environment) bitbucket() Job {
	j := Job{
		System: "bitbucket", Event: "push",
		Branch: e.first("BITBUCKET_BRANCH", "BITBUCKET_TAG"), Target: e.get("BITBUCKET_PR_DESTINATION_BRANCH"),
		Head: e.get("BITBUCKET_COMMIT"), FetchHint: "set `clone: depth: full` for this step",
	}
	if e.get("BITBUCKET_PR_ID") != "" {
		j.Event, j.Why = "pull request", "commits of the pull request"
		if base := e.get("BITBUCKET_PR_DESTINATION_COMMIT"); !zero(base) {
			j.Bases = append(j.Bases, Base{Revision: base})
		}
		j.Bases = append(j.Bases, onRemote(j.Target)...)
		return j
	}
	j.branchOnly("")
	return j
}

// azure reads Azure Pipelines. It does not say what a push replaced.
func (e environment) azure() Job {
	j := Job{
		System: "azure", Event: e.get("BUILD_REASON"),
		Branch: strings.TrimPrefix(e.first("SYSTEM_PULLREQUEST_SOURCEBRANCH", "BUILD_SOURCEBRANCH"), "refs/heads/"),
		Target: strings.TrimPrefix(e.get("SYSTEM_PULLREQUEST_TARGETBRANCH"), "refs/heads/"),
		Head:   or(e.get("BUILD_SOURCEVERSION"), "HEAD"), FetchHint: "set `fetchDepth: 0` at the checkout step",
	}
	switch {
	case j.Target != "":
		// BUILD_SOURCEVERSION is a merge that nobody will ever push.
		j.Head = or(e.get("SYSTEM_PULLREQUEST_SOURCECOMMITID"), j.Head)
		j.Bases, j.Why = onRemote(j.Target), "commits of the pull request"
	case j.Event == "IndividualCI" || j.Event == "BatchedCI":
		j.branchOnly("")
	default:
		j.whole()
	}
	return j
}

// circle reads CircleCI, which names no target branch.
func (e environment) circle() Job {
	j := Job{
		System: "circleci", Event: "push", Branch: e.first("CIRCLE_BRANCH", "CIRCLE_TAG"), Head: or(e.get("CIRCLE_SHA1"), "HEAD"),
		FetchHint: "check out with `method: full`, or pass the base by hand: djleaks ci --base << pipeline.git.base_revision >>",
	}
	j.branchOnly("")
	return j
}

// buildkite reads Buildkite.
func (e environment) buildkite() Job {
	j := Job{
		System: "buildkite", Event: or(e.get("BUILDKITE_SOURCE"), "push"), Branch: e.get("BUILDKITE_BRANCH"),
		Head: or(e.get("BUILDKITE_COMMIT"), "HEAD"), FetchHint: "take --depth out of BUILDKITE_GIT_CLONE_FLAGS and BUILDKITE_GIT_FETCH_FLAGS",
	}
	switch pr := e.get("BUILDKITE_PULL_REQUEST"); {
	case pr != "" && pr != "false":
		j.Event, j.Target = "pull request", e.get("BUILDKITE_PULL_REQUEST_BASE_BRANCH")
		j.Bases, j.Why = onRemote(j.Target), "commits of the pull request"
	case j.Event == "webhook" || j.Event == "push":
		j.branchOnly(e.get("BUILDKITE_PIPELINE_DEFAULT_BRANCH"))
	default:
		j.whole()
	}
	return j
}

// drone reads Drone.
func (e environment) drone() Job {
	j := Job{
		System: "drone", Event: e.get("DRONE_BUILD_EVENT"), Branch: e.first("DRONE_SOURCE_BRANCH", "DRONE_BRANCH"),
		Head: or(e.first("DRONE_COMMIT_AFTER", "DRONE_COMMIT_SHA", "DRONE_COMMIT"), "HEAD"), FetchHint: "set `clone: depth: 0`",
	}
	switch j.Event {
	case "pull_request":
		j.Target = e.first("DRONE_TARGET_BRANCH", "DRONE_BRANCH")
		j.Bases, j.Why = onRemote(j.Target), "commits of the pull request"
	case "push", "tag":
		j.pushed(e.get("DRONE_COMMIT_BEFORE"), e.get("DRONE_REPO_BRANCH"))
	default:
		j.whole()
	}
	return j
}

// woodpecker reads Woodpecker.
func (e environment) woodpecker() Job {
	j := Job{
		System: "woodpecker", Event: e.get("CI_PIPELINE_EVENT"), Branch: e.first("CI_COMMIT_SOURCE_BRANCH", "CI_COMMIT_BRANCH"),
		Head: or(e.get("CI_COMMIT_SHA"), "HEAD"), FetchHint: "give the clone step `settings: {partial: false, depth: 0}`",
	}
	switch j.Event {
	case "pull_request", "pull_request_metadata":
		j.Target = e.get("CI_COMMIT_TARGET_BRANCH")
		j.Bases, j.Why = onRemote(j.Target), "commits of the pull request"
	case "pull_request_closed":
		j.Nothing, j.Why = true, "a pull request that is closed"
	case "push", "tag":
		j.pushed(e.get("CI_PREV_COMMIT_SHA"), e.get("CI_REPO_DEFAULT_BRANCH"))
	default:
		j.whole()
	}
	return j
}

// jenkins reads Jenkins, multibranch or not.
func (e environment) jenkins() Job {
	j := Job{
		System: "jenkins", Event: "push", Branch: e.first("CHANGE_BRANCH", "BRANCH_NAME", "GIT_LOCAL_BRANCH", "GIT_BRANCH"), Target: e.get("CHANGE_TARGET"),
		Head: or(e.get("GIT_COMMIT"), "HEAD"), FetchHint: "take the shallow clone out of the checkout step (CloneOption shallow: false, noTags: false)",
	}
	if j.Target != "" {
		j.Event, j.Bases, j.Why = "pull request", onRemote(j.Target), "commits of the pull request"
		return j
	}
	// The last build that succeeded comes first: what a build found that failed
	// is found again until it is gone.
	for _, name := range []string{"GIT_PREVIOUS_SUCCESSFUL_COMMIT", "GIT_PREVIOUS_COMMIT"} {
		if id := e.get(name); !zero(id) {
			j.Bases, j.OrAll, j.Why = []Base{{Revision: id}}, true, "commits since "+name
			return j
		}
	}
	j.branchOnly("")
	return j
}

// branchOnly completes the range of a push that does not say what it replaced:
// what the default branch does not have, or all of it.
func (j *Job) branchOnly(defaultBranch string) {
	j.pushed("", defaultBranch)
	if defaultBranch != j.Branch {
		j.Why = "commits of " + j.Branch + " that " + or(defaultBranch, "the default branch") + " does not have"
	}
}
