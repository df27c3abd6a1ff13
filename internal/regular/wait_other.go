//go:build !unix

package regular

// withoutWaiting is not needed where pipes have no place among files.
const withoutWaiting = 0
