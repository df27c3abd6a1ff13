package main

import (
	"math"
	"os"
	"path"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/djleaks/djleaks/internal/packfile"
)

// heapGoal is how large the heap may grow before garbage is collected more often
// than usual, in bytes. An audit of half a gigabyte of packs stays below it.
const heapGoal = 160 << 20

// heapGrowth is by how much the heap may grow between two collections of garbage, as
// a percentage of what is in use, and heapSlack how much that is at least, in bytes,
// and before the first one. With 400 an audit of 15 to 150 MB of packs takes 2 to 5 %
// less CPU and twice the anonymous memory.
const (
	heapGrowth = 50
	heapSlack  = 6 << 20
)

// commitSlack is heapSlack for commands that search some commits, while somebody waits:
// 5,000 commits have about 20 MB in use. It takes 7 to 9 % of the CPU of a push of 1,000
// commits off, and adds 10 MB.
const commitSlack = 24 << 20

// recalledSlack is heapSlack for an audit that goes on from what a cache keeps. It
// makes as much garbage as it holds, in a fifth of a second: of saleor's 0.27 s of CPU
// 0.05 were spent on 19 collections, which kept 25 of 250 MB.
const recalledSlack = 64 << 20

// boundMemory keeps the heap below its goal, or below 1.4 times of what is in use
// where that is more. Whoever sets GOGC or GOMEMLIMIT has the last word. What a
// container has left is for the pages of packs. The heap grows by at least slack bytes;
// what is returned makes that recalledSlack. The container is asked when the heap has
// been collected first, or when much is read of large packs: most hooks end before that,
// and asking takes 0.3 ms of CPU, a ninth of them.
func boundMemory(slack int64) (recalled func()) {
	limit := sync.OnceValue(func() int64 { return containerLimit(os.ReadFile) })
	var goal atomic.Int64 // of the heap, once it has been collected
	packfile.SetRoom(func(mapped int64) int64 {
		if mapped <= roomAnywhere {
			return roomAnywhere
		}
		return limit() - max(goalWithin(limit()), goal.Load())
	})
	var current atomic.Int64
	current.Store(slack)
	growth := growthAt(runtimeHeap, slack)
	chosen := false // by GOGC
	if before := debug.SetGCPercent(growth); before != 100 {
		debug.SetGCPercent(before)
		chosen = true
	}
	limited := debug.SetMemoryLimit(-1) != math.MaxInt64 // by GOMEMLIMIT
	if !limited {
		debug.SetMemoryLimit(minHeap) // until the first collection
	}
	if chosen && limited {
		return func() {}
	}
	afterCollection(func() {
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(live)
		used := int64(live[0].Value.Uint64())
		if next := growthAt(used, current.Load()); next != growth && !chosen {
			growth = next
			debug.SetGCPercent(next)
		}
		next := max(goalWithin(limit()), used*14/10)
		goal.Store(next)
		if now := debug.SetMemoryLimit(-1); (next > now || next < now*9/10) && !limited {
			debug.SetMemoryLimit(next)
		}
	})
	return func() {
		if current.Store(recalledSlack); !chosen {
			debug.SetGCPercent(growthAt(runtimeHeap, recalledSlack))
		}
		if !limited {
			debug.SetMemoryLimit(max(debug.SetMemoryLimit(-1), goalWithin(limit())))
		}
	}
}

// runtimeHeap is the size of the heap, in bytes, from which the runtime counts the
// growth to the first collection.
const runtimeHeap = 4 << 20

// growthAt is the growth in per cent that is allowed to a heap of which these bytes are
// in use. It goes in steps, so that it is not changed after every collection.
func growthAt(used, slack int64) int {
	const step = 20
	return max(heapGrowth, int(slack*100/max(used, 1<<20))/step*step)
}

// goalWithin is heapGoal, or three eighths of a smaller limit of memory: the pages
// of packs count against it too, and are read again and again where there is room
// for a few. A cold audit of 390 MB of packs within 256 MB takes 12 seconds of CPU
// with 96 MB of heap, and 22 with heapGoal.
func goalWithin(limit int64) int64 { return max(minHeap, min(heapGoal, limit/8*3)) }

// roomAnywhere is how many bytes of packs are taken to fit into memory beside the
// heap without asking how much there is.
const roomAnywhere = 64 << 20

// minHeap is the smallest goal, in bytes. Below it garbage is collected all the
// time.
const minHeap = 48 << 20

// containerLimit is how much memory the program may take, in bytes: the smallest
// limit of its group of processes and of those above it. Inside of a container the
// group is the root of what is to be seen; a job of Slurm and a service of systemd
// are in one below it. Without a limit it is as large as can be.
func containerLimit(read func(string) ([]byte, error)) int64 {
	least := int64(math.MaxInt64)
	groups, _ := read("/proc/self/cgroup") // where there is no such file the roots are asked
	for line := range strings.Lines("0::/\n0:memory:/\n" + string(groups)) {
		fields := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(fields) < 3 {
			continue
		}
		root, file := "/sys/fs/cgroup", "memory.max"
		if fields[1] != "" {
			root, file = "/sys/fs/cgroup/memory", "memory.limit_in_bytes"
		}
		if fields[1] != "" && !slices.Contains(strings.Split(fields[1], ","), "memory") {
			continue
		}
		for group := path.Clean("/" + fields[2]); ; group = path.Dir(group) {
			// A container may be told of a group that only its host can see.
			text, err := read(path.Join(root, group, file))
			if limit, wrong := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && wrong == nil && limit > 0 {
				least = min(least, limit)
			}
			if group == "/" {
				break
			}
		}
	}
	return least
}

// afterCollection calls f after each collection of garbage.
func afterCollection(f func()) {
	type marker struct{ _ [16]byte }
	runtime.SetFinalizer(&marker{}, func(*marker) {
		f()
		afterCollection(f)
	})
}
