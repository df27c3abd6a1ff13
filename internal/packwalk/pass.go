package packwalk

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/scanner"
)

// Visit is called for an object. worker is less than Options.Jobs; calls with
// the same worker never overlap. An error stops the pass.
type Visit func(worker int, o *Object) error

// Search shows every blob, commit and tag that contains an anchor of set. The
// Coverage counts the blobs searched and their bytes, whether they have an
// anchor or not, and names everything that could not be read, including packs
// and entries of unknown type. Loose objects under a wrong name are named too,
// and shown all the same. The error is that of visit or of ctx; the Coverage
// then says how many objects were not read.
func (w *Walk) Search(ctx context.Context, set *scanner.AnchorSet, visit Visit) (scanner.Coverage, error) {
	return w.SearchAndCommits(ctx, set, visit, nil)
}

// SearchAndCommits is Search and Commits in one pass: every commit is shown to
// commits too, without Anchors, so that it need not be inflated twice. Commits are
// not counted.
func (w *Walk) SearchAndCommits(ctx context.Context, set *scanner.AnchorSet, visit, commits Visit) (scanner.Coverage, error) {
	p := &pass{walk: w, set: set, visit: visit, commits: commits, untyped: true, named: true}
	p.kinds[packfile.Blob], p.kinds[packfile.Commit], p.kinds[packfile.Tag] = true, true, true
	cov, err := p.run(ctx)
	w.addSkips(&cov)
	return cov, err
}

// addSkips adds what Open could not read.
func (w *Walk) addSkips(cov *scanner.Coverage) {
	for _, s := range w.skips {
		cov.Skip(s)
	}
	cov.Notes = append(cov.Notes, w.notes...)
}

// Commits shows every commit. The Coverage counts them, and names those that
// could not be read.
func (w *Walk) Commits(ctx context.Context, visit Visit) (scanner.Coverage, error) {
	p := &pass{walk: w, visit: visit}
	p.kinds[packfile.Commit] = true
	return p.run(ctx)
}

// Trees shows every tree. A tree with a Base is shown after it. The Coverage
// names the trees that could not be read, and loose ones under a wrong name; it
// counts nothing.
func (w *Walk) Trees(ctx context.Context, visit Visit) (scanner.Coverage, error) {
	p := &pass{walk: w, visit: visit, named: true}
	p.kinds[packfile.Tree] = true
	return p.run(ctx)
}

// pass is one run over all objects of some types.
type pass struct {
	walk    *Walk
	kinds   [8]bool
	set     *scanner.AnchorSet // nil: every object is shown
	visit   Visit
	commits Visit         // of every commit, whether it has an anchor or not; may be nil
	untyped bool          // entries of unknown type are reported
	named   bool          // loose objects under a wrong name are reported
	known   *knownObjects // nil if nothing is left out

	gathered *gathered    // entries of the stage that are in memory; nil if there is room for all
	stage    []part       // what the workers are at
	unit     atomic.Int64 // of the stage, the next one to be done
	bytes    atomic.Int64 // of packs that are done
	live     atomic.Int64 // bytes of text kept for children still to come
	stop     atomic.Bool
	fail     error // the first one of visit; guarded by mu

	oversized sync.Mutex // held by the worker that has a text above Walk.largeText

	// Jobs that a busy worker hands over while another has nothing to do.
	wanted atomic.Int32 // number of idle workers minus number of queued jobs
	mu     sync.Mutex
	wake   sync.Cond
	jobs   []job
	idle   int
}

// unitSize is how many entries or loose objects a worker takes at a time: enough
// that taking them costs nothing, few enough that all workers end together.
const unitSize = 64

// run does the pass with all workers and merges their coverage.
func (p *pass) run(ctx context.Context) (scanner.Coverage, error) {
	p.wake.L = &p.mu
	defer context.AfterFunc(ctx, p.halt)()
	workers := make([]*worker, p.walk.opt.Jobs)
	for i := range workers {
		workers[i] = &worker{pass: p, walk: p.walk, number: i}
		workers[i].buffers.limit = max(keepSome, keepMost/len(workers))
	}
	p.withProgress(func() {
		for stage := range p.stages {
			p.work(workers, stage)
		}
	})

	var cov scanner.Coverage
	for _, w := range workers {
		cov.Add(w.cov)
		p.walk.inflated.Add(w.inflate.Inflated())
	}
	if p.fail != nil {
		return cov, p.fail
	}
	if p.untyped && ctx.Err() == nil {
		workers[0].cov = scanner.Coverage{}
		workers[0].guarded(workers[0].readUntyped)
		cov.Add(workers[0].cov)
	}
	if err := ctx.Err(); err != nil {
		cov.Skip(scanner.Skip{Reason: "not read: interrupted", Count: p.unread(workers)})
		return cov, err
	}
	return cov, p.fail
}

