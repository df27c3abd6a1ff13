package main

import (
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// heapGoal is how large the heap may grow before garbage is collected more often
// than usual, in bytes. An audit of half a gigabyte of packs stays below it.
const heapGoal = 160 << 20

// heapGrowth is by how much the heap may grow before the first collection and
// between two of them, as a percentage of what is in use, as long as it stays
// below heapGoal. With the 100 of the runtime a small heap is collected at every
// few megabytes, which took 5 % of the time of an audit of 15 MB of packs.
const heapGrowth = 400

// boundHeap keeps the heap below heapGoal, or below 1.4 times of what is in use
// where that is more. Whoever sets GOGC or GOMEMLIMIT has the last word.
func boundHeap() {
	if before := debug.SetGCPercent(heapGrowth); before != 100 {
		debug.SetGCPercent(before)
	}
	if debug.SetMemoryLimit(-1) != math.MaxInt64 {
		return
	}
	debug.SetMemoryLimit(heapGoal)
	afterCollection(func() {
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(live)
		goal := max(heapGoal, int64(live[0].Value.Uint64())*14/10)
		if now := debug.SetMemoryLimit(-1); goal > now || goal < now*9/10 {
			debug.SetMemoryLimit(goal)
		}
	})
}

// afterCollection calls f after each collection of garbage.
func afterCollection(f func()) {
	type marker struct{ _ [16]byte }
	runtime.SetFinalizer(&marker{}, func(*marker) {
		f()
		afterCollection(f)
	})
}
