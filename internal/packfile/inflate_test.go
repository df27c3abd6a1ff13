package packfile

import (
	"bytes"
	stdzlib "compress/zlib"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"hash/adler32"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zlib"
)

// bothInflaters are ours and the standard library's, which are used again and again: a
// new one costs more than a short stream, and what is left in one must not matter.
type bothInflaters struct {
	own      Inflater
	standard io.ReadCloser // nil before the first stream
}

// reference inflates with the standard library: text, bytes used, and whether
// that is what Inflate must accept.
func (f *bothInflaters) reference(src []byte) (text []byte, used int, ok bool) {
	r := bytes.NewReader(src)
	var err error
	if f.standard == nil {
		f.standard, err = stdzlib.NewReader(r)
	} else {
		err = f.standard.(stdzlib.Resetter).Reset(r, nil)
	}
	if err != nil {
		return nil, 0, false
	}
	text, err = io.ReadAll(f.standard)
	return text, len(src) - r.Len(), err == nil
}

// checkInflate compares Inflate with the standard library on one stream, for
// the right size and for wrong ones.
func checkInflate(t *testing.T, src []byte) {
	t.Helper()
	new(bothInflaters).check(t, src, rooms[:])
}

// rooms are numbers of bytes after a result that may be overwritten.
var rooms = [...]int{0, 1, Slack, 1000}

// checkOne is checkInflate with one of the rooms, which the stream decides on.
func (both *bothInflaters) checkOne(t *testing.T, src []byte) (ok bool) {
	t.Helper()
	n := crc32.ChecksumIEEE(src) % uint32(len(rooms))
	return both.check(t, src, rooms[n:n+1])
}

// check reports whether the standard library takes a stream.
func (both *bothInflaters) check(t *testing.T, src []byte, rooms []int) (ok bool) {
	t.Helper()
	want, used, ok := both.reference(src)
	f := &both.own
	for _, room := range rooms {
		dst := make([]byte, len(want), len(want)+room)
		n, err := f.Inflate(dst, src)
		if (err == nil) != ok {
			t.Fatalf("Inflate: %v; the standard library takes it: %v", err, ok)
		}
		if ok && (n != used || !bytes.Equal(dst, want)) {
			t.Fatalf("used %d of %d, want %d; same text: %v", n, len(src), used, bytes.Equal(dst, want))
		}
		if err != nil && !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrTruncated) && !errors.Is(err, ErrChecksum) {
			t.Fatalf("unknown error: %v", err)
		}
		if !ok {
			continue
		}
		guard := append(make([]byte, 0, len(want)+room+50), want...)
		if _, err := f.Inflate(append(guard, 0), src); err == nil {
			t.Fatal("a size that is too large is accepted")
		}
		if len(want) == 0 {
			continue
		}
		if _, err := f.Inflate(dst[:len(want)-1], src); err == nil {
			t.Fatal("a size that is too small is accepted")
		}
		part := make([]byte, len(want)/2, len(want)/2+room)
		if n, whole, err := f.InflateSome(part, src); n != len(part) || whole || err != nil || !bytes.Equal(part, want[:n]) {
			t.Fatalf("InflateSome: %d of %d, %v, %v", n, len(part), whole, err)
		}
		more := make([]byte, len(want)+1, len(want)+1+room)
		if n, whole, err := f.InflateSome(more, src); n != len(want) || !whole || err != nil || !bytes.Equal(more[:n], want) {
			t.Fatalf("InflateSome: %d of %d, %v, %v", n, len(want), whole, err)
		}
	}
	return ok
}

// Of a stream that is cut off the same is told whatever follows it in memory.
func TestWhatFollowsAStreamIsNotDecoded(t *testing.T) {
	for name, src := range streams() {
		for _, end := range []int{len(src) / 3, len(src) - 5, len(src) - 1} {
			if end < 0 || len(src) > 1<<16 {
				continue
			}
			for _, size := range []int{32, 4096} {
				var told [2]string
				for i, follows := range [][]byte{nil, src} {
					buffer := append(append([]byte{}, src[:end]...), follows...)
					var f Inflater
					n, whole, err := f.InflateSome(make([]byte, size, size+Slack), buffer[:end:len(buffer)])
					told[i] = fmt.Sprint(n, whole, err)
				}
				if told[0] != told[1] {
					t.Errorf("%s, %d of %d bytes: %s; with more after them: %s", name, end, len(src), told[0], told[1])
				}
			}
		}
	}
}

