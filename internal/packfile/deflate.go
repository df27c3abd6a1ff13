package packfile

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"sync"
)

// This file inflates a deflate stream (RFC 1951) from one slice into another
// whose size is known, which is all that a pack needs: it keeps no window, cannot
// be resumed and asks no reader for bytes. Most streams of a pack are a few
// hundred bytes long, so building small tables quickly matters as much as
// decoding fast.
//
// The tables, and how they are filled, are those of libdeflate: an entry holds
// everything about a symbol, and codes that are longer than the table is wide
// continue in a second one.

// entry is what a table says of the next bits of the stream:
//
//	bits  0– 7  number of bits that the symbol takes, with its extra bits
//	bits  8–11  number of bits of its code; of a link, bits of the second table
//	bit  12     the symbol ends the block
//	bit  13     link: the code continues in a second table
//	bit  14     one of these two, or no symbol
//	bits 16–30  literal; base of a length or a distance; start of the second table
//	bit  31     literal
type entry = uint32

const (
	isEnd     entry = 1 << 12
	isLink    entry = 1 << 13
	isSpecial entry = 1 << 14
	isLiteral entry = 1 << 31
	noSymbol        = isSpecial
)

const (
	maxCode      = 15           // bits of the longest code
	maxDistance  = maxCode + 13 // bits of the longest distance, the further ones included
	literals     = 288
	distances    = 32
	wideBits     = 11 // of the table of a long stream
	narrowBits   = 9  // of the table of a short one, where filling it costs more than it saves
	distanceBits = 8
	lengthBits   = 7 // of the table for the lengths of codes; no code is longer

	// The largest number of entries with all second tables, for 288 and 32
	// symbols (zlib, examples/enough.c).
	literalRoom  = 2342
	distanceRoom = 402

	// shortStream is the size in bytes below which a stream gets narrow tables, and
	// shortResult that of a result. Where the stream ends is not always known.
	shortStream = 1024
	shortResult = 2 * shortStream
)

// Slack is how many bytes after a result the decoder may write in one round: two
// literals, the longest match, and fifteen bytes too many, rounded up. A buffer
// with that capacity after its end is filled faster.
const Slack = 288

// readAhead is how many bytes after a stream the decoder may read, if they are
// there: eight that it has taken and not used, and sixteen for a further round.
const readAhead = 24

// symbols are the entries of all symbols without the bits of their codes, and
// the tables of the fixed code.
type symbols struct {
	literal  [literals]entry
	distance [distances]entry
	length   [19]entry // of the code that the lengths are written in

	fixedLiteral  [literalRoom]entry
	fixedDistance [distanceRoom]entry
	fixedWidth    [2]uint
}

var theSymbols = sync.OnceValue(func() *symbols {
	s := new(symbols)
	for i := range s.literal {
		switch {
		case i < 256:
			s.literal[i] = isLiteral | entry(i)<<16
		case i == 256:
			s.literal[i] = isSpecial | isEnd
		case i < 265:
			s.literal[i] = entry(i-257+3) << 16
		case i < 285:
			extra := (i - 261) / 4
			s.literal[i] = entry((4+(i-261)%4)<<extra+3)<<16 | entry(extra)
		case i == 285:
			s.literal[i] = 258 << 16
		default:
			s.literal[i] = noSymbol
		}
	}
	for i := range s.distance {
		switch {
		case i < 4:
			s.distance[i] = entry(i+1) << 16
		case i < 30:
			extra := (i - 2) / 2
			s.distance[i] = entry((2+i%2)<<extra+1)<<16 | entry(extra)
		default:
			s.distance[i] = noSymbol
		}
	}
	for i := range s.length {
		s.length[i] = entry(i) << 16
	}
	var codes [literals]code
	var sorted [literals]entry
	for i := range codes {
		switch {
		case i < 144:
			codes[i] = newCode(i, 8)
		case i < 256:
			codes[i] = newCode(i, 9)
		case i < 280:
			codes[i] = newCode(i, 7)
		default:
			codes[i] = newCode(i, 8)
		}
	}
	s.fixedWidth[0], _ = fillTable(s.fixedLiteral[:], codes[:], s.literal[:], &sorted, 9)
	for i := range codes[:distances] {
		codes[i] = newCode(i, 5)
	}
	s.fixedWidth[1], _ = fillTable(s.fixedDistance[:], codes[:distances], s.distance[:], &sorted, 5)
	return s
})

