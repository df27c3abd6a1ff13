package signed

import (
	"crypto"
	"crypto/hmac"
	"encoding/binary"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf16"

	"github.com/djleaks/djleaks/scanner"
)

// maxWork bounds what one Check hashes, in bytes: two seconds of two cores with
// the instructions for it. A value of 1 MB can be tried two thousand times.
const maxWork = 2 << 30

// hmacCost is what an HMAC costs besides its message, in bytes hashed in that
// time: measured, 1.6 µs against 600 MB a second.
const hmacCost = 1000

// An Answer says what is known of an input.
type Answer struct {
	Matches []Match
	// Checked names what has the form of a signed value and could be tried, each
	// once. Where it is empty nothing is known of the input.
	Checked []string
	// Reasons say why values in it cannot be checked.
	Reasons []string
	// Partial is set if there was more to try than one Check does.
	Partial bool
	Tried   Tried
}

// Tried counts what a value was tried with.
type Tried struct{ Keys, Salts int }

// A Match is a value that one of the keys signed.
type Match struct {
	Key      int // index in the keys; -1 for an empty fallback
	Purpose  Purpose
	Name     string // of the cookie or parameter, if one is before it
	Hash     crypto.Hash
	Salt     string    // empty if it is the library's own
	SignedAt time.Time // zero if the value does not say
	Secret   scanner.Secret
	Altered  string // how what signed differs from the key, for people; usually empty
}

// Check tries all that may be a signed value in an input with keys.
func Check(input string, keys []scanner.Secret, v *Vocabulary) Answer {
	pieces, complete := cut(decoded(input))
	answer := Answer{Partial: !complete, Tried: Tried{len(keys), len(djangoSalts) + len(flaskSalts) + len(v.Given) + len(v.Salts)}}
	claims := distinct(pieces)
	for i := range claims {
		if claims[i].sure && !slices.Contains(answer.Checked, claims[i].what) {
			answer.Checked = append(answer.Checked, claims[i].what)
		}
	}
	t := trial{vocabulary: v, candidates: candidatesOf(keys), keys: len(keys), claims: claims, found: map[int]found{}}
	if !t.plan() {
		answer.Partial = true
	}
	t.run()
	for i := range claims {
		if f, ok := t.found[i]; ok {
			answer.Matches = append(answer.Matches, t.match(f))
		}
	}
	answer.Matches = settle(answer.Matches)
	if len(answer.Matches) == 0 {
		answer.Reasons = reasons(pieces)
	}
	return answer
}

// Hopeless reports whether nothing in an input has the form of a signed value, so
// that no key need be tried.
func Hopeless(input string) bool {
	pieces, complete := cut(decoded(input))
	return complete && len(distinct(pieces)) == 0
}

// decoded is an input in UTF-8: what a Windows shell writes into a file is not.
func decoded(input string) string {
	var order binary.ByteOrder
	switch {
	case strings.HasPrefix(input, "\xff\xfe"):
		order = binary.LittleEndian
	case strings.HasPrefix(input, "\xfe\xff"):
		order = binary.BigEndian
	default:
		return strings.TrimPrefix(input, "\ufeff")
	}
	units := make([]uint16, 0, len(input)/2)
	for raw := []byte(input[2:]); len(raw) >= 2; raw = raw[2:] {
		units = append(units, order.Uint16(raw))
	}
	return string(utf16.Decode(units))
}

// distinct returns the claims of all pieces. One that several pieces make is one,
// with all their names; what has its form for sure counts more than what has not.
// Equal bytes signed in two ways are two claims.
func distinct(pieces []piece) []claim {
	var out []claim
	numbers := map[string]int{}
	for _, p := range pieces {
		for _, c := range claimsOf(p) {
			id := string(rune(c.scheme)) + string(c.mac) + "\x00" + c.message
			if n, ok := numbers[id]; ok {
				names := union(out[n].names, c.names)
				if c.sure && !out[n].sure {
					out[n] = c
				}
				out[n].names = names
				continue
			}
			numbers[id] = len(out)
			out = append(out, c)
		}
	}
	return shortest(out)
}

