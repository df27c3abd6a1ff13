//go:build unix

package packwalk

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/internal/packfile/packtest"
	"github.com/djleaks/djleaks/scanner"
)

// benchRepository is the git directory that DJLEAKS_BENCH_REPO names, or the
// small one of the tests.
func benchRepository(b *testing.B) string {
	if dir := os.Getenv("DJLEAKS_BENCH_REPO"); dir != "" {
		return filepath.Join(dir, "objects")
	}
	return objects(repository(b, "sha1"))
}

// cpu is the processor time that this process has used.
func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// measure runs f b.N times and reports processor seconds beside the clock's.
func measure(b *testing.B, f func()) {
	b.ReportAllocs()
	runtime.GC()
	before := cpu()
	for b.Loop() {
		f()
	}
	b.ReportMetric((cpu()-before).Seconds()/float64(b.N), "cpu-s/op")
}

func benchAnchors() *scanner.AnchorSet {
	return scanner.NewAnchorSet(scanner.Anchor{Text: "secret"}, scanner.Anchor{Text: "django-insecure-"},
		scanner.Anchor{Text: "signing_key"}, scanner.Anchor{Text: "ZGphbmdvLWluc2VjdXJlL"})
}

func benchOpen(b *testing.B, jobs int) *Walk {
	w, err := Open(context.Background(), Options{Dirs: []string{benchRepository(b)}, IDSize: 20, Jobs: jobs})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { w.Close() })
	return w
}

// BenchmarkFloor inflates every blob stream of the packs once, deltas as
// deltas, and does nothing else: what no walk can be cheaper than with this
// inflater. It opens the walk once, outside the clock.
func BenchmarkFloor(b *testing.B) {
	w := benchOpen(b, 1)
	measure(b, func() { floor(b, w, packfile.Blob) })
}

func floor(b *testing.B, w *Walk, kind packfile.Type) {
	k := &worker{walk: w, pass: &pass{walk: w}}
	k.buffers.limit = keepMost
	for _, p := range w.packs {
		k.pack = p
		for e := range uint32(p.len()) {
			if p.state[e].kind() != kind {
				continue
			}
			head, src, err := k.readEntry(e)
			if err != nil {
				b.Fatal(err)
			}
			if head.Size > w.opt.StreamLimit {
				continue
			}
			text, err := k.inflateEntry(head, src)
			if err != nil {
				b.Fatal(err)
			}
			k.buffers.put(text)
		}
	}
}

// BenchmarkBlobs is the sweep over the blobs alone, with a search: what the
// floor is compared with.
func BenchmarkBlobs(b *testing.B) {
	for name, jobs := range map[string]int{"jobs=1": 1, "jobs=2": 2} {
		b.Run(name, func(b *testing.B) {
			w := benchOpen(b, jobs)
			set := benchAnchors()
			measure(b, func() { blobs(b, w, set) })
		})
	}
}

// BenchmarkRatio says how many times the floor the sweep over the blobs costs:
// both in turns, medians of processor time.
func BenchmarkRatio(b *testing.B) {
	w := benchOpen(b, 1)
	set := benchAnchors()
	floor(b, w, packfile.Blob) // the files come into memory
	var low, sweep []float64
	for b.Loop() {
		for range 5 {
			runtime.GC()
			begin := cpu()
			floor(b, w, packfile.Blob)
			middle := cpu()
			blobs(b, w, set)
			low = append(low, (middle - begin).Seconds())
			sweep = append(sweep, (cpu() - middle).Seconds())
		}
	}
	slices.Sort(low)
	slices.Sort(sweep)
	b.ReportMetric(low[len(low)/2], "floor-cpu-s")
	b.ReportMetric(sweep[len(sweep)/2], "sweep-cpu-s")
	b.ReportMetric(sweep[len(sweep)/2]/low[len(low)/2], "ratio")
}

