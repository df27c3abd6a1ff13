package value

import (
	"hash/maphash"
	"math/bits"
	"sync/atomic"
)

// verdicts remember the classes of values that were judged lately: the versions of
// a file repeat what they hold, every form that reads a value asks for its class, and a hostile text
// has one value a million times. No value is kept, only hashes that cannot be foreseen: that
// two values share all 70 bits of theirs will not happen.
type verdicts struct {
	seeds [3]maphash.Seed
	slots [1 << 10]atomic.Uint64 // a hash without its last bits, and there a class; 0 for none
}

// classBits has room for a class and one more.
const classBits = 4

var judged = verdicts{seeds: [3]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed(), maphash.MakeSeed()}}

// of is the class that judge gives a value of a name.
func (v *verdicts) of(value, name string, judge func(value, name string) Class) Class {
	of := bits.RotateLeft64(maphash.String(v.seeds[2], name), 32)
	slot := &v.slots[(maphash.String(v.seeds[0], value)^of)%uint64(len(v.slots))]
	hash := (maphash.String(v.seeds[1], value) ^ of) &^ (1<<classBits - 1)
	if kept := slot.Load(); kept != 0 && kept&^(1<<classBits-1) == hash {
		return Class(kept&(1<<classBits-1) - 1)
	}
	class := judge(value, name)
	slot.Store(hash | uint64(class+1))
	return class
}
