package main

import (
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"

	"github.com/djleaks/djleaks/internal/packfile"
)

// heapGoal is how large the heap may grow before garbage is collected more often
// than usual, in bytes. An audit of half a gigabyte of packs stays below it.
const heapGoal = 160 << 20

// heapGrowth is by how much the heap may grow before the first collection and
// between two of them, as a percentage of what is in use, as long as it stays
// below heapGoal. With the 100 of the runtime a small heap is collected at every
// few megabytes, which took 5 % of the time of an audit of 15 MB of packs.
const heapGrowth = 400

// boundMemory keeps the heap below its goal, or below 1.4 times of what is in use
// where that is more. Whoever sets GOGC or GOMEMLIMIT has the last word. What a
// container has left is for the pages of packs.
func boundMemory() {
	limit := containerLimit(os.ReadFile)
	packfile.SetRoom(limit - goalWithin(limit))
	if before := debug.SetGCPercent(heapGrowth); before != 100 {
		debug.SetGCPercent(before)
	}
	if debug.SetMemoryLimit(-1) != math.MaxInt64 {
		return
	}
	least := goalWithin(limit)
	debug.SetMemoryLimit(least)
	afterCollection(func() {
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(live)
		goal := max(least, int64(live[0].Value.Uint64())*14/10)
		if now := debug.SetMemoryLimit(-1); goal > now || goal < now*9/10 {
			debug.SetMemoryLimit(goal)
		}
	})
}

// goalWithin is heapGoal, or three eighths of a smaller limit of memory: the pages
// of packs count against it too, and are read again and again where there is room
// for a few. A cold audit of 390 MB of packs within 256 MB takes 12 seconds of CPU
// with 96 MB of heap, and 22 with heapGoal.
func goalWithin(limit int64) int64 { return max(minHeap, min(heapGoal, limit/8*3)) }

// minHeap is the smallest goal, in bytes. Below it garbage is collected all the
// time.
const minHeap = 48 << 20

// containerLimit is how much memory the container may take that the program runs
// in, in bytes, as Linux tells it to whoever is inside. Without a limit it is as
// large as can be.
func containerLimit(read func(string) ([]byte, error)) int64 {
	for _, name := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		text, err := read(name)
		if err != nil {
			continue
		}
		if limit, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && limit > 0 {
			return limit
		}
	}
	return math.MaxInt64
}

// afterCollection calls f after each collection of garbage.
func afterCollection(f func()) {
	type marker struct{ _ [16]byte }
	runtime.SetFinalizer(&marker{}, func(*marker) {
		f()
		afterCollection(f)
	})
}
