package trace

import (
	"sync"
	"sync/atomic"
)

// chunkBits is the logarithm of the number of values in a chunk.
const chunkBits = 12

// arena holds very many small values, by number. Several workers can append at a
// time, and read what others have appended once they have its number. Values are
// never moved, so nothing is copied while it grows.
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

// column holds a value for each number that an arena gives out. Each is set once, by
// one worker, before others get to know its number.
type column[T any] struct {
	mu    sync.Mutex
	table atomic.Pointer[[][]T]
}

func (c *column[T]) set(i uint32, value T) {
	chunk := int(i >> chunkBits)
	table := c.table.Load()
	if table == nil || chunk >= len(*table) {
		table = c.grow(chunk + 1)
	}
	(*table)[chunk][i&(1<<chunkBits-1)] = value
}

func (c *column[T]) get(i uint32) T { return (*c.table.Load())[i>>chunkBits][i&(1<<chunkBits-1)] }

// grow returns a table of at least so many chunks.
func (c *column[T]) grow(chunks int) *[][]T {
	c.mu.Lock()
	defer c.mu.Unlock()
	var table [][]T
	if old := c.table.Load(); old != nil {
		table = *old
	}
	// Readers hold older and shorter slices of the same array.
	for len(table) < chunks {
		table = append(table, make([]T, 1<<chunkBits))
	}
	c.table.Store(&table)
	return &table
}

// list is a slice that does not copy itself while it grows.
type list[T any] struct{ chunks [][]T }

func (l *list[T]) add(value T) {
	last := len(l.chunks) - 1
	if last < 0 || len(l.chunks[last]) == cap(l.chunks[last]) {
		l.chunks = append(l.chunks, make([]T, 0, 1<<chunkBits))
		last++
	}
	l.chunks[last] = append(l.chunks[last], value)
}

func (l *list[T]) len() int {
	if len(l.chunks) == 0 {
		return 0
	}
	last := len(l.chunks) - 1
	return last<<chunkBits + len(l.chunks[last])
}

func (l *list[T]) appendTo(dst []T) []T {
	for _, c := range l.chunks {
		dst = append(dst, c...)
	}
	return dst
}
