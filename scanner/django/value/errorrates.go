package value

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"text/tabwriter"

	"github.com/djleaks/djleaks/scanner"
)

// ErrorRates judges n made-up keys of each kind and n made-up texts of each
// kind and writes how often the judgement is wrong: four tables for people, by
// kind, by length and by class. The values are drawn from the seed, so that
// everybody gets the same figures; no value is written. With n = 10000 it takes
// about ten seconds.
//
// The human text is made from a small list of words of our own, so the figures
// say less about passphrases that avoid common words.
func ErrorRates(w io.Writer, seed uint64, n int) error {
	n = max(n, 1)
	r := rand.New(rand.NewPCG(seed, 1))
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	var given []classCount
	fmt.Fprintf(out, "generated\tvalues\tmissed\tlowest score (bits)\tmedian\n")
	for _, s := range keySources {
		classes, scores := rate(r, n, s)
		given = append(given, classes)
		fmt.Fprintf(out, "%s\t%d\t%s\t%.1f\t%.1f\n", s.name, n, percent(n-classes.generated(), n), scores.lowest(), scores.median())
	}
	fmt.Fprintf(out, "\nwritten by people\tvalues\ttaken for keys\thighest score (bits)\tmedian\n")
	for _, s := range textSources {
		classes, scores := rate(r, n, s)
		given = append(given, classes)
		fmt.Fprintf(out, "%s\t%d\t%s\t%.1f\t%.1f\n", s.name, n, percent(classes.generated(), n), scores.highest(), scores.median())
	}
	byLength(out, r, max(1, n/10))
	byClass(out, given)
	fmt.Fprintf(out, "\nA value counts as generated from %.0f bits on, if %.0f remain with digits read as letters; a shorter one\n", Threshold, LeetThreshold)
	fmt.Fprintf(out, "as typed at random if its letters follow each other as in no language.\n")
	return out.Flush()
}

// lengths are those of the table by length, in bytes.
var lengths = [...]int{10, 12, 16, 20, 24, 32, 40, 50, 64}

// byLength writes how many keys of an alphabet and a length are missed.
func byLength(out io.Writer, r *rand.Rand, n int) {
	fmt.Fprintf(out, "\nmissed, in %%, by length")
	for _, length := range lengths {
		fmt.Fprintf(out, "\t%d", length)
	}
	fmt.Fprintln(out)
	for _, a := range rateAlphabets {
		fmt.Fprint(out, a.name)
		for _, length := range lengths {
			classes, key := classCount{n: n, counts: map[scanner.Class]int{}}, drawn(a.characters, length)
			for range n {
				classes.add(key(r))
			}
			fmt.Fprintf(out, "\t%.2f", 100*float64(n-classes.generated())/float64(n))
		}
		fmt.Fprintln(out)
	}
}

// byClass writes which class the made-up values got, in percent.
func byClass(out io.Writer, given []classCount) {
	fmt.Fprintf(out, "\nclass given, in %%")
	for _, c := range scanner.Classes() {
		fmt.Fprintf(out, "\t%s", c)
	}
	fmt.Fprintln(out, "\tno key")
	for _, g := range given {
		fmt.Fprint(out, g.name)
		for _, c := range append(scanner.Classes(), "") {
			fmt.Fprintf(out, "\t%.2f", 100*float64(g.counts[c])/float64(g.n))
		}
		fmt.Fprintln(out)
	}
}

// classCount is how often the values of one kind got each class.
type classCount struct {
	name   string
	n      int
	counts map[scanner.Class]int
}

func (c classCount) add(v string) { c.counts[Classify(v, "").Reported()]++ }

func (c classCount) generated() (n int) {
	for class, count := range c.counts {
		if class.Generated() {
			n += count
		}
	}
	return n
}

func percent(wrong, n int) string {
	return fmt.Sprintf("%.2f %%", 100*float64(wrong)/float64(n))
}

// histogram counts scores by tenths of a bit.
type histogram struct {
	counts [8192]int
	n      int
}

func (h *histogram) add(bits float64) {
	h.counts[min(len(h.counts)-1, max(0, int(bits*10)))]++
	h.n++
}

func (h *histogram) at(rank int) float64 {
	for i, c := range h.counts {
		if rank -= c; rank < 0 {
			return float64(i) / 10
		}
	}
	return 0
}

func (h *histogram) lowest() float64 { return h.at(0) }

func (h *histogram) median() float64 { return h.at(h.n / 2) }

func (h *histogram) highest() float64 { return h.at(h.n - 1) }

// rate judges n values of one kind.
func rate(r *rand.Rand, n int, s source) (classCount, *histogram) {
	classes, scores := classCount{s.name, n, map[scanner.Class]int{}}, &histogram{}
	for range n {
		v := s.make(r)
		classes.add(v)
		scores.add(theModel().plain([]byte(v)).bits)
	}
	return classes, scores
}

type source struct {
	name string
	make func(*rand.Rand) string
}

const (
	rateDjango    = "abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)"
	rateAlnum     = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	rateHex       = "0123456789abcdef"
	rateLower     = "abcdefghijklmnopqrstuvwxyz"
	rateLowerLong = "abcdefghijklmnopqrstuvwxyz0123456789"
)