// union returns names and those of others that are not among them.
func union(names, others []string) []string {
	for _, name := range others {
		if !slices.Contains(names, name) {
			names = append(names[:len(names):len(names)], name)
		}
	}
	return names
}

// maxPerMAC is how many claims with one signature at their end are tried: a value
// and what is around it, each with a little more before it. The longest are left
// out: a thousand headers that end with the same cookie are not a thousand values.
const maxPerMAC = 128

func shortest(claims []claim) []claim {
	byMAC := map[string][]int{}
	for i := range claims {
		if s := claims[i].scheme; s == djangoSigner || s == itsdangerous {
			byMAC[string(claims[i].mac)] = append(byMAC[string(claims[i].mac)], i)
		}
	}
	drop := map[int]bool{}
	for _, numbers := range byMAC {
		slices.SortStableFunc(numbers, func(a, b int) int { return len(claims[a].message) - len(claims[b].message) })
		for _, n := range numbers[min(len(numbers), maxPerMAC):] {
			drop[n] = true
		}
	}
	kept := claims[:0]
	for i, c := range claims {
		if !drop[i] {
			kept = append(kept, c)
		}
	}
	return kept
}

// settle drops what a value's own parts repeat: a whole header and the cookie in
// it cannot both be signed, but the same cookie may be there twice.
func settle(matches []Match) []Match {
	return slices.CompactFunc(matches, func(a, b Match) bool {
		return a.Key == b.Key && a.Purpose == b.Purpose && a.SignedAt.Equal(b.SignedAt) && a.Name == b.Name
	})
}

// A candidate is a secret to be tried.
type candidate struct {
	secret  scanner.Secret
	key     int    // index of the key that it is or is made of; -1 of a public one
	altered string // how it differs from the key, for people
}

// publicKeys are what Django takes an empty and a None entry of
// SECRET_KEY_FALLBACKS for (django.core.signing._cookie_signer_key): whoever is
// aware of that can sign cookies.
var publicKeys = []string{"", "None"}

// alterations are what can happen to a key on its way to the process: a file
// that is read whole, and an environment file whose quotes are kept (docker run
// --env-file).
var alterations = []struct{ before, after, words string }{
	{"", "\n", "with a line break after it"},
	{"", "\r\n", "with a line break after it"},
	{`"`, `"`, "in double quotes"},
	{"'", "'", "in single quotes"},
}

// candidatesOf lists the keys as they are, the public ones, and the altered ones.
func candidatesOf(keys []scanner.Secret) []candidate {
	var out []candidate
	for i, key := range keys {
		out = append(out, candidate{secret: key, key: i})
	}
	for _, public := range publicKeys {
		out = append(out, candidate{secret: scanner.NewSecret(public), key: -1})
	}
	for i, key := range keys {
		for _, a := range alterations {
			out = append(out, candidate{scanner.NewSecret(a.before + key.Reveal() + a.after), i, a.words})
		}
	}
	return out
}

// trial is one Check: claims times recipes times candidates.
type trial struct {
	vocabulary *Vocabulary
	candidates []candidate
	keys       int // how many of them are keys as they are
	claims     []claim
	jobs       []job
	next       atomic.Int64
	mu         sync.Mutex
	found      map[int]found // by claim
}

// found is a job and the candidate that gave a claim's signature.
type found struct{ job, candidate int }

// job is one claim, one recipe and the candidates from one to before another.
type job struct {
	claim    int
	recipe   recipe
	from, to int
}

// plan lists the jobs, the likely ones of all claims first; false if there are
// more than may be done.
func (t *trial) plan() bool {
	work := 0
	add := func(rank rank, of func(*recipe) (from, to int)) bool {
		for i := range t.claims {
			for _, r := range recipesFor(&t.claims[i], t.vocabulary, rank) {
				from, to := of(&r)
				if work += (to - from) * (len(t.claims[i].message) + hmacCost); work > maxWork {
					return false
				}
				t.jobs = append(t.jobs, job{i, r, from, to})
			}
		}
		return true
	}
	public := t.keys + len(publicKeys)
	for rank := own; rank < ranks; rank++ {
		if !add(rank, func(r *recipe) (from, to int) {
			if r.cookie { // the public keys are keys of cookies alone
				return 0, public
			}
			return 0, t.keys
		}) {
			return false
		}
	}
	altered := func(*recipe) (from, to int) { return public, len(t.candidates) }
	// A bonus, for which no answer is held back.
	_ = add(own, altered) && add(named, altered) && add(coded, altered)
	return true
}

