package main

import (
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
)

func TestTheHeapStaysBelowItsGoal(t *testing.T) {
	const alone = "DJLEAKS_TEST_OF_THE_HEAP"
	if os.Getenv(alone) == "" {
		// In a process of its own, which has nothing of other tests in its heap.
		cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), alone+"=1", "GOGC=", "GOMEMLIMIT=")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	recalled := boundMemory(commitSlack)
	if first := debug.SetMemoryLimit(-1); first != minHeap {
		t.Fatalf("a goal of %d bytes before the first collection", first)
	}
	goal := goalWithin(containerLimit(os.ReadFile))
	for range 1000 { // a collection, and what is done after it, which may come after the next
		if runtime.GC(); debug.SetMemoryLimit(-1) == goal {
			break
		}
		runtime.Gosched()
	}
	if now := debug.SetMemoryLimit(-1); now != goal {
		t.Fatalf("a goal of %d bytes, want %d", now, goal)
	}
	// With so much in use, and collected at five times of it, it would grow to
	// twice the goal.
	kept := make([][]byte, goal>>20*2/5)
	for i := range kept {
		kept[i] = make([]byte, 1<<20)
	}
	runtime.GC()
	next := []metrics.Sample{{Name: "/gc/heap/goal:bytes"}}
	metrics.Read(next)
	if at := next[0].Value.Uint64(); at > uint64(goal) {
		t.Errorf("the next collection is at %d bytes, and the goal is %d", at, goal)
	}
	runtime.KeepAlive(kept)
	recalled()
	if before := debug.SetGCPercent(100); before != growthAt(runtimeHeap, recalledSlack) {
		t.Errorf("an audit that goes on from a cache lets the heap grow by %d %%", before)
	}
}

func TestASmallHeapGrowsByAFewMegabytes(t *testing.T) {
	for used, want := range map[int64]int{0: 600, 1 << 20: 600, runtimeHeap: 140, 8 << 20: 60, 16 << 20: heapGrowth, 1 << 30: heapGrowth} {
		if got := growthAt(used, heapSlack); got != want {
			t.Errorf("with %d bytes in use: %d %%, want %d", used, got, want)
		}
	}
}

func TestAContainerGivesTheGoalOfTheHeap(t *testing.T) {
	const groups = "/proc/self/cgroup"
	const v2, v1 = "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"
	for _, c := range []struct {
		files map[string]string
		want  int64
	}{
		{nil, heapGoal},
		{map[string]string{v2: "max\n"}, heapGoal},
		{map[string]string{v1: "9223372036854771712\n"}, heapGoal},
		{map[string]string{v2: "1073741824\n"}, heapGoal},
		{map[string]string{v2: "268435456\n"}, 96 << 20},
		{map[string]string{v1: "268435456\n"}, 96 << 20},
		{map[string]string{v2: "1048576\n"}, minHeap},
		{map[string]string{v2: "-1\n"}, heapGoal},
		// a job of Slurm, a service of systemd, a container without a namespace of groups
		{map[string]string{groups: "0::/system.slice/a.service\n", "/sys/fs/cgroup/system.slice/a.service/memory.max": "268435456\n"}, 96 << 20},
		{map[string]string{groups: "0::/system.slice/a.service\n", "/sys/fs/cgroup/system.slice/memory.max": "268435456\n"}, 96 << 20},
		{map[string]string{groups: "5:cpu,memory:/slurm/job_7\n0::/\n", "/sys/fs/cgroup/memory/slurm/job_7/memory.limit_in_bytes": "268435456\n", v1: "9223372036854771712\n"}, 96 << 20},
		{map[string]string{groups: "4:memory:/docker/12ab\n", v1: "268435456\n"}, 96 << 20},
		{map[string]string{groups: "5:cpu:/a\nnonsense\n", "/sys/fs/cgroup/memory/a/memory.limit_in_bytes": "268435456\n"}, heapGoal},
		{map[string]string{groups: "0::/../../a\n", v2: "268435456\n"}, 96 << 20},
	} {
		limit := containerLimit(func(name string) ([]byte, error) {
			if text, ok := c.files[name]; ok {
				return []byte(text), nil
			}
			return nil, fs.ErrNotExist
		})
		if got := goalWithin(limit); got != c.want {
			t.Errorf("%q: a goal of %d bytes, want %d", c.files, got, c.want)
		}
	}
}
