package packfile

import "encoding/binary"

// adlerPrime is the largest prime below 2^16 (RFC 1950, 8.2).
const adlerPrime = 65521

const (
	// adlerSpan is how many bytes, in groups of eight, are added up in 16 bits:
	// 255 × (0 + 1 + … + 22) is less than 2^16, and with 23 it is not.
	adlerSpan = 8 * 23
	// adlerMost is how many bytes can be added up in 32 bits, at most 5552
	// (zlib, adler32.c, NMAX), as whole spans.
	adlerMost = 5552 / adlerSpan * adlerSpan
)

// checksum is the Adler-32 of RFC 1950: a is one more than the sum of all bytes,
// and b the sum of all values of a. For eight bytes c0 … c7 at a time that is
//
//	b += 8a + 8·c0 + 7·c1 + … + 1·c7
//	a += c0 + c1 + … + c7
//
// hash/adler32 adds one byte at a time and takes twice as long.
func checksum(data []byte) uint32 {
	a, b := uint32(1), uint32(0)
	for len(data) >= 8 {
		part := data[:min(len(data), adlerMost)&^7]
		data = data[len(part):]
		for len(part) > 0 {
			span := part[:min(len(part), adlerSpan)]
			part = part[len(span):]
			even, odd, before := adlerLanes(span)
			b += uint32(len(span))*a + 8*before + weighed(even, 8, 6, 4, 2) + weighed(odd, 7, 5, 3, 1)
			a += weighed(even+odd, 1, 1, 1, 1)
		}
		a, b = a%adlerPrime, b%adlerPrime
	}
	for _, c := range data {
		a += uint32(c)
		b += a
	}
	return b%adlerPrime<<16 | a%adlerPrime
}

// adlerLanes adds up the even and the odd bytes of a span in four lanes of 16
// bits each. before is the sum of what all lanes were before each group. It is
// apart so that the loop has the registers for itself.
//
//go:noinline
func adlerLanes(span []byte) (even, odd uint64, before uint32) {
	const bytes = 0x00ff00ff_00ff00ff
	evenBefore, oddBefore := uint64(0), uint64(0)
	for i := 0; i+8 <= len(span); i += 8 {
		group := binary.LittleEndian.Uint64(span[i : i+8])
		evenBefore += even
		oddBefore += odd
		even += group & bytes
		odd += group >> 8 & bytes
	}
	return even, odd, weighed(evenBefore, 1, 1, 1, 1) + weighed(oddBefore, 1, 1, 1, 1)
}

// weighed adds up four lanes of 16 bits, each times its weight.
func weighed(lanes, w0, w1, w2, w3 uint64) uint32 {
	const pair = 0x0000ffff_0000ffff
	return uint32(lanes&pair*(w0<<32|w2)>>32) + uint32(lanes>>16&pair*(w1<<32|w3)>>32)
}