// streams are made in many ways from texts of many shapes.
func streams() map[string][]byte {
	random := rand.New(rand.NewPCG(3, 4))
	noise := make([]byte, 70000)
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	var skewed []byte // a few symbols often, most seldom: long codes
	for i := range 200 {
		skewed = append(skewed, bytes.Repeat([]byte{byte(i)}, 1+(1<<min(i/12, 12)))...)
	}
	random.Shuffle(len(skewed), func(i, j int) { skewed[i], skewed[j] = skewed[j], skewed[i] })
	texts := map[string][]byte{
		"empty": nil, "one": []byte("x"), "noise": noise, "skewed": skewed,
		"zeros": make([]byte, 100000), "run of two": bytes.Repeat([]byte("ab"), 5000),
		"run of seven": bytes.Repeat([]byte("abcdefg"), 3000), "short": []byte("tree 1234\nauthor a <b>\n"),
		"source":    []byte(strings.Repeat("func (d *decoder) refill() {\n\tfor d.n < 48 {\n", 40) + "end"),
		"far match": append(append(bytes.Clone(noise[:40000]), noise[8000:40000]...), noise[:300]...),
	}
	out := map[string][]byte{}
	for name, text := range texts {
		for _, level := range []int{-2, 0, 1, 6, 9} {
			var b bytes.Buffer
			z, err := stdzlib.NewWriterLevel(&b, level)
			if err != nil {
				panic(err)
			}
			for part := text; len(part) > 0; part = part[min(len(part), 30000):] {
				z.Write(part[:min(len(part), 30000)])
				if level == 6 {
					z.Flush()
				}
			}
			z.Close()
			out[fmt.Sprint(name, level)] = b.Bytes()
		}
	}
	return out
}

func TestInflateAgreesWithTheStandardLibrary(t *testing.T) {
	for name, src := range streams() {
		t.Run(name, func(t *testing.T) {
			checkInflate(t, src)
			checkInflate(t, append(bytes.Clone(src), "the next entry of the pack"...))
			for _, cut := range []int{1, 4, 5, 6, len(src) / 2, len(src) - 2} {
				if cut < len(src) {
					// The rest is there in the capacity, and must not be used.
					checkInflate(t, src[:len(src)-cut])
				}
			}
		})
	}
}

func TestAFlippedBitNeverPassesAsText(t *testing.T) {
	src := streams()["source6"]
	text, _, _ := new(bothInflaters).reference(src)
	var f Inflater
	for i := range 8 * len(src) {
		bad := bytes.Clone(src)
		bad[i/8] ^= 1 << (i % 8)
		dst := make([]byte, len(text), len(text)+Slack)
		if _, err := f.Inflate(dst, bad); err == nil && !bytes.Equal(dst, text) {
			t.Fatalf("bit %d: another text is accepted", i)
		}
		checkInflate(t, bad)
	}
}

// bitWriter writes deflate streams bit by bit.
type bitWriter struct {
	out []byte
	n   int
}

func (w *bitWriter) bits(value, n int) {
	for ; n > 0; n, value = n-1, value>>1 {
		if w.n%8 == 0 {
			w.out = append(w.out, 0)
		}
		w.out[w.n/8] |= byte(value&1) << (w.n % 8)
		w.n++
	}
}

// code writes the bits of a Huffman code, given as "0110".
func (w *bitWriter) code(s string) {
	for _, c := range s {
		w.bits(int(c-'0'), 1)
	}
}

// zlib adds head and checksum.
func (w *bitWriter) zlib(text string) []byte {
	out := append([]byte{0x78, 0x9c}, w.out...)
	return binary.BigEndian.AppendUint32(out, adler32.Checksum([]byte(text)))
}