// blobs sweeps over the blobs.
func blobs(b *testing.B, w *Walk, set *scanner.AnchorSet) {
	p := &pass{walk: w, set: set, visit: func(int, *Object) error { return nil }}
	p.kinds[packfile.Blob] = true
	if _, err := p.run(context.Background()); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkBlobsWhole searches the whole text of every blob, for comparison.
func BenchmarkBlobsWhole(b *testing.B) {
	w := benchOpen(b, 1)
	set := benchAnchors()
	var anchors []int32
	measure(b, func() {
		p := &pass{walk: w, visit: func(_ int, o *Object) error {
			anchors = set.Append(anchors[:0], o.Text, 0, len(o.Text))
			return nil
		}}
		p.kinds[packfile.Blob] = true
		if _, err := p.run(context.Background()); err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkOpen is the header pass.
func BenchmarkOpen(b *testing.B) {
	dir := benchRepository(b)
	measure(b, func() {
		w, err := Open(context.Background(), Options{Dirs: []string{dir}, IDSize: 20})
		if err != nil {
			b.Fatal(err)
		}
		w.Close()
	})
}

// BenchmarkOrdinal looks up every object by its id, in the order of the pack.
func BenchmarkOrdinal(b *testing.B) {
	w := benchOpen(b, 1)
	var ids [][]byte
	for _, p := range w.packs {
		for e := range uint32(p.len()) {
			ids = append(ids, p.id(e))
		}
	}
	n := 0
	for b.Loop() {
		if _, ok := w.Ordinal(ids[n%len(ids)]); !ok {
			b.Fatal("not found")
		}
		n++
	}
}

// BenchmarkJobs compares one worker with two, in turns: medians of the clock
// and of processor time.
func BenchmarkJobs(b *testing.B) {
	set := benchAnchors()
	walks := [2]*Walk{benchOpen(b, 1), benchOpen(b, 2)}
	var clock, used [2][]float64
	for b.Loop() {
		for n := range 10 {
			i := n % 2
			runtime.GC()
			begin, before := time.Now(), cpu()
			blobs(b, walks[i], set)
			clock[i] = append(clock[i], time.Since(begin).Seconds())
			used[i] = append(used[i], (cpu() - before).Seconds())
		}
	}
	median := func(list []float64) float64 {
		slices.Sort(list)
		return list[len(list)/2]
	}
	b.ReportMetric(median(clock[1])/median(clock[0]), "wall-ratio")
	b.ReportMetric(median(used[1])/median(used[0]), "cpu-ratio")
}

// BenchmarkTrees is the pass over the trees, without anything done to them.
func BenchmarkTrees(b *testing.B) {
	w := benchOpen(b, 1)
	measure(b, func() {
		if _, err := w.Trees(context.Background(), func(int, *Object) error { return nil }); err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkCommits is the pass over the commits.
func BenchmarkCommits(b *testing.B) {
	w := benchOpen(b, 1)
	measure(b, func() {
		if _, err := w.Commits(context.Background(), func(int, *Object) error { return nil }); err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkVersions walks many versions of a file of 1 MB, each a line longer
// than the one before and in chains of 50 deltas as Git makes them: a version
// is to cost what its delta costs.
func BenchmarkVersions(b *testing.B) {
	for _, versions := range []int{10, 100, 1000} {
		b.Run(fmt.Sprint(versions), func(b *testing.B) {
			dir := b.TempDir()
			text := bytes.Repeat([]byte("one more line of a file that is long\n"), 1<<20/37)
			var p packtest.Pack
			root := p.Whole(packfile.Blob, text)
			base, size := root, len(text)
			for n := range versions {
				if n%50 == 0 {
					base, size = root, len(text)
				}
				var d packtest.Delta
				at := (n * 7919 * 37) % size
				d.Copy(0, at)
				d.Insert([]byte("this line is new here\n"))
				d.Copy(at, size-at)
				id := binary.BigEndian.AppendUint32(make([]byte, 16), uint32(n))
				base = p.Ofs(base, id, d.Bytes(size))
				size += 22
			}
			p.Write(b, dir, "a", packtest.Version2)
			w := open(b, Options{Dirs: []string{dir}, Jobs: 1})
			set := benchAnchors()
			measure(b, func() { blobs(b, w, set) })
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*versions), "µs/version")
		})
	}
}

// BenchmarkHeap reports the peak of the heap during a whole search with all
// processors, the largest text of a blob, and what Open keeps for each object.
func BenchmarkHeap(b *testing.B) {
	dir := benchRepository(b)
	heap := func() uint64 {
		s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		metrics.Read(s)
		return s[0].Value.Uint64()
	}
	for b.Loop() {
		runtime.GC()
		before := heap()
		w, err := Open(context.Background(), Options{Dirs: []string{dir}, IDSize: 20})
		if err != nil {
			b.Fatal(err)
		}
		runtime.GC()
		b.ReportMetric(float64(heap()-before)/float64(w.Count()), "B/object")
		var peak, largest atomic.Int64
		raise := func(to *atomic.Int64, n int64) {
			for old := to.Load(); n > old && !to.CompareAndSwap(old, n); old = to.Load() {
			}
		}
		done := make(chan struct{})
		go func() {
			for {
				select {
				case <-done:
					return
				case <-time.After(time.Millisecond):
					raise(&peak, int64(heap()))
				}
			}
		}()
		_, err = w.Search(context.Background(), benchAnchors(), func(_ int, o *Object) error {
			raise(&largest, o.Size)
			return nil
		})
		close(done)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(peak.Load())/1e6, "peak-MB")
		b.ReportMetric(float64(largest.Load())/1e6, "largest-shown-MB")
		w.Close()
	}
}