// code is a symbol that has a code, and the length of that in bits.
type code uint16

func newCode(symbol, length int) code { return code(symbol<<4 | length) }

func (c code) length() uint { return uint(c & 15) }
func (c code) symbol() int  { return int(c >> 4) }

// fillTable makes the table of some codes, which ascend by symbol. sorted is
// overwritten. It returns the width of the table in bits, at most most. It is false
// if the lengths make no prefix code, or an incomplete one; a single code of one bit
// and no code at all may be incomplete.
func fillTable(table []entry, codes []code, symbols []entry, sorted *[literals]entry, most uint) (width uint, ok bool) {
	var counts [maxCode + 1]int
	for _, c := range codes {
		counts[c.length()]++
	}
	longest := uint(maxCode)
	for longest > 0 && counts[longest] == 0 {
		longest--
	}
	left := 1 // number of codes without a symbol
	var first [maxCode + 1]int
	for n := uint(1); n <= longest; n++ {
		left = left<<1 - counts[n]
		if left < 0 {
			return 0, false
		}
		first[n] = first[n-1] + counts[n-1]
	}
	if left > 0 && longest > 1 {
		return 0, false
	}
	if left > 0 {
		table[0], table[1] = noSymbol, noSymbol
		if longest == 1 {
			table[0] = coded(symbols[codes[0].symbol()], 1)
		}
		return 1, true
	}
	for _, c := range codes {
		at := &first[c.length()]
		sorted[*at] = symbols[c.symbol()]
		*at++
	}
	width = min(longest, most)
	fillCodes(table, &counts, sorted, width, longest)
	return width, true
}

// coded adds the length of a code to the entry of its symbol.
func coded(symbol entry, length uint) entry { return symbol + entry(length)<<8 + entry(length) }

// fillCodes gives each symbol its code, in order, and writes it into the table.
// A code is read from its first bit on, so the bits of an index are those of the
// code reversed. The table is made for the shortest codes and doubled as they get
// longer.
func fillCodes(table []entry, counts *[maxCode + 1]int, sorted *[literals]entry, width, longest uint) {
	code, next := uint(0), 0
	size := uint(1)
	for length := uint(1); length <= width; length++ {
		if next > 0 {
			copy(table[size:2*size], table[:size])
		}
		size *= 2
		for _, symbol := range sorted[next : next+counts[length]] {
			table[code] = coded(symbol, length)
			code = nextCode(code, length)
		}
		next += counts[length]
	}
	end := size
	start, room := uint(0), uint(0) // of the second table
	link := size                    // index of its link: none yet
	for length := width + 1; length <= longest; length++ {
		for left := counts[length]; left > 0; left-- {
			if at := code & (size - 1); at != link {
				link, start = at, end
				room = secondWidth(counts, length, width, left)
				end += 1 << room
				table[link] = isSpecial | isLink | entry(start)<<16 | entry(room)<<8 | entry(width)
			}
			e := coded(sorted[next], length-width)
			next++
			for i := start + code>>width; i < end; i += 1 << (length - width) {
				table[i] = e
			}
			code = nextCode(code, length)
		}
	}
}

// secondWidth is the width in bits of a second table whose first code has this
// length: the smallest that the next codes fill.
func secondWidth(counts *[maxCode + 1]int, length, width uint, left int) uint {
	room := length - width
	for used := left; used < 1<<room && width+room < maxCode; {
		room++
		used = used<<1 + counts[width+room]
	}
	return room
}

// nextCode is the code after one of this length, both with reversed bits. After
// the last one it is 0.
func nextCode(code, length uint) uint {
	zeros := code ^ (1<<length - 1)
	if zeros == 0 {
		return 0
	}
	bit := uint(1) << (bits.Len(zeros) - 1)
	return code&(bit-1) | bit
}

// decoder is the state of one stream.
type decoder struct {
	src []byte // with up to readAhead bytes after the stream, which are read but not used
	in  int    // next byte of src that is not in bits
	buf uint64 // bits that are read but not used, the next one lowest
	n   uint   // their number; above them buf may hold bits of src[in:]

	dst  []byte // with the capacity after the result that may be overwritten
	out  int    // bytes written
	size int    // bytes of the result
	some bool   // the result may be the beginning of what the stream holds

	literal  [literalRoom]entry
	distance [distanceRoom]entry
	lengths  [literals + distances]code // of the symbols that have one, ascending
	sorted   [literals]entry
}

