package fleet

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// sharesVariable says how many shares there are where the engine does not. Where
// the engine does, it has to say the same.
const sharesVariable = "DJLEAKS_SHARDS"

// engine is a system that starts the same job several times and tells each copy
// in the environment which one it is.
type engine struct {
	name  string
	index string // variable with the number of the copy
	base  int    // number of the first one
	count string // variable with the number of copies
	// least and step are the variables of the first number and of the distance
	// between two, where the user chooses them.
	least, step string
	missing     string // what makes the engine say both
}

// engines are those that `auto` recognises.
func engines() []engine {
	return []engine{
		{name: "Kubernetes", index: "JOB_COMPLETION_INDEX", count: sharesVariable,
			missing: "set " + sharesVariable + " to the completions of the Indexed Job"},
		{name: "GitLab", index: "CI_NODE_INDEX", base: 1, count: "CI_NODE_TOTAL", missing: "give the job `parallel: N`"},
		{name: "Slurm", index: "SLURM_ARRAY_TASK_ID", count: "SLURM_ARRAY_TASK_COUNT", least: "SLURM_ARRAY_TASK_MIN", step: "SLURM_ARRAY_TASK_STEP",
			missing: "submit with `sbatch --array=1-N`"},
		{name: "AWS Batch", index: "AWS_BATCH_JOB_ARRAY_INDEX", count: "AWS_BATCH_JOB_ARRAY_SIZE", missing: "submit an array job"},
		{name: "Cloud Run", index: "CLOUD_RUN_TASK_INDEX", count: "CLOUD_RUN_TASK_COUNT", missing: "give the job `--tasks N`"},
		{name: "CircleCI", index: "CIRCLE_NODE_INDEX", count: "CIRCLE_NODE_TOTAL", missing: "give the job `parallelism: N`"},
		{name: "Buildkite", index: "BUILDKITE_PARALLEL_JOB", count: "BUILDKITE_PARALLEL_JOB_COUNT", missing: "give the step `parallelism: N`"},
		{name: "Azure Pipelines", index: "SYSTEM_JOBPOSITIONINPHASE", base: 1, count: "SYSTEM_TOTALJOBSINPHASE",
			missing: "give the job `strategy: parallel: N`"},
	}
}

// ShareError says why words or the environment name no share.
type ShareError struct{ Problem, Advice string }

func (e *ShareError) Error() string { return e.Problem }

// Hint says what to do.
func (e *ShareError) Hint() string { return e.Advice }

// AutoShare is the share that an engine's environment names. One that is half
// there, or two at once, is a *ShareError: neither all nor nothing is a share
// that somebody asked for.
func AutoShare(getenv func(string) string) (Share, error) {
	var found []engine
	var half *ShareError
	for _, e := range engines() {
		switch index, count := getenv(e.index), getenv(e.count); {
		case index != "" && count != "":
			found = append(found, e)
		case index != "":
			half = &ShareError{fmt.Sprintf("%s says in %s which copy of a job this is, but not in %s how many there are", e.name, e.index, e.count), e.missing}
		case count != "" && e.count != sharesVariable:
			half = &ShareError{fmt.Sprintf("%s says in %s how many copies of a job there are, but not in %s which one this is", e.name, e.count, e.index),
				e.missing + ", or leave --shard out"}
		}
	}
	switch {
	case len(found) == 1 && half == nil:
		return found[0].share(getenv)
	case len(found) > 1, len(found) == 1:
		return Share{}, &ShareError{"the environments of two engines are here at once", "say which share this is: --shard I/N"}
	case half != nil:
		return Share{}, half
	case getenv(sharesVariable) != "":
		return Share{}, &ShareError{sharesVariable + " is set, but no engine says which share this is", "--shard I/N, or set JOB_COMPLETION_INDEX (from 0)"}
	}
	return Share{}, &ShareError{"no engine says which share this is", "--shard I/N; auto recognises " + strings.Join(engineNames(), ", ")}
}

func engineNames() []string {
	var names []string
	for _, e := range engines() {
		names = append(names, e.name)
	}
	slices.Sort(names)
	return names
}

// share reads the engine's variables.
func (e engine) share(getenv func(string) string) (Share, error) {
	var wrong string
	number := func(variable string, otherwise int) int {
		text := getenv(variable)
		if variable == "" || text == "" {
			return otherwise
		}
		n, err := strconv.Atoi(text)
		if err != nil {
			wrong = fmt.Sprintf("%s: %s is %q, which is not a number", e.name, variable, text)
		}
		return n
	}
	of, step := number(e.count, 0), number(e.step, 1)
	offset := number(e.index, 0) - number(e.least, e.base)
	shares := number(sharesVariable, of)
	switch {
	case wrong != "":
		return Share{}, &ShareError{wrong, "--shard I/N"}
	case shares != of:
		return Share{}, &ShareError{fmt.Sprintf("%s has %d copies of the job, but %s is %d", e.name, of, sharesVariable, shares),
			"a part of an array that is submitted again has to say which share it is: --shard I/N"}
	case step < 1 || offset%step != 0 || offset < 0 || offset/step >= of:
		return Share{}, &ShareError{fmt.Sprintf("%s: copy %s of %d is not one of an array without gaps", e.name, getenv(e.index), of), "--shard I/N"}
	}
	share := Share{offset/step + 1, of}
	if problem := share.problem(); problem != "" {
		return Share{}, &ShareError{e.name + ": " + problem, "--shard I/N"}
	}
	return share, nil
}
