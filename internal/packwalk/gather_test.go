package packwalk

import (
	"bytes"
	"math"
	"testing"

	"github.com/djleaks/djleaks/internal/packfile"
)

// noRoom makes what is opened from now on too large for memory.
func noRoom(t *testing.T) {
	packfile.SetRoom(func(int64) int64 { return 0 })
	t.Cleanup(func() { packfile.SetRoom(func(int64) int64 { return math.MaxInt64 }) })
}

func TestWithoutRoomAWalkShowsWhatGitHas(t *testing.T) {
	noRoom(t)
	for format, size := range map[string]int{"sha1": 20, "sha256": 32} {
		dir := repository(t, format)
		for _, bytes := range []int{1, 3000, 0} {
			w := open(t, Options{Dirs: []string{objects(dir)}, IDSize: size, Jobs: 2})
			w.gathers = bytes
			checkAgainstGit(t, dir, w)
			checkSearch(t, w, testAnchors())
		}
	}
}

func TestTreesOfDeltasAreGatheredBeforeTheyAreWalked(t *testing.T) {
	noRoom(t)
	w := open(t, Options{Dirs: []string{objects(repository(t, "sha1"))}})
	w.gathers = 3000
	p := &pass{walk: w}
	p.kinds[packfile.Blob] = true
	roots, next, stages := 0, map[*pack]int{}, 0
	for stage := range p.stages {
		if p.gathered == nil {
			if len(stage) != 1 || stage[0].pack != nil {
				t.Errorf("%v is walked without being gathered", stage)
			}
			continue
		}
		at := stage[0]
		if at.from != next[at.pack] || at.to <= at.from {
			t.Fatalf("a stage of the entries from %d to %d after one to %d", at.from, at.to, next[at.pack])
		}
		next[at.pack] = at.to
		stages++
		checkGathered(t, p, at, &roots)
	}
	want := 0
	for _, pack := range w.packs {
		if next[pack] != pack.len() {
			t.Errorf("%d of %d entries are walked", next[pack], pack.len())
		}
		for e := range pack.state {
			if pack.state[e] == state(packfile.Blob) {
				want++
			}
		}
	}
	if roots != want || stages < 4 {
		t.Errorf("%d of %d trees of deltas in %d stages", roots, want, stages)
	}
}

// checkGathered checks that the trees of deltas from the roots of a stage are there as
// the pack has them, but for one that is alone and too large, and counts the roots.
func checkGathered(t *testing.T, p *pass, at part, roots *int) {
	t.Helper()
	size, missing, trees := 0, 0, 0
	for e := uint32(at.from); e < uint32(at.to); e++ {
		if at.pack.state[e] != state(packfile.Blob) {
			continue
		}
		*roots++
		trees++
		for queue := []uint32{e}; len(queue) > 0; queue = queue[1:] {
			from := at.pack.offset(queue[0])
			at.pack.data.ReadOnce(from, from+at.pack.length(queue[0]), func(want []byte) {
				switch got := p.gathered.entry(at.pack, queue[0]); {
				case got == nil:
					missing++
				case !bytes.Equal(got, want):
					t.Errorf("entry %d is not what the pack has", queue[0])
				default:
					size += len(got)
				}
			})
			for c := at.pack.child[queue[0]]; c != 0; c = at.pack.next[c-1] {
				queue = append(queue, c-1)
			}
		}
	}
	if missing > 0 && trees > 1 || size > p.walk.gathers {
		t.Errorf("of %d trees of deltas %d entries are missing; %d bytes are there", trees, missing, size)
	}
}

func TestAPackThatShrinksWhileItIsGatheredIsAnError(t *testing.T) {
	noRoom(t)
	checkShrunk(t)
}