var (
	errLonger  = fmt.Errorf("longer than declared: %w", ErrCorrupt)
	errDeflate = fmt.Errorf("deflate: %w", ErrCorrupt)
)

// start begins a stream. Only if all of it is wanted may what is after it be read:
// then the number of bytes used tells whether that was so.
func (d *decoder) start(dst, src []byte, some bool) {
	d.src, d.some = src, some
	if !some {
		d.src = src[:min(cap(src), len(src)+readAhead)]
	}
	d.dst, d.size = dst[:min(cap(dst), len(dst)+Slack)], len(dst)
	d.in, d.out, d.buf, d.n = 0, 0, 0, 0
}

// blocks decodes all blocks. The bytes that they took are then d.used.
func (d *decoder) blocks() error {
	s := theSymbols()
	for {
		d.refill()
		final, kind := d.buf&1, d.buf>>1&3
		d.drop(3)
		var err error
		switch kind {
		case 0:
			err = d.stored()
		case 1:
			err = d.codes(&s.fixedLiteral, s.fixedWidth[0], &s.fixedDistance, s.fixedWidth[1])
		case 2:
			var lw, dw uint
			if lw, dw, err = d.readTables(s); err == nil {
				err = d.codes(&d.literal, lw, &d.distance, dw)
			}
		default:
			err = errDeflate
		}
		if err != nil {
			return err
		}
		if d.out > d.size {
			return errLonger
		}
		if d.used() > len(d.src) {
			return ErrTruncated
		}
		if final == 1 {
			return nil
		}
	}
}

// used is the number of bytes of src that are decoded, begun ones included.
func (d *decoder) used() int { return d.in - int(d.n>>3) }

func (d *decoder) drop(n uint) {
	d.buf >>= n & 63
	d.n -= n
}

// refill makes sure that at least 48 bits are in buf. After the end of src they
// are zero, and used grows beyond its length. Bits above n may be there already:
// the same ones.
func (d *decoder) refill() {
	if d.in <= len(d.src)-8 {
		d.buf |= binary.LittleEndian.Uint64(d.src[d.in:]) << (d.n & 63)
		d.in += int((63 - d.n) >> 3)
		d.n |= 56
		return
	}
	for d.n < 48 {
		if d.in < len(d.src) {
			d.buf |= uint64(d.src[d.in]) << (d.n & 63)
		} else {
			d.buf &= 1<<(d.n&63) - 1
		}
		d.in++
		d.n += 8
	}
}

// stored copies a block that is not compressed.
func (d *decoder) stored() error {
	at := d.used()
	if at > len(d.src)-4 {
		return ErrTruncated
	}
	n := int(binary.LittleEndian.Uint16(d.src[at:]))
	if n^0xffff != int(binary.LittleEndian.Uint16(d.src[at+2:])) {
		return errDeflate
	}
	d.in, d.buf, d.n = at+4+n, 0, 0
	if n > len(d.src)-at-4 {
		n = len(d.src) - at - 4
		if n < d.size-d.out || !d.some {
			return ErrTruncated
		}
	}
	if n > d.size-d.out {
		d.out += copy(d.dst[d.out:d.size], d.src[at+4:])
		return errLonger
	}
	copy(d.dst[d.out:d.out+n], d.src[at+4:at+4+n])
	d.out += n
	return nil
}

