package scanner

// Consequence says what a leaked key, or its rotation, costs.
type Consequence string

// The consequences, from the worst.
const (
	EffectCode     Consequence = "code"     // an attacker runs code
	EffectIdentity Consequence = "identity" // an attacker becomes a user
	EffectData     Consequence = "data"     // a rotation loses data, or an attacker reads it
	EffectLinks    Consequence = "links"    // links, tokens and sessions die
)

// Help says whether SECRET_KEY_FALLBACKS keeps a feature working.
type Help string

// The answers; HelpUnknown depends on a version that is not known.
const (
	Helps       Help = "yes"
	HelpsNot    Help = "no"
	HelpUnknown Help = "unknown"
)

// Effect is one feature of the project at HEAD that depends on the key.
type Effect struct {
	Effect  Consequence `json:"effect"`
	Feature string      `json:"feature"` // a noun phrase
	Path    string      `json:"path"`    // where it was seen; empty for what Django does by itself
	Line    int         `json:"line"`    // from 1; 0 without a path
	Reason  string      `json:"reason"`  // what was seen there
	// Certain is false where a version or a setting that decides is not known.
	Certain   bool   `json:"certain"`
	Attack    string `json:"attack"`   // what a holder of the key can do, and on what condition
	Rotation  string `json:"rotation"` // what a new key breaks
	Fallbacks Help   `json:"fallbacks"`
}

// Evidence is a feature that does not depend on the key, or that could not be
// seen, and why.
type Evidence struct {
	Feature string `json:"feature"`
	Path    string `json:"path,omitempty"`
	Line    int    `json:"line,omitempty"` // from 1
	Reason  string `json:"reason"`
}

// Window is how long what the old key signed is accepted, at most.
type Window struct {
	Seconds int64  `json:"seconds"`
	Setting string `json:"setting"` // which setting decides
	Path    string `json:"path,omitempty"`
	Line    int    `json:"line,omitempty"` // from 1; 0 for Django's default
}