func drawn(alphabet string, n int) func(*rand.Rand) string {
	return func(r *rand.Rand) string {
		out := make([]byte, n)
		for i := range out {
			out[i] = alphabet[r.IntN(len(alphabet))]
		}
		return string(out)
	}
}

func octets(n int, encode func([]byte) string) func(*rand.Rand) string {
	return func(r *rand.Rand) string {
		raw := make([]byte, n)
		for i := range raw {
			raw[i] = byte(r.Uint32())
		}
		return encode(raw)
	}
}

func uuid(raw []byte) string {
	raw[6], raw[8] = raw[6]&0x0f|0x40, raw[8]&0x3f|0x80
	s := hex.EncodeToString(raw)
	return strings.Join([]string{s[:8], s[8:12], s[12:16], s[16:20], s[20:]}, "-")
}

// rateAlphabets are the alphabets of the table by length.
var rateAlphabets = []struct{ name, characters string }{
	{"Django's 50 symbols", rateDjango},
	{"hexadecimal digits", rateHex},
	{"base64", rateAlnum + "+/"},
	{"letters and digits", rateAlnum},
	{"lower case and digits", rateLowerLong},
	{"lower case", rateLower},
}

var keySources = []source{
	{"Django, 50 symbols", drawn(rateDjango, 50)},
	{"startproject, prefix and 50", func(r *rand.Rand) string { return "django-insecure-" + drawn(rateDjango, 50)(r) }},
	{"hexadecimal, 32 digits", octets(16, hex.EncodeToString)},
	{"hexadecimal, 64 digits", octets(32, hex.EncodeToString)},
	{"base64 of 24 bytes", octets(24, base64.StdEncoding.EncodeToString)},
	{"base64 of 32 bytes", octets(32, base64.StdEncoding.EncodeToString)},
	{"URL-safe base64 of 16 bytes", octets(16, base64.RawURLEncoding.EncodeToString)},
	{"URL-safe base64 of 50 bytes", octets(50, base64.RawURLEncoding.EncodeToString)},
	{"letters and digits, 20", drawn(rateAlnum, 20)},
	{"letters and digits, 64", drawn(rateAlnum, 64)},
	{"lower case and digits, 50", drawn(rateLowerLong, 50)},
	{"lower case, 50", drawn(rateLower, 50)},
	{"UUID", octets(16, uuid)},
}

var textSources = []source{
	{"phrases, 2 to 7 words", func(r *rand.Rand) string { return phrase(r, 2+r.IntN(6), pick(r, []string{"-", "_", " ", "", "."})) }},
	{"prefix and phrase", func(r *rand.Rand) string { return "django-insecure-" + phrase(r, 2+r.IntN(5), "-") }},
	{"camel case", func(r *rand.Rand) string { return camel(r, 2+r.IntN(5)) }},
	{"constants", func(r *rand.Rand) string { return strings.ToUpper(phrase(r, 2+r.IntN(5), "_")) }},
	{"paths", func(r *rand.Rand) string { return "/" + phrase(r, 2+r.IntN(5), "/") + ".txt" }},
	{"phrases with numbers", func(r *rand.Rand) string {
		return phrase(r, 1+r.IntN(4), "") + fmt.Sprint(r.IntN(100000)) + pick(r, []string{"!", "", "!!", "#"})
	}},
	{"repetitions", func(r *rand.Rand) string { return strings.Repeat(phrase(r, 1, ""), 3+r.IntN(6)) }},
	{"half leet phrases", func(r *rand.Rand) string { return leeted(r, phrase(r, 3+r.IntN(4), "-")) }},
}

// rateWords are the words of the made-up human text: of settings, of everyday
// English, and of some other languages.
const rateWords = `secret key change this value please django insecure production development local test only never use in real
super very long random string replace with your own generate here placeholder example default my site application server
house green mountain river window yellow summer coffee orange battery staple correct horse garden little people because
school number system program question government night point believe today always something without another between country
through important children example company problem service hundred against program mother general though music special
schluessel geheim aendern strasse freund chave secreta senha projeto trocar clave cambiar ejemplo proyecto cle changez
moi exemple projet segreto chiave progetto hemlig nyckel tajny klucz projekt parola gizli anahtar kunci rahasia sleutel`

func pick(r *rand.Rand, list []string) string { return list[r.IntN(len(list))] }

func phrase(r *rand.Rand, n int, separator string) string {
	list := strings.Fields(rateWords)
	out := make([]string, n)
	for i := range out {
		out[i] = pick(r, list)
	}
	return strings.Join(out, separator)
}

func camel(r *rand.Rand, n int) string {
	var out strings.Builder
	for range n {
		w := phrase(r, 1, "")
		out.WriteString(strings.ToUpper(w[:1]) + w[1:])
	}
	return out.String()
}

// leeted writes every second letter that has a sign as that sign.
func leeted(r *rand.Rand, s string) string {
	out := []byte(s)
	for i, c := range out {
		if n := strings.IndexByte(leetTo, c); n >= 0 && r.IntN(2) == 0 {
			out[i] = leetFrom[n]
		}
	}
	return string(out)
}
