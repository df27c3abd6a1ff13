package fleet

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// fleetOf makes a list with these sizes; the ids are in the order of the sizes.
func fleetOf(sizes ...int64) List {
	var list List
	for i, n := range sizes {
		list = append(list, Entry{ID: fmt.Sprintf("example.org/r%03d", i), Path: "x", Bytes: n})
	}
	return list
}

func TestSharesAreAPartitionWhateverTheOrderOfTheList(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var sizes []int64
	for range 200 {
		sizes = append(sizes, random.Int64N(1<<20)*random.Int64N(1<<8))
	}
	list := fleetOf(sizes...)
	mixed := slices.Clone(list)
	random.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	for _, of := range []int{1, 2, 7, 64, 300} {
		seen := map[string]bool{}
		for i := range of {
			own := Share{i + 1, of}.Entries(list)
			if !slices.Equal(own, Share{i + 1, of}.Entries(mixed)) {
				t.Fatalf("share %d/%d depends on the order of the list", i+1, of)
			}
			if !slices.IsSortedFunc(own, func(a, b Entry) int { return int(b.Bytes - a.Bytes) }) {
				t.Errorf("share %d/%d does not begin with its largest", i+1, of)
			}
			for _, e := range own {
				if seen[e.ID] {
					t.Errorf("%s is in two shares of %d", e.ID, of)
				}
				seen[e.ID] = true
			}
		}
		if len(seen) != len(list) {
			t.Errorf("%d shares have %d of %d repositories", of, len(seen), len(list))
		}
	}
}

func TestAGiantHasAShareOfItsOwn(t *testing.T) {
	list := fleetOf(300<<20, 300<<20, 902<<20, 300<<20)
	if own := (Share{1, 2}).Entries(list); len(own) != 1 || own[0].Bytes != 902<<20 {
		t.Errorf("got %v", own)
	}
	// Where a size is not known, the numbers of repositories are equal.
	for i := range 3 {
		if own := (Share{i + 1, 3}).Entries(fleetOf(make([]int64, 9)...)); len(own) != 3 {
			t.Errorf("share %d/3 of nine has %d", i+1, len(own))
		}
	}
}

func TestSmallRepositoriesAreSpreadEvenly(t *testing.T) {
	// Each of them costs a start, though it adds nothing to the bytes.
	sizes := []int64{500 << 20, 90 << 20, 80 << 20}
	list := fleetOf(append(sizes, make([]int64, 4000)...)...)
	for i, want := range []int{668, 1078, 1088, 1169} {
		if own := (Share{i + 1, 4}).Entries(list); len(own) < want-1 || len(own) > want+1 {
			t.Errorf("share %d/4 has %d of 4000 small ones, want %d", i+1, len(own), want)
		}
	}
}

func TestCostsDecideWhereTheyAreKnown(t *testing.T) {
	list := fleetOf(100<<20, 40<<20, 30<<20, 20<<20)
	list[3].Cost = 60_000 // more than the larger ones
	list[2].Cost = 300
	// What is not known is expected by size, at 1.2 s for a MB: 117 s, and 48.
	for i, want := range [][]Entry{{list[0]}, {list[3], list[1], list[2]}} {
		if own := (Share{i + 1, 2}).Entries(list); !slices.Equal(own, want) {
			t.Errorf("share %d/2: %v", i+1, own)
		}
	}
	huge := fleetOf(maxBytes, maxBytes, 0, 0)
	huge[0].Cost, huge[2].Cost = maxCost, 1
	for n := range 2 {
		if own := (Share{n + 1, 2}).Entries(huge); len(own) != 2 {
			t.Errorf("share %d: %v", n+1, own)
		}
	}
}

func TestWhatCostsLessThanAMicrosecondIsSpreadEvenly(t *testing.T) {
	list := fleetOf(append([]int64{maxBytes}, make([]int64, 30)...)...)
	list[0].Cost = 1 // millisecond for more than a gigabyte: a mebibyte is expected to cost nothing
	for n, want := range []int{1, 15, 15} {
		if own := (Share{n + 1, 3}).Entries(list); len(own) != want {
			t.Errorf("share %d/3 has %d, want %d", n+1, len(own), want)
		}
	}
}

func TestAShareIsTwoNumbersInRange(t *testing.T) {
	for word, want := range map[string]Share{"1/1": {1, 1}, "8/8": {8, 8}, "3/500": {3, 500}} {
		if got, err := ParseShare(word); err != nil || got != want {
			t.Errorf("%s: %v, %v", word, got, err)
		}
	}
	for _, word := range []string{"", "0/8", "9/8", "-1/8", "1/0", "0/0", "1", "1/", "/8", "a/b", "1/2/3", "1.5/2", "1/9999999999", "1/99999999999999999999", "1 /8"} {
		got, err := ParseShare(word)
		var e *ShareError
		if !errors.As(err, &e) || e.Hint() == "" || got != (Share{}) {
			t.Errorf("%q: %v, %v", word, got, err)
		}
	}
}