// unread is the number of objects that an interrupted pass did not reach,
// including loose objects whose type is not yet known.
func (p *pass) unread(workers []*worker) int64 {
	left := int64(0)
	for _, pack := range p.walk.packs {
		for kind, n := range pack.counts {
			if p.kinds[kind] || kind == 0 && p.untyped {
				left += int64(n)
			}
		}
	}
	left += int64(p.walk.loose.count)
	if p.known != nil {
		left -= p.known.packed
	}
	for _, w := range workers {
		left -= w.done
	}
	return max(left, 1)
}

// work does a stage with all workers.
func (p *pass) work(workers []*worker, stage []part) {
	p.stage, p.idle = stage, 0
	p.unit.Store(0)
	p.wanted.Store(0)
	var wg sync.WaitGroup
	for _, w := range workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			w.run()
		}()
	}
	wg.Wait()
}

// withProgress calls walk, and reports its progress until it has returned.
func (p *pass) withProgress(walk func()) {
	progress := p.walk.opt.Progress
	if progress == nil {
		walk()
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		walk()
	}()
	total := int64(0)
	for _, pack := range p.walk.packs {
		total += pack.data.Size()
	}
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			progress(min(p.bytes.Load(), total), total)
		case <-done:
			if !p.stop.Load() {
				progress(total, total)
			}
			return
		}
	}
}

const progressEvery = 100 * time.Millisecond

// halt makes all workers stop at the next object.
func (p *pass) halt() {
	p.stop.Store(true)
	p.mu.Lock()
	p.wake.Broadcast()
	p.mu.Unlock()
}

func (p *pass) failed(err error) {
	p.mu.Lock()
	if p.fail == nil {
		p.fail = err
	}
	p.mu.Unlock()
	p.halt()
}

// job is a part of a tree of deltas: the children of a base from base.next on.
type job struct {
	pack *pack
	base frame
}

// run takes units until there are none, then jobs until nobody works.
func (k *worker) run() {
	for !k.pass.stop.Load() {
		more := true
		k.guarded(func() { more = k.unit(int(k.pass.unit.Add(1) - 1)) })
		if !more {
			break
		}
	}
	for {
		j, ok := k.pass.dequeue()
		if !ok {
			break
		}
		k.guarded(func() {
			k.pack = j.pack
			k.push(j.base)
			k.descend()
		})
	}
}

// guarded does a piece of work. If an index shrinks meanwhile, the objects left
// cannot be named: the pack is reported as damaged.
func (k *worker) guarded(work func()) {
	var err error
	func() {
		defer packfile.Guard(&err)()
		work()
	}()
	if err != nil {
		k.stack = k.stack[:0]
		k.unlockOversized()
		k.cov.Skip(scanner.Skip{Path: k.pack.path + ".pack", Reason: reason(err)})
	}
	k.flush()
}

// part is a range of the entries of a pack, or of the loose objects if pack is nil.
type part struct {
	pack     *pack
	from, to int
}

// unit does the n-th unit of the stage; it is false after the last one.
func (k *worker) unit(n int) bool {
	for _, t := range k.pass.stage {
		units := (t.to - t.from + unitSize - 1) / unitSize
		if n >= units {
			n -= units
			continue
		}
		from := t.from + n*unitSize
		to := min(t.to, from+unitSize)
		if t.pack != nil {
			k.entries(t.pack, from, to)
			return true
		}
		for pos := from; pos < to && !k.stopped(); pos++ {
			k.looseObject(pos)
		}
		return true
	}
	return false
}

// dequeue returns a job that another worker handed over. It waits while there is
// a busy worker, which may hand one over.
func (p *pass) dequeue() (job, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle++
	p.wanted.Add(1)
	for {
		if p.stop.Load() {
			return job{}, false
		}
		if n := len(p.jobs); n > 0 {
			j := p.jobs[n-1]
			p.jobs[n-1] = job{}
			p.jobs = p.jobs[:n-1]
			p.idle--
			return j, true
		}
		if p.idle == p.walk.opt.Jobs {
			p.wake.Broadcast()
			return job{}, false
		}
		p.wake.Wait()
	}
}

// enqueue hands a job over to an idle worker.
func (p *pass) enqueue(j job) {
	p.wanted.Add(-1)
	p.mu.Lock()
	p.jobs = append(p.jobs, j)
	p.wake.Signal()
	p.mu.Unlock()
}
