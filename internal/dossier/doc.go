// Package dossier turns what a scan found into a decision for each key: since
// when others can have it, whether it is live, what it gives them in this
// project, and what to do in which order.
//
//	project ──→ radius ────────────────────────────┐
//	findings ─→ timeline, exposure, pushed, live ──┴→ decision → playbook
//
// # Terms
//
// A key is pushed if others can have it by Git, and live if a running process
// has it; both can be unknown. Its exposure is the time in which others could
// have it. The decision follows from these and from what HEAD does with the key;
// the playbook has the steps of each decision, the most urgent first.
package dossier
