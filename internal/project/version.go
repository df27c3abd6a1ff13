package project

import (
	"slices"
	"strconv"
	"strings"
)

// Answer is what reading alone can say: a value that is computed, or a version
// that is a range, is Unknown.
type Answer uint8

// The answers.
const (
	Unknown Answer = iota
	No
	Yes
)

// Version is the release segment of a version (PEP 440): 4.2.7 is {4, 2, 7}.
// Pre-releases count as the release that they lead to.
type Version []int

// ParseVersion reads the numbers at the start of a version; nil if there are
// none.
func ParseVersion(s string) Version {
	s = strings.TrimPrefix(strings.TrimSpace(s), "v")
	var out Version
	for part := range strings.SplitSeq(s, ".") {
		digits := 0
		for digits < len(part) && part[digits] >= '0' && part[digits] <= '9' {
			digits++
		}
		n, err := strconv.Atoi(part[:digits])
		if err != nil || n > maxVersionPart {
			break
		}
		out = append(out, n)
		if digits < len(part) {
			break // 5.0rc1 ends with its letters
		}
	}
	return out
}

// maxVersionPart is more than any calendar version has.
const maxVersionPart = 1 << 30

// Compare orders versions; missing parts are zero.
func (v Version) Compare(w Version) int {
	for i := range max(len(v), len(w)) {
		a, b := v.part(i), w.part(i)
		if a != b {
			return a - b
		}
	}
	return 0
}

func (v Version) part(i int) int {
	if i < len(v) {
		return v[i]
	}
	return 0
}

// next is the first version that does not begin with the first n parts of v.
func (v Version) next(n int) Version {
	n = max(1, min(n, len(v)))
	out := slices.Clone(v[:n])
	out[n-1]++
	return out
}

func (v Version) String() string {
	var parts []string
	for _, n := range v {
		parts = append(parts, strconv.Itoa(n))
	}
	return strings.Join(parts, ".")
}

// Range is the versions that a requirement allows: from Min on, and below
// Below. An empty end is open.
type Range struct{ Min, Below Version }

// parseRange reads a requirement's specifiers: "==4.2.7", ">=3.2,<5", "~=4.2",
// Poetry's "^4.2" and "~4.2", conda's "=4.2", or a bare version.
func parseRange(spec string) Range {
	var r Range
	for part := range strings.FieldsFuncSeq(spec, func(c rune) bool { return c == ',' || c == '|' }) {
		part = strings.TrimSpace(part)
		n := 0
		for n < len(part) && strings.IndexByte("=<>!~^", part[n]) >= 0 {
			n++
		}
		v := ParseVersion(part[n:])
		if len(v) == 0 {
			continue
		}
		one := rangeOf(part[:n], v, strings.Contains(part, "*"))
		if len(one.Min) > 0 && one.Min.Compare(r.Min) > 0 {
			r.Min = one.Min
		}
		if len(one.Below) > 0 && (len(r.Below) == 0 || one.Below.Compare(r.Below) < 0) {
			r.Below = one.Below
		}
	}
	return r
}

// rangeOf is the versions that one operator allows.
func rangeOf(operator string, v Version, star bool) Range {
	exact := slices.Concat(v, Version{0})
	exact[len(exact)-1] = 1 // the version itself is below it
	switch operator {
	case "==", "===", "=", "":
		if star || operator == "=" {
			return Range{v, v.next(len(v))}
		}
		return Range{v, exact}
	case ">=", ">":
		return Range{Min: v}
	case "<":
		return Range{Below: v}
	case "<=":
		return Range{Below: exact}
	case "~=":
		return Range{v, v.next(len(v) - 1)}
	case "~":
		return Range{v, v.next(2)}
	case "^":
		first := 1
		for first < len(v) && v[first-1] == 0 {
			first++
		}
		return Range{v, v.next(first)}
	}
	return Range{}
}

// AtLeast says whether all, or none, of the allowed versions are v or newer.
func (r Range) AtLeast(v Version) Answer {
	switch {
	case len(r.Min) > 0 && r.Min.Compare(v) >= 0:
		return Yes
	case len(r.Below) > 0 && r.Below.Compare(v) <= 0:
		return No
	}
	return Unknown
}

// exactly reports whether one version is allowed.
func (r Range) exactly() bool {
	return len(r.Min) > 0 && len(r.Below) == len(r.Min)+1 && r.Below[len(r.Min)] == 1 &&
		slices.Equal(r.Below[:len(r.Min)], r.Min)
}

// maxRelease is how many numbers the versions of Django have.
const maxRelease = 3

// String says a range in words: "4.2.7", "4.2 or newer", "3.2 up to below 5".
func (r Range) String() string {
	switch {
	case r.exactly():
		return r.Min.String()
	case len(r.Min) > 0 && len(r.Below) > maxRelease && r.Below[len(r.Below)-1] == 1: // two services pin two versions
		return r.Min.String() + " to " + r.Below[:len(r.Below)-1].String()
	case len(r.Min) > 0 && len(r.Below) > 0:
		return r.Min.String() + " up to below " + r.Below.String()
	case len(r.Min) > 0:
		return r.Min.String() + " or newer"
	case len(r.Below) > 0:
		return "older than " + r.Below.String()
	}
	return ""
}

// or is the smallest range that holds both: two services may pin two versions.
func (r Range) or(s Range) Range {
	if len(s.Min) == 0 || s.Min.Compare(r.Min) < 0 {
		r.Min = s.Min
	}
	if len(s.Below) == 0 || len(r.Below) > 0 && s.Below.Compare(r.Below) > 0 {
		r.Below = s.Below
	}
	return r
}
