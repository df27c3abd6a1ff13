// Package signed tells which of some keys signed a value: a cookie, a token, a
// link, a stored session, as people paste them.
//
//	input ─pieces→ strings that may be values ─claims→ message, MAC ─recipes × keys→ the key
//
// A piece is a part of the input, un-quoted and decoded, with the names that
// are before it. A claim is a piece that has the form of a signed value: the
// bytes that the signature is over, and the signature. A recipe is a way to make
// the key of an HMAC from a secret key: a salt, and how the two are joined.
//
// The signature is over the value as it travels, so that nothing is ever
// unpickled or inflated: a hostile value costs its length. Recipes that a value
// of this form is likely to be made with are tried first; how much is tried is
// bounded by the number of bytes hashed, never by a clock, and an Answer says if
// the bound was reached.
//
// Not covered: password reset tokens and session hashes, which are signatures
// over a row of the database; encrypted values; keys that a program derives from
// the secret key by itself.
package signed
