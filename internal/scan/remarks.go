package scan

import (
	"slices"

	"github.com/djleaks/djleaks/scanner"
)

// maxRemarks is how many remarks a report has.
const maxRemarks = 1000

// remarksOf are the remarks of a collector whose texts have their paths.
func remarksOf(c *scanner.Collector) []scanner.Remark {
	var out []scanner.Remark
	for _, m := range c.Remarks() {
		out = append(out, m.Remark)
	}
	out = slices.Compact(out)
	return out[:min(len(out), maxRemarks)]
}

// withRemarks asks the history about the blobs of remarks too, as of one more
// item, whose number it returns.
func withRemarks(matched map[scanner.ObjectID][]int32, items []scanner.Item, remarks []scanner.RemarkIn) int32 {
	last := int32(len(items))
	for _, m := range remarks {
		if list := matched[m.ID]; len(list) == 0 || list[len(list)-1] != last {
			matched[m.ID] = append(list, last)
		}
	}
	return last
}

// placedRemarks are the remarks about current files: their blobs are the first
// of a place that a ref has.
func placedRemarks(remarks []scanner.RemarkIn, places []scanner.Presence) []scanner.Remark {
	byBlob := map[scanner.ObjectID][]scanner.Remark{}
	for _, m := range remarks {
		byBlob[m.ID] = append(byBlob[m.ID], m.Remark)
	}
	var out []scanner.Remark
	for _, p := range places {
		if len(p.Refs) == 0 {
			continue
		}
		for _, m := range byBlob[p.Blobs[0]] {
			m.Path = p.Path
			if out = append(out, m); len(out) == maxRemarks {
				return out
			}
		}
	}
	return out
}

// atHEAD are the places that HEAD has. Its blob is the first of each.
func atHEAD(places []scanner.Presence) []scanner.Presence {
	return slices.DeleteFunc(slices.Clone(places), func(p scanner.Presence) bool { return !slices.Contains(p.Refs, "HEAD") })
}
