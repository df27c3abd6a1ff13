package trace

import (
	"sync"
	"sync/atomic"
)

// chunkBits is the logarithm of the number of values in a chunk.
const chunkBits = 12

// arena holds very many small values, which are numbered. Several workers can
// append at a time, and read what others have appended if they were told of
// it. Nothing is ever moved, so nothing is copied while it grows.
type arena[T any] struct {
	mu    sync.Mutex
	table atomic.Pointer[[][]T] // chunk → its values, up to the end of its allocation
}

// cursor is one worker's place in an arena.
type cursor[T any] struct {
	next uint32
	free []T // the values from next on that are this worker's
}

// add appends values and returns the number of the first; the others follow.
func (a *arena[T]) add(c *cursor[T], values ...T) uint32 {
	if len(values) > len(c.free) {
		c.next, c.free = a.allocate(len(values))
	}
	at := c.next
	n := copy(c.free, values)
	c.next, c.free = at+uint32(n), c.free[n:]
	return at
}

func (a *arena[T]) allocate(n int) (first uint32, values []T) {
	chunks := (n + 1<<chunkBits - 1) >> chunkBits
	values = make([]T, chunks<<chunkBits)
	a.mu.Lock()
	defer a.mu.Unlock()
	var table [][]T
	if old := a.table.Load(); old != nil {
		table = *old
	}
	first = uint32(len(table) << chunkBits)
	// Readers hold older and shorter slices of the same array.
	for i := range chunks {
		table = append(table, values[i<<chunkBits:])
	}
	a.table.Store(&table)
	return first, values
}

// from are the values of one allocation from a number on.
func (a *arena[T]) from(i uint32) []T {
	return (*a.table.Load())[i>>chunkBits][i&(1<<chunkBits-1):]
}

// len is a number above all that have been given out.
func (a *arena[T]) len() int {
	if t := a.table.Load(); t != nil {
		return len(*t) << chunkBits
	}
	return 0
}