func (t *trial) run() {
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for n := int(t.next.Add(1)) - 1; n < len(t.jobs); n = int(t.next.Add(1)) - 1 {
				t.try(n)
			}
		}()
	}
	workers.Wait()
}

func (t *trial) try(n int) {
	j := &t.jobs[n]
	t.mu.Lock()
	earlier, done := t.found[j.claim]
	t.mu.Unlock()
	if done && earlier.job < n {
		return
	}
	signer := t.signer(j)
	if signer < 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	// Two recipes can be the same: the more likely one names the purpose.
	if earlier, done = t.found[j.claim]; !done || n < earlier.job {
		t.found[j.claim] = found{n, signer}
	}
}

// signer returns the candidate that gives the signature of a job's claim, or -1.
func (t *trial) signer(j *job) int {
	c := &t.claims[j.claim]
	for i := j.from; i < j.to; i++ {
		if signs(c, &j.recipe, t.candidates[i].secret.Reveal()) {
			return i
		}
	}
	return -1
}

func (t *trial) match(f found) Match {
	j := &t.jobs[f.job]
	c, by := &t.claims[j.claim], &t.candidates[f.candidate]
	m := Match{Key: by.key, Secret: by.secret, Altered: by.altered, Purpose: j.recipe.purpose, Hash: c.hash, Salt: j.recipe.salt, SignedAt: c.at}
	switch {
	case by.key < 0:
		m.Purpose = ForgedCookie
	case by.altered != "":
		m.Secret = t.candidates[by.key].secret
	}
	m.Name = j.recipe.name
	for i := len(c.names) - 1; i >= 0 && m.Name == ""; i-- {
		if slices.Contains(usualNames, c.names[i]) || slices.Contains(t.vocabulary.Cookies, c.names[i]) {
			m.Name = c.names[i]
		}
	}
	return m
}

// usualNames are names that may be shown. Any other word before a value may be a
// value itself, unless the signature or the code confirms that it is a name.
var usualNames = []string{
	"sessionid", "messages", "session", "token", "access", "refresh", "access_token", "refresh_token", "jwt", "Authorization",
	"remember_token", "csrf_token", "session_data",
}

// signs reports whether a secret, used by a recipe, gives a claim's signature.
// It need not take constant time: whoever measures it has the key.
func signs(c *claim, r *recipe, secret string) bool {
	return string(mac(c, r, secret)) == string(c.mac)
}

// mac is the signature that a secret gives a claim's message by a recipe.
func mac(c *claim, r *recipe, secret string) []byte {
	var key []byte
	switch r.derivation {
	case plain:
		key = []byte(secret)
	case hashed:
		key = digest(c.hash, r.prefix, secret)
	case keyed:
		h := hmac.New(c.hash.New, []byte(secret))
		io.WriteString(h, r.prefix)
		key = h.Sum(nil)
	case suffix:
		return digest(c.hash, c.message, secret)
	}
	h := hmac.New(c.hash.New, key)
	io.WriteString(h, c.message)
	return h.Sum(nil)
}

func digest(hash crypto.Hash, parts ...string) []byte {
	h := hash.New()
	for _, part := range parts {
		io.WriteString(h, part)
	}
	return h.Sum(nil)
}

// maxExplained is how many pieces are looked at for a reason, the outermost
// first.
const maxExplained = 20_000

// reasons says of each piece that is known not to be checkable why, each reason
// once.
func reasons(pieces []piece) []string {
	var out []string
	for _, p := range pieces[:min(len(pieces), maxExplained)] {
		if reason := unsigned(p); reason != "" && !slices.Contains(out, reason) {
			out = append(out, reason)
		}
	}
	slices.SortStableFunc(out, func(a, b string) int { return strings.Compare(a, b) })
	return out
}