func TestAutoShareReadsEveryEngine(t *testing.T) {
	for name, c := range map[string]struct {
		env  string
		want Share
	}{
		"Kubernetes, first":    {"JOB_COMPLETION_INDEX=0 DJLEAKS_SHARDS=8", Share{1, 8}},
		"Kubernetes, last":     {"JOB_COMPLETION_INDEX=7 DJLEAKS_SHARDS=8", Share{8, 8}},
		"GitLab, first":        {"CI_NODE_INDEX=1 CI_NODE_TOTAL=4", Share{1, 4}},
		"GitLab, last":         {"CI_NODE_INDEX=4 CI_NODE_TOTAL=4", Share{4, 4}},
		"Slurm 0-7":            {"SLURM_ARRAY_TASK_ID=0 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=7 SLURM_ARRAY_TASK_COUNT=8", Share{1, 8}},
		"Slurm 1-8":            {"SLURM_ARRAY_TASK_ID=8 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=8 SLURM_ARRAY_TASK_COUNT=8", Share{8, 8}},
		"Slurm 10-70:10":       {"SLURM_ARRAY_TASK_ID=30 SLURM_ARRAY_TASK_MIN=10 SLURM_ARRAY_TASK_STEP=10 SLURM_ARRAY_TASK_COUNT=7", Share{3, 7}},
		"Slurm, agreeing":      {"SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_COUNT=8 DJLEAKS_SHARDS=8", Share{2, 8}},
		"AWS Batch":            {"AWS_BATCH_JOB_ARRAY_INDEX=0 AWS_BATCH_JOB_ARRAY_SIZE=100", Share{1, 100}},
		"Cloud Run":            {"CLOUD_RUN_TASK_INDEX=9 CLOUD_RUN_TASK_COUNT=10", Share{10, 10}},
		"CircleCI":             {"CIRCLE_NODE_INDEX=0 CIRCLE_NODE_TOTAL=2", Share{1, 2}},
		"Buildkite":            {"BUILDKITE_PARALLEL_JOB=1 BUILDKITE_PARALLEL_JOB_COUNT=2", Share{2, 2}},
		"Azure Pipelines":      {"SYSTEM_JOBPOSITIONINPHASE=1 SYSTEM_TOTALJOBSINPHASE=5", Share{1, 5}},
		"Azure Pipelines last": {"SYSTEM_JOBPOSITIONINPHASE=5 SYSTEM_TOTALJOBSINPHASE=5", Share{5, 5}},

		"nobody":                     {"", Share{}},
		"two engines":                {"JOB_COMPLETION_INDEX=0 DJLEAKS_SHARDS=4 CI_NODE_INDEX=1 CI_NODE_TOTAL=4", Share{}},
		"two engines, one half":      {"JOB_COMPLETION_INDEX=0 DJLEAKS_SHARDS=4 CI_NODE_TOTAL=4", Share{}},
		"Kubernetes without number":  {"JOB_COMPLETION_INDEX=3", Share{}},
		"a number and no engine":     {"DJLEAKS_SHARDS=8", Share{}},
		"GitLab without parallel":    {"CI_NODE_TOTAL=1", Share{}},
		"GitLab without total":       {"CI_NODE_INDEX=1", Share{}},
		"0 where 1 is first":         {"CI_NODE_INDEX=0 CI_NODE_TOTAL=4", Share{}},
		"N where N-1 is last":        {"JOB_COMPLETION_INDEX=8 DJLEAKS_SHARDS=8", Share{}},
		"more shares than there are": {"JOB_COMPLETION_INDEX=0 DJLEAKS_SHARDS=9999999999", Share{}},
		"no shares":                  {"JOB_COMPLETION_INDEX=0 DJLEAKS_SHARDS=0", Share{}},
		"no number":                  {"JOB_COMPLETION_INDEX=zero DJLEAKS_SHARDS=8", Share{}},
		"Slurm, a part of the array": {"SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_MIN=3 SLURM_ARRAY_TASK_COUNT=1 DJLEAKS_SHARDS=8", Share{}},
		"Slurm 1,2,9":                {"SLURM_ARRAY_TASK_ID=9 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_COUNT=3", Share{}},
	} {
		env := map[string]string{}
		for _, word := range strings.Fields(c.env) {
			variable, value, _ := strings.Cut(word, "=")
			env[variable] = value
		}
		got, err := AutoShare(func(v string) string { return env[v] })
		if got != c.want || (err != nil) != (c.want == Share{}) {
			t.Errorf("%s (%v): got %v, %v; want %v", name, slices.Sorted(maps.Keys(env)), got, err, c.want)
		}
		if e, ok := err.(*ShareError); err != nil && (!ok || e.Hint() == "") {
			t.Errorf("%s: the error says nothing to do: %v", name, err)
		}
	}
}