// lengthOrder is the order in which the lengths of the codes for lengths are
// written (RFC 1951, 3.2.7).
var lengthOrder = [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// readTables reads the codes of a block and makes its tables.
func (d *decoder) readTables(s *symbols) (literalWidth, distanceWidth uint, err error) {
	nl, nd, nc := int(d.buf&31)+257, int(d.buf>>5&31)+1, int(d.buf>>10&15)+4
	d.drop(14)
	if nl > 286 || nd > 30 {
		return 0, 0, errDeflate
	}
	var table [1 << lengthBits]entry
	width, ok := fillTable(table[:], d.readLengthCodes(nc), s.length[:], &d.sorted, lengthBits)
	if !ok {
		return 0, 0, errDeflate
	}
	n, err := d.readLengths(&table, width, nl+nd)
	if err != nil {
		return 0, 0, err
	}
	m := n // the first one of a distance
	for m > 0 && d.lengths[m-1].symbol() >= nl {
		m--
		d.lengths[m] -= newCode(nl, 0)
	}
	most := uint(wideBits)
	if len(d.src) < shortStream || d.size < shortResult {
		most = narrowBits
	}
	literalWidth, ok = fillTable(d.literal[:], d.lengths[:m], s.literal[:], &d.sorted, most)
	if !ok {
		return 0, 0, errDeflate
	}
	distanceWidth, ok = fillTable(d.distance[:], d.lengths[m:n], s.distance[:], &d.sorted, distanceBits)
	if !ok {
		return 0, 0, errDeflate
	}
	return literalWidth, distanceWidth, nil
}

// readLengthCodes reads the n codes in which the lengths of codes are written.
func (d *decoder) readLengthCodes(n int) []code {
	var lengths [19]uint8
	for _, i := range lengthOrder[:n] {
		if d.n < 3 {
			d.refill()
		}
		lengths[i] = uint8(d.buf & 7)
		d.drop(3)
	}
	n = 0
	for i, length := range lengths {
		d.lengths[n] = newCode(i, int(length))
		if length > 0 {
			n++
		}
	}
	return d.lengths[:n]
}

// readLengths reads the lengths of the codes of total symbols into d.lengths, and
// returns how many symbols have one.
func (d *decoder) readLengths(table *[1 << lengthBits]entry, width uint, total int) (n int, err error) {
	buf, bits := d.buf, d.n
	mask, previous := uint64(1)<<width-1, 0
	for i := 0; i < total; {
		if bits < lengthBits+7 {
			if d.buf, d.n = buf, bits; d.used() > len(d.src) {
				return 0, ErrTruncated
			}
			d.refill()
			buf, bits = d.buf, d.n
		}
		e := table[buf&mask&(1<<lengthBits-1)]
		if e&isSpecial != 0 {
			return 0, errDeflate
		}
		buf >>= e & 63
		bits -= uint(e & 0xff)
		symbol := int(e >> 16)
		if symbol < 16 {
			d.lengths[n] = newCode(i, symbol)
			n += (symbol + 15) >> 4 // of length 0 is a symbol without a code
			i++
			previous = symbol
			continue
		}
		times, extra := 3, uint(3)
		switch symbol {
		case 16:
			if i == 0 {
				return 0, errDeflate
			}
			extra = 2
		case 17:
			previous = 0
		case 18:
			times, extra, previous = 11, 7, 0
		}
		times += int(buf & (1<<extra - 1))
		buf >>= extra
		bits -= extra
		if times > total-i {
			return 0, errDeflate
		}
		if previous > 0 {
			for k := range times {
				d.lengths[n+k] = newCode(i+k, previous)
			}
			n += times
		}
		i += times
	}
	d.buf, d.n = buf, bits
	return n, nil
}

// codes decodes one block with these tables. It works in rounds: as long as
// input and output have room for a whole round, only the distance of a match is
// checked.
func (d *decoder) codes(literal *[literalRoom]entry, literalWidth uint, distance *[distanceRoom]entry, distanceWidth uint) error {
	src, dst, in, out, buf, n := d.src, d.dst, d.in, d.out, d.buf, d.n
	literalMask, distanceMask := uint64(1)<<literalWidth-1, uint64(1)<<distanceWidth-1
	// A round reads eight bytes twice, and moves on by at most seven each time.
	lastIn, lastOut := len(src)-16, len(dst)-Slack
	for in <= lastIn && out <= lastOut {
		buf |= binary.LittleEndian.Uint64(src[in:]) << (n & 63)
		in += int((63 - n) >> 3)
		n |= 56
		e := literal[buf&literalMask]
		if e >= isLiteral {
			buf >>= e & 63
			n -= uint(e & 0xff)
			dst[out] = byte(e >> 16)
			out++
			e = literal[buf&literalMask]
			if e >= isLiteral {
				buf >>= e & 63
				n -= uint(e & 0xff)
				dst[out] = byte(e >> 16)
				out++
				e = literal[buf&literalMask]
				if e >= isLiteral {
					buf >>= e & 63
					n -= uint(e & 0xff)
					dst[out] = byte(e >> 16)
					out++
					continue
				}
			}
		}
		if e&isSpecial != 0 {
			if e&isLink != 0 {
				buf >>= e & 63
				n -= uint(e & 0xff)
				e = literal[uint64(e>>16)+buf&(1<<(e>>8&15)-1)]
				if e >= isLiteral {
					buf >>= e & 63
					n -= uint(e & 0xff)
					dst[out] = byte(e >> 16)
					out++
					continue
				}
			}
			if e&isSpecial != 0 {
				if e&isEnd == 0 {
					return errDeflate
				}
				buf >>= e & 63
				n -= uint(e & 0xff)
				d.in, d.out, d.buf, d.n = in, out, buf, n
				return nil
			}
		}
		length := int(e>>16) + int(buf&(1<<(e&63)-1)>>(e>>8&15))
		buf >>= e & 63
		n -= uint(e & 0xff)

		if n < maxDistance {
			buf |= binary.LittleEndian.Uint64(src[in:]) << (n & 63)
			in += int((63 - n) >> 3)
			n |= 56
		}
		e = distance[buf&distanceMask]
		if e&isSpecial != 0 {
			if e&isLink == 0 {
				return errDeflate
			}
			buf >>= e & 63
			n -= uint(e & 0xff)
			e = distance[uint64(e>>16)+buf&(1<<(e>>8&15)-1)]
			if e&isSpecial != 0 {
				return errDeflate
			}
		}
		back := int(e>>16) + int(buf&(1<<(e&63)-1)>>(e>>8&15))
		buf >>= e & 63
		n -= uint(e & 0xff)
		if back > out {
			return errDeflate
		}
		end := out + length
		switch from := out - back; {
		case back >= 16 && length <= 64:
			for ; out < end; out, from = out+16, from+16 {
				source, target := (*[16]byte)(dst[from:]), (*[16]byte)(dst[out:])
				low, high := binary.LittleEndian.Uint64(source[:8]), binary.LittleEndian.Uint64(source[8:])
				binary.LittleEndian.PutUint64(target[:8], low)
				binary.LittleEndian.PutUint64(target[8:], high)
			}
		case back >= length:
			copy(dst[out:end], dst[from:from+length])
		case back >= 8:
			for ; out < end; out, from = out+8, from+8 {
				binary.LittleEndian.PutUint64(dst[out:], binary.LittleEndian.Uint64(dst[from:]))
			}
		case back == 1:
			c := dst[from]
			for run := dst[out:end]; len(run) > 0; run = run[1:] {
				run[0] = c
			}
		default:
			for ; out < end; out, from = out+1, from+1 {
				dst[out] = dst[from]
			}
		}
		out = end
	}
	// From here on the bits above n must be zero.
	d.in, d.out, d.buf, d.n = in, out, buf&(1<<(n&63)-1), n
	return d.lastCodes(literal[:], literalMask, distance[:], distanceMask)
}

// lastCodes decodes what is left of a block near the end of the input or of the
// result, one symbol at a time.
func (d *decoder) lastCodes(literal []entry, literalMask uint64, distance []entry, distanceMask uint64) error {
	for {
		if d.out > d.size {
			return errLonger
		}
		d.refill()
		if d.used() > len(d.src) {
			return ErrTruncated
		}
		e := d.symbol(literal, literalMask)
		switch {
		case e >= isLiteral:
			if d.out == d.size {
				return errLonger
			}
			d.dst[d.out] = byte(e >> 16)
			d.out++
			d.drop(uint(e & 0xff))
			continue
		case e&isEnd != 0:
			d.drop(uint(e & 0xff))
			return nil
		case e&isSpecial != 0:
			return errDeflate
		}
		length := d.value(e)
		d.refill()
		if e = d.symbol(distance, distanceMask); e&isSpecial != 0 {
			return errDeflate
		}
		back := d.value(e)
		if back > d.out {
			return errDeflate
		}
		longer := length > d.size-d.out
		if longer {
			length = d.size - d.out
		}
		for ; length > 0; length-- {
			d.dst[d.out] = d.dst[d.out-back]
			d.out++
		}
		if longer {
			return errLonger
		}
	}
}

// symbol finds the entry of the next code, through a link if there is one.
func (d *decoder) symbol(table []entry, mask uint64) entry {
	e := table[d.buf&mask]
	if e&isLink != 0 {
		d.drop(uint(e & 0xff))
		e = table[uint64(e>>16)+d.buf&(1<<(e>>8&15)-1)]
	}
	return e
}

// value reads the code and the extra bits of a length or a distance.
func (d *decoder) value(e entry) int {
	v := int(e>>16) + int(d.buf&(1<<(e&63)-1)>>(e>>8&15))
	d.drop(uint(e & 0xff))
	return v
}
