//go:build unix

package trace_test

import (
	"context"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/djleaks/djleaks/internal/trace"
	"github.com/djleaks/djleaks/scanner"
)

// BenchmarkTrace traces the settings of the repository that
// DJLEAKS_ORACLE_REPO names, and nothing at all, and walks over commits and
// trees without looking at them. The memory is that of GOGC=50, which is what the
// program sets.
func BenchmarkTrace(b *testing.B) {
	dir := os.Getenv("DJLEAKS_ORACLE_REPO")
	if dir == "" {
		return
	}
	h := openWalk(b, dir, 2)
	in := trace.Input{Matched: map[scanner.ObjectID][]int32{}, IDSize: 20, Jobs: 2}
	for _, id := range settingsBlobs(b, dir) {
		in.Matched[id] = []int32{int32(in.Items)}
		in.Items++
	}
	run := func(in trace.Input) func() {
		return func() {
			if _, err := trace.Run(context.Background(), h, in); err != nil {
				b.Fatal(err)
			}
		}
	}
	measure(b, "settings", h, run(in))
	measure(b, "nothing", h, run(trace.Input{IDSize: 20, Jobs: 2}))
	measure(b, "walk", h, func() {
		ignore := func(int, trace.Object) error { return nil }
		if err := h.Commits(context.Background(), ignore); err != nil {
			b.Fatal(err)
		}
		if err := h.Trees(context.Background(), ignore); err != nil {
			b.Fatal(err)
		}
	})
}

// measure reports CPU time, and the peak of the memory in use above what
// there was before.
func measure(b *testing.B, name string, h *walkHistory, f func()) {
	b.Run(name, func(b *testing.B) {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		before, peak := m.HeapAlloc, uint64(0)
		stop, stopped := make(chan bool), make(chan bool)
		go func() {
			defer close(stopped)
			for {
				select {
				case <-stop:
					return
				case <-time.After(5 * time.Millisecond):
					var m runtime.MemStats
					runtime.ReadMemStats(&m)
					peak = max(peak, m.HeapAlloc)
				}
			}
		}()
		start := cpuTime()
		n := 0
		for b.Loop() {
			f()
			n++
		}
		b.ReportMetric(float64(cpuTime()-start)/float64(n)/1e6, "cpu-ms/op")
		close(stop)
		<-stopped
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(int64(peak)-int64(before))/float64(h.Count()), "peak-B/object")
		b.ReportAllocs()
	})
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
