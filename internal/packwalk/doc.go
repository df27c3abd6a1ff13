// Package packwalk reads every object of a repository exactly once: all packs,
// all loose objects, of the repository and its alternates, reachable or not.
//
//	Open    header pass: type, base and children of every entry; nothing inflated
//	Search  blobs, commits and tags: anchors found, matches shown; SearchNew
//	        leaves out what an earlier search has read
//	Commits every commit
//	Trees   every tree, each after its delta base
//
// A pack keeps most objects as deltas. The walk goes from each entry that is
// none to the deltas made from it, depth first, so that a base is inflated
// once and is still there when its children need it. A child inherits the
// anchors that stand in what it copies; only what it adds and the seams are
// searched. A buffer is given up before the last child is walked, and the
// largest family of deltas is walked last, so that a chain of any depth holds
// two buffers and a tree of deltas holds few.
//
// An object that is stored twice is shown once. If one copy is damaged the
// others are tried. What cannot be read at all is named in the Coverage.
//
// Ordinals number the objects of a walk from 0; they mean nothing to another
// walk of the same repository.
package packwalk
