// Package radius finds what depends on SECRET_KEY in a Django project: what an
// attacker who has the key gets, and what a rotation breaks.
//
// # Terms
//
// The radius is a list of effects in the order code, identity, data, links: an
// attacker runs code, becomes a user, data is lost or readable, links and
// sessions die. A row is one function that looks for one feature. What a row does
// not see is said too: a feature that is there but does not use the key is "not
// affected", and a setting that cannot be read is "not seen", never "no".
//
// # Sources
//
// What a feature does with the key, and which versions of it do, was found by
// running it: .ci/interop-blast repeats that for the rows that matter most.
package radius
