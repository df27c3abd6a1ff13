package value

import (
	"hash/maphash"
	"math/bits"
	"sync/atomic"
)

// verdicts remember the classes of values that were judged lately, or those of names:
// the versions of a file repeat what they hold, every form that reads a value asks for its class, and
// a hostile text has one value a million times. No value is kept, only hashes that cannot be
// foreseen: that two values share all 70 bits of theirs will not happen.
type verdicts struct {
	seeds [3]maphash.Seed
	slots [1 << 10]slot
}

// slot has a hash without its last bits, and there a class; 0 for none.
type slot struct{ atomic.Uint64 }

// classBits has room for a class and one more.
const classBits = 4

var (
	judged      = verdicts{seeds: [3]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed(), maphash.MakeSeed()}}
	judgedNames = verdicts{seeds: judged.seeds}
)

// of is the class that judge gives a value of a name.
func (v *verdicts) of(value, name string, judge func(value, name string) Class) Class {
	slot, hash := v.place(value, bits.RotateLeft64(maphash.String(v.seeds[2], name), 32))
	if class, ok := slot.get(hash); ok {
		return Class(class)
	}
	class := judge(value, name)
	slot.set(hash, uint8(class))
	return class
}

// place is where the class of a text is kept if it is, and the hash that it has there.
// The text can mean something else with another salt.
func (v *verdicts) place(text string, salt uint64) (at *slot, hash uint64) {
	at = &v.slots[(maphash.String(v.seeds[0], text)^salt)%uint64(len(v.slots))]
	return at, (maphash.String(v.seeds[1], text) ^ salt) &^ (1<<classBits - 1)
}

// get is the class that was kept with a hash; ok is false if none was.
func (s *slot) get(hash uint64) (class uint8, ok bool) {
	kept := s.Load()
	return uint8(kept&(1<<classBits-1)) - 1, kept != 0 && kept&^(1<<classBits-1) == hash
}

func (s *slot) set(hash uint64, class uint8) { s.Store(hash | uint64(class+1)) }
