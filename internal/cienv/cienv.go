// Package cienv finds out from the environment of a CI job which commits the
// job has to examine. It reads environment variables and the event file that
// GitHub's family writes, calls no API and needs no token.
//
// The answer is in revisions, not in objects: whether they are in the clone is
// for the caller to see, and FetchHint says how to get those that are not.
package cienv

import (
	"errors"
	"strings"
)

// Job is what a CI job has to examine.
type Job struct {
	System string // "github", "gitlab", …
	Event  string // as the system names it: "push", "merge_request_event", …
	Branch string // branch that is built, or the source of a pull request
	Target string // branch that it is to be merged into; "" if there is none

	// Nothing is set for an event that brings no commits, such as the deletion
	// of a branch.
	Nothing bool
	// Whole is set where no range is meant: scheduled and manual runs.
	Whole bool

	Head string // revision; "HEAD" if the system does not say
	// Bases are what is old, in order of preference. The first one that is in
	// the clone is used.
	Bases []Base
	// OrAll allows the whole history of Head to be examined if none of Bases is
	// there: more than was asked for, never less. Without it that is an error.
	OrAll bool

	Why       string // how the range was found, in a few words
	FetchHint string // what to write in the job's file so that the commits are there
}

// Base is one candidate for the old side.
type Base struct {
	Revision string
	// Guess is set if the system does not name the base, and it may well be the
	// branch that is built. A guess that holds Head already tells nothing, and
	// must not be used.
	Guess bool
}

// ErrNoCI is returned outside of a CI system that is recognised.
var ErrNoCI = errors.New("ci: this is not a CI system that djleaks recognises")

type noCI struct{ error }

func (noCI) Hint() string    { return "name the range yourself: djleaks range BASE..HEAD" }
func (e noCI) Unwrap() error { return e.error }

// environment reads the variables of one job.
type environment struct {
	get      func(string) string
	readFile func(string) ([]byte, error)
}

// first returns the first of these variables that is set.
func (e environment) first(names ...string) string {
	for _, name := range names {
		if v := e.get(name); v != "" {
			return v
		}
	}
	return ""
}

// Resolve finds the system and its range. A base that the user names, unless it
// is empty, replaces what the environment says. getenv and readFile are os.Getenv
// and os.ReadFile outside of tests. Outside of a CI system the error is ErrNoCI,
// unless there is a base.
func Resolve(getenv func(string) string, readFile func(string) ([]byte, error), base string) (Job, error) {
	job, err := environment{getenv, readFile}.job()
	if base == "" {
		return job, err
	}
	if errors.Is(err, ErrNoCI) {
		job.System = "outside of CI"
	}
	job.Nothing, job.Whole, job.OrAll = false, false, false
	job.Bases, job.Why = []Base{{Revision: base}}, "--base"
	job.Head = or(job.Head, "HEAD")
	return job, nil
}

func (e environment) job() (Job, error) {
	switch {
	case e.first("GITHUB_ACTIONS", "GITEA_ACTIONS", "FORGEJO_ACTIONS") != "":
		return e.github()
	case e.get("GITLAB_CI") != "":
		return e.gitlab(), nil
	case e.get("BITBUCKET_COMMIT") != "":
		return e.bitbucket(), nil
	case e.get("TF_BUILD") != "":
		return e.azure(), nil
	case e.get("CIRCLECI") != "":
		return e.circle(), nil
	case e.get("BUILDKITE") != "":
		return e.buildkite(), nil
	case e.get("DRONE") != "" && e.get("CI") != "woodpecker":
		return e.drone(), nil
	case e.get("CI_PIPELINE_EVENT") != "":
		return e.woodpecker(), nil
	case e.get("JENKINS_URL") != "":
		return e.jenkins(), nil
	}
	return Job{}, noCI{ErrNoCI}
}

// zero reports whether a variable says that there is no commit.
func zero(id string) bool { return strings.Trim(id, "0") == "" }

// onRemote are the names under which a clone may hold a branch.
func onRemote(branch string) []Base {
	branch = strings.TrimPrefix(branch, "refs/heads/")
	if branch == "" {
		return nil
	}
	return []Base{{Revision: "refs/remotes/origin/" + branch}, {Revision: "refs/heads/" + branch}}
}

// pushed completes the range of a push to a branch or a tag: what the push
// replaced is old, and what the default branch holds, unless the push is to
// the default branch itself.
func (j *Job) pushed(before, defaultBranch string) {
	j.OrAll = true
	j.Why = "commits of the push"
	if !zero(before) {
		j.Bases = append(j.Bases, Base{Revision: before})
	} else {
		j.Why = "a new branch: commits that " + or(defaultBranch, "the default branch") + " does not have"
	}
	switch {
	case defaultBranch == "":
		j.Bases = append(j.Bases, Base{Revision: "refs/remotes/origin/HEAD", Guess: true})
	case defaultBranch == j.Branch:
		if zero(before) {
			j.Why = "the whole history of " + j.Branch
		}
	default:
		j.Bases = append(j.Bases, onRemote(defaultBranch)...)
	}
}

// whole completes the range of an event that names no commits.
func (j *Job) whole() {
	j.Whole = true
	j.Why = "the whole history: no range goes with this event"
}

// Everything makes the job one about the whole history, whatever its event is;
// why says who wants that. What the bases are stays: the settings of a pull
// request come from there.
func (j *Job) Everything(why string) {
	j.Nothing, j.Whole, j.Why = false, true, "the whole history: "+why
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