func TestOddBlocksAreTakenAsTheStandardLibraryTakesThem(t *testing.T) {
	made := map[string]func(w *bitWriter) string{
		"reserved block type": func(w *bitWriter) string { w.bits(7, 3); return "" },
		"fixed, only an end":  func(w *bitWriter) string { w.bits(3, 3); w.code("0000000"); return "" },
		"fixed, symbol 286": func(w *bitWriter) string {
			w.bits(3, 3)
			w.code("11000110")
			return ""
		},
		"fixed, match before the start": func(w *bitWriter) string {
			w.bits(3, 3)
			w.code("0000001" + "00000" + "0000000")
			return ""
		},
		"fixed, distance 30": func(w *bitWriter) string {
			w.bits(3, 3)
			w.code("00110000" + "0000001" + "11110" + "0000000")
			return ""
		},
		"fixed, length 258 by two codes": func(w *bitWriter) string {
			w.bits(3, 3)
			w.code("10010001" + "11000101" + "00000") // 'a', 285, distance 1
			w.code("11000100")
			w.bits(31, 5) // 284 and 31
			w.code("00000" + "0000000")
			return strings.Repeat("a", 1+258+258)
		},
		"stored, wrong complement": func(w *bitWriter) string { w.bits(1, 8); w.bits(1, 16); w.bits(1, 16); return "" },
		"stored, nothing":          func(w *bitWriter) string { w.bits(1, 8); w.bits(0, 16); w.bits(0xffff, 16); return "" },
	}
	// Dynamic blocks whose code for lengths has the symbols 0, 1, 2 and 18,
	// two bits each, and which then give lengths to a few symbols.
	dynamic := func(w *bitWriter, nl, nd int, lengths func()) {
		w.bits(5, 3)
		w.bits(nl-257, 5)
		w.bits(nd-1, 5)
		w.bits(18-4, 4)
		for _, i := range []int{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1} {
			if i == 0 || i == 1 || i == 2 || i == 18 {
				w.bits(2, 3)
			} else {
				w.bits(0, 3)
			}
		}
		lengths()
	}
	const zero, one, two, zeros = "00", "01", "10", "11"
	skip := func(w *bitWriter, n int) {
		for ; n >= 11; n -= min(n, 138) {
			w.code(zeros)
			w.bits(min(n, 138)-11, 7)
		}
		for ; n > 0; n-- {
			w.code(zero)
		}
	}
	made["dynamic, one distance of one bit"] = func(w *bitWriter) string {
		dynamic(w, 258, 1, func() {
			skip(w, 97)
			w.code(two) // 'a'
			skip(w, 158)
			w.code(two + one) // end, length 3
			w.code(one)
		})
		w.code("10" + "0" + "0" + "11") // a, length 3, distance 1, end
		return "aaaa"
	}
	made["dynamic, a distance that has no code"] = func(w *bitWriter) string {
		dynamic(w, 258, 1, func() {
			skip(w, 97)
			w.code(two)
			skip(w, 158)
			w.code(two + one)
			w.code(one)
		})
		w.code("10" + "0" + "1" + "11")
		return "aaaa"
	}
	made["dynamic, no distances"] = func(w *bitWriter) string {
		dynamic(w, 257, 1, func() {
			skip(w, 97)
			w.code(one)
			skip(w, 158)
			w.code(one + zero)
		})
		w.code("0" + "0" + "1")
		return "aa"
	}
	made["dynamic, no distances but a match"] = func(w *bitWriter) string {
		dynamic(w, 258, 1, func() {
			skip(w, 97)
			w.code(two)
			skip(w, 158)
			w.code(two + one + zero)
		})
		w.code("10" + "0" + "0" + "11")
		return "aaaa"
	}
	made["dynamic, only an end of one bit"] = func(w *bitWriter) string {
		dynamic(w, 257, 1, func() { skip(w, 256); w.code(one + zero) })
		w.code("0")
		return ""
	}
	made["dynamic, no symbols at all"] = func(w *bitWriter) string {
		dynamic(w, 257, 1, func() { skip(w, 257); w.code(zero) })
		w.code("0")
		return ""
	}
	made["dynamic, too many codes"] = func(w *bitWriter) string {
		dynamic(w, 257, 1, func() { w.code(one + one + one); skip(w, 254); w.code(zero) })
		return ""
	}
	made["dynamic, codes left over"] = func(w *bitWriter) string {
		dynamic(w, 257, 1, func() { skip(w, 255); w.code(two + two); w.code(zero) })
		w.code("00" + "01")
		return "\xff"
	}
	made["dynamic, lengths that go too far"] = func(w *bitWriter) string {
		dynamic(w, 257, 1, func() { skip(w, 250); w.code(zeros); w.bits(127, 7) })
		return ""
	}
	made["dynamic, 287 literals"] = func(w *bitWriter) string {
		dynamic(w, 287, 1, func() {})
		return ""
	}
	for name, make := range made {
		t.Run(name, func(t *testing.T) {
			var w bitWriter
			text := make(&w)
			src := w.zlib(text)
			checkInflate(t, src)
			checkInflate(t, append(src, "something after it, longer than one round reads"...))
		})
	}
}

// streamsTried is how many streams TestChangedStreamsAreTakenAsTheStandardLibraryTakesThem
// makes.
var streamsTried = flag.Int("streams", 5000, "changed streams that are inflated by both inflaters")

