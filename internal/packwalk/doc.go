// Package packwalk reads every object of a repository exactly once: all packs,
// all loose objects, of the repository and its alternates, reachable or not.
//
//	Open    header pass: type, base and children of every entry; nothing inflated
//	Search  blobs, commits and tags: anchors found, matches shown; SearchNew
//	        leaves out what an earlier search has read
//	Commits every commit; SearchAndCommits shows them in the same pass
//	Trees   every tree, each after its delta base
//
// A pack keeps most objects as deltas. The walk goes from each entry that is
// not a delta to the deltas made from it, depth first, so that a base is
// inflated once and is still in memory when its children need it. A child
// inherits the anchors in what it copies; only what it adds and the seams are
// searched. A buffer is released before the last child is walked, and the
// child with the most descendants is walked last, so that a chain of any depth
// holds two buffers and a tree of deltas holds few.
//
// An object that is stored twice is shown once. If one copy is damaged, the
// others are tried. An object of which no copy can be read is named in the
// Coverage.
//
//	pack        the entries of a pack by offset: types, lists of children
//	ordinals    an object's number ↔ its position in a pack's index
//	pass        one run over all objects of some types, with its workers
//	gathered    entries that are read before they are walked, where memory is short
//	frame       an object whose children are still to be walked
//	rope        a text described as pieces of another text, not copied
//	knownObjects  what SearchNew and Blobs leave out
//
// Ordinals number the objects of a walk from 0; they mean nothing to another
// walk of the same repository.
package packwalk
