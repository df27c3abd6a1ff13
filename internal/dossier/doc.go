// Package dossier turns what a scan found into a decision for each key: since
// when others can have it, whether it is live, what it gives them in this
// project, and what to do in which order.
//
//	project ──→ radius (what depends on the key) ──┐
//	findings ─→ exposure, pushed, live ────────────┴→ verdict → playbook
//
// # Terms
//
// The radius of a key is the list of features that depend on it, in the order
// code, identity, data, links: an attacker runs code, becomes a user, data is
// lost or readable, links and sessions die. A row is one function that looks
// for one feature. What a row does not see is said too: a feature that is there
// but does not use the key is "not affected", and a setting that cannot be read
// is "not seen", never "no".
//
// # Sources
//
// What a feature does with the key, and which versions of it do, was found by
// running it: .ci/interop-blast repeats that for the rows that matter most.
package dossier