// Streams of all kinds, of which a few bits are changed, most of them where the codes
// of a block are written. It is FuzzInflateMade without a look at which branches are
// reached, and so several times as many a second: -streams 10000000.
func TestChangedStreamsAreTakenAsTheStandardLibraryTakesThem(t *testing.T) {
	random := rand.New(rand.NewPCG(1, uint64(*streamsTried)))
	var both bothInflaters
	writers := map[int]*flate.Writer{}
	var text, packed bytes.Buffer
	var src []byte
	taken := 0
	for n := range *streamsTried {
		if n%64 == 0 {
			size := random.IntN(700)
			if n/64%200 == 5 {
				size = 24 << 10 // the longest distances
			}
			text.Reset()
			randomText(&text, random, size)
			level := n / 64 % 9 // levels from 7 on clear a megabyte for each stream
			if writers[level] == nil {
				writers[level], _ = flate.NewWriter(nil, level-2)
			}
			packed.Reset()
			writers[level].Reset(&packed)
			writers[level].Write(text.Bytes())
			writers[level].Close()
		}
		src = append(append(src[:0], 0x78, 0x9c), packed.Bytes()...)
		src = binary.BigEndian.AppendUint32(src, adler32.Checksum(text.Bytes()))
		for range n % 4 {
			bit := random.IntN(8 * len(src))
			if random.IntN(4) > 0 {
				bit = random.IntN(8 * min(len(src), 90))
			}
			src[bit/8] ^= 1 << (bit % 8)
		}
		if both.checkOne(t, src[:len(src)-max(0, random.IntN(40)-36)]) {
			taken++
		}
	}
	if taken < *streamsTried/8 || taken > *streamsTried/2 {
		t.Errorf("%d of %d streams are whole", taken, *streamsTried)
	}
	t.Logf("%d streams, %d of them whole", *streamsTried, taken)
}

// randomText writes noise, runs and repeats.
func randomText(out *bytes.Buffer, random *rand.Rand, size int) {
	letters := 1 + random.IntN(256)
	for out.Len() < size {
		switch random.IntN(3) {
		case 0:
			for range random.IntN(40) {
				out.WriteByte(byte(random.IntN(letters)))
			}
		case 1:
			out.WriteString(strings.Repeat(string(rune(random.IntN(letters))), random.IntN(300)))
		default:
			from := random.IntN(out.Len() + 1)
			out.Write(bytes.Clone(out.Bytes()[from:min(out.Len(), from+random.IntN(60))]))
		}
	}
}

func FuzzInflate(f *testing.F) {
	for _, src := range streams() {
		if len(src) <= 1<<10 {
			f.Add(src)
		}
	}
	var both bothInflaters
	f.Fuzz(func(t *testing.T, src []byte) {
		if len(src) <= 1<<10 { // which makes a megabyte at most
			both.checkOne(t, src)
		}
	})
}

// FuzzInflateMade compresses the data and changes one byte, so that more of
// the streams get far.
func FuzzInflateMade(f *testing.F) {
	f.Add([]byte("some text, some text"), 6, 9, byte(1))
	f.Add(bytes.Repeat([]byte{1, 2, 3, 5, 8}, 99), 1, 20, byte(0))
	writers := map[int]*flate.Writer{}
	var both bothInflaters
	f.Fuzz(func(t *testing.T, text []byte, level, at int, change byte) {
		// A new writer costs a megabyte; levels from 7 on clear one for each stream.
		level = (level%9+9)%9 - 2
		var b bytes.Buffer
		z := writers[level]
		if z == nil {
			z, _ = flate.NewWriter(&b, level)
			writers[level] = z
		}
		z.Reset(&b)
		z.Write(text)
		z.Close()
		src := append([]byte{0x78, 0x9c}, b.Bytes()...)
		src = binary.BigEndian.AppendUint32(src, adler32.Checksum(text))
		if at >= 0 {
			src[at%len(src)] ^= change
		}
		both.checkOne(t, src)
	})
}

// BenchmarkInflate compares the inflaters on a short stream, as most deltas
// are, and on a long one.
func BenchmarkInflate(b *testing.B) {
	for _, size := range []int{300, 30000} {
		random := rand.New(rand.NewPCG(5, 6))
		words := strings.Fields("func return if err nil for range string int byte package import := { } ( ) // the of a to it is")
		var text bytes.Buffer
		for text.Len() < size {
			text.WriteString(words[random.IntN(len(words))] + " ")
		}
		var packed bytes.Buffer
		z := stdzlib.NewWriter(&packed)
		z.Write(text.Bytes())
		z.Close()
		dst := make([]byte, text.Len(), text.Len()+Slack)
		b.Run(fmt.Sprint("own/", size), func(b *testing.B) {
			var f Inflater
			b.SetBytes(int64(text.Len()))
			for b.Loop() {
				if _, err := f.Inflate(dst, packed.Bytes()); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprint("klauspost/", size), func(b *testing.B) {
			src := bytes.NewReader(packed.Bytes())
			z, _ := zlib.NewReader(src)
			b.SetBytes(int64(text.Len()))
			for b.Loop() {
				src.Reset(packed.Bytes())
				z.(zlib.Resetter).Reset(src, nil)
				if _, err := io.ReadFull(z, dst); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
