// Package trace finds out where an item was in a history: which paths held it,
// which commits introduced it there, which removed it, and which refs still
// hold it. It is told which blobs hold which items and reads everything else
// from a History; it opens no file.
//
//	commits ─ tree, parents ────────────────────────────────────┐
//	trees ─── matched files (leaves), sub-directories (dirSets) ┴→ nodes → changes → events → presences
//
//	scan        one pass over the commits, one over the trees
//	slot        what the scan learnt of an object, by its ordinal
//	leaf        a matched file in a tree
//	dirSet      the sub-directories of a tree, as what differs from another set
//	resolver    finds the nodes of trees, from leaves and directory sets
//	node        the part of a tree that holds matched files; entries by name
//	comparer    finds the files that differ between two nodes
//	tracer      turns changes into events: a commit introduces or removes an item
//	presence    an item at a path
//	presenceBuilder  makes a scanner.Presence from a presence and its events
//
// An item is present in a commit at a path if the commit's tree has there a
// blob that holds the item. A commit introduces it if no parent has it there,
// and removes it if every parent has it there and the commit does not: a merge
// does not repeat what one of its sides did. All commits of the store count,
// whether a ref reaches them or not.
//
// The same two passes prove that the store is complete: whatever a commit or a
// tree names must be there, except for the commits of submodules and what lies
// beyond a shallow boundary.
//
// # Cost
//
// Each commit and each tree is read once. Of a tree that the store keeps as a
// delta only the entries that the delta touches are looked up; the others were
// looked up with its base. For each tree that has sub-directories it keeps the
// ones that it does not share with its base, or with the last tree of the same
// folder if it has none (a directory set, 8 bytes, 8 more until all trees are
// read, and 8 for each such sub-directory), and a tree whose sub-directories are
// all its base's shares the base's set. Which trees lead to a matched blob is then
// known without reading any tree again.
//
// A node is the part of a tree that holds matched blobs. Equal nodes are one
// node, so a commit that changes nothing of interest costs one comparison, and
// a file that holds a key through 40,000 commits costs what its changes cost.
//
// # Limits
//
// Renames are seen as a new presence of the same item. Sub-directories of a tree
// are compared with those of its base by a 64-bit sum with a random seed. A
// history that names one blob at more than 65,536 paths is cut off there,
// and the Result says so.
package trace
