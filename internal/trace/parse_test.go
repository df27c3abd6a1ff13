package trace

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
)

const zeros = "0000000000000000000000000000000000000000"

func TestCommitsAreReadAsGitReadsThem(t *testing.T) {
	one, two := strings.Repeat("1", 40), strings.Repeat("2", 40)
	for _, c := range []struct{ text, parents, name, date string }{
		{"tree " + zeros + "\nauthor A B <a@b> 1700000000 +0130\ncommitter C <c> 1 +0000\n\nauthor X <x> 1 +0000\n",
			"[]", "A B", "2023-11-14T23:43:20+01:30"},
		{"tree " + zeros + "\nparent " + one + "\nparent " + two + "\nauthor A <a> 0 -0500\n\n", "[11 22]", "A", "1969-12-31T19:00:00-05:00"},
		{"tree " + zeros + "\nauthor A <a> 5 +0000\nparent " + one + "\n\n", "[]", "A", "1970-01-01T00:00:05Z"},
		{"tree " + zeros + "\nauthor \xc4rger <a> 5 +0000\nencoding ISO-8859-1\n\n", "[]", "Ärger", "1970-01-01T00:00:05Z"},
		{"tree " + zeros + "\nauthor \xc4rger <a> 5 +0000\n\n", "[]", "\uFFFDrger", "1970-01-01T00:00:05Z"},
		{"tree " + zeros + "\nauthor no address\n\n", "[]", "no address", "1970-01-01T00:00:00Z"},
		{"tree " + zeros + "\nauthor <a> 99999999999999999999 +0000\n\n", "[]", "", "1970-01-01T00:00:00Z"},
		{"tree " + zeros + "\nauthor A <a> 253402300799 +2359\n\n", "[]", "A", "9999-12-31T23:59:59Z"},
		{"tree " + zeros + "\nauthor A <a> 253402300800 +0000\n\n", "[]", "A", "1970-01-01T00:00:00Z"},
		{"tree " + zeros + "\nauthor A <a> 5 +9900\n\n", "[]", "A", "1970-01-01T00:00:05Z"},
		{"tree " + zeros + "\nauthor A <a> -5 +0000\n\n", "[]", "A", "1970-01-01T00:00:00Z"},
		{"tree " + zeros + "\nauthor A <a>> 7 +0000\n\n", "[]", "A", "1970-01-01T00:00:07Z"},
		{"tree " + zeros + "\n", "[]", "", "1970-01-01T00:00:00Z"},
	} {
		var h header
		if _, ok := parseCommit(&h, []byte(c.text), 20, nil); !ok {
			t.Errorf("%q is not read", c.text)
			continue
		}
		parents := []string{}
		for _, p := range h.parents {
			parents = append(parents, fmt.Sprintf("%x", p[:1]))
		}
		date := authorTime(h.author).Format(time.RFC3339)
		if fmt.Sprint(parents) != c.parents || authorName(h.author, h.coding) != c.name || date != c.date {
			t.Errorf("%q: %v %q %s", c.text, parents, authorName(h.author, h.coding), date)
		}
	}
	for _, text := range []string{"", "tree", "tree " + zeros[1:] + "\n", "tree " + zeros + "0\n", "\ntree " + zeros + "\n",
		"parent " + zeros + "\ntree " + zeros + "\n", "tree " + zeros[:39] + "g\n"} {
		if _, ok := parseCommit(new(header), []byte(text), 20, nil); ok {
			t.Errorf("%q is read", text)
		}
	}
}

func TestModesAreReadAsGitReadsThem(t *testing.T) {
	for entry, want := range map[string]Type{
		"100644 a": Blob, "100755 a": Blob, "100664 a": Blob, "120000 a": Blob, "40000 a": Tree, "040000 a": Tree,
		"160000 a": Commit, "140000 a": Commit, "0 a": Commit, "1040000 a": Tree,
		" a": Unknown, "": Unknown, "4000x a": Unknown, "100648 a": Unknown, "100644": Unknown,
	} {
		k, name := readMode([]byte(entry))
		if k != want || k != Unknown && entry[name:] != "a" {
			t.Errorf("%q: %v, name at %d", entry, k, name)
		}
	}
}

func FuzzCommit(f *testing.F) {
	f.Add([]byte("tree " + zeros + "\nparent " + zeros + "\nauthor A <a> 1700000000 +0100\nencoding latin1\n\nhello\n"))
	f.Add([]byte("tree " + zeros + "\nauthor A <a> -1 -9999\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var h header
		if _, ok := parseCommit(&h, text, 20, nil); !ok {
			return
		}
		if want := fmt.Sprintf("tree %x\n", h.tree); !strings.HasPrefix(strings.ToLower(string(text))+"\n", want) {
			t.Errorf("tree %x", h.tree)
		}
		if n := bytes.Count(text, []byte("parent ")); len(h.parents) > n {
			t.Errorf("%d parents of %d", len(h.parents), n)
		}
		date := authorTime(h.author)
		if _, err := date.MarshalJSON(); err != nil {
			t.Error(err)
		}
		if seconds, _ := authorDate(h.author); date.Unix() != seconds {
			t.Error("the zone moves the time")
		}
		if name := authorName(h.author, h.coding); strings.ToValidUTF8(name, "") != name || strings.ContainsAny(name, "<\n") {
			t.Errorf("name %q", name)
		}
	})
}

func FuzzTree(f *testing.F) {
	id := "01234567890123456789"
	f.Add([]byte("100644 a\x00"+id+"40000 b\x00"+id+"160000 c\x00"+id), uint16(9), uint16(20))
	f.Add([]byte("40000 b\x00"+id+"x"), uint16(0), uint16(0))
	f.Fuzz(func(t *testing.T, text []byte, from, to uint16) {
		// A tree by itself, and again as a delta of itself that says some of
		// it is fresh.
		s := &folder{numbers: map[string]uint32{}}
		s.add('t', text)
		s.add('t', append([]byte("40000 z\x00"+id), text...))
		in := Input{IDSize: 20, Jobs: 1}
		m := newMatched(nil)
		w := newScan(s, &in, m)
		whole := []Span{{0, int32(len(text))}}
		if err := w.readTree(&w.workers[0], Object{0, None, text, whole}); err != nil {
			t.Fatal(err)
		}
		some := []Span{{int32(min(int(from), len(text))), int32(min(int(max(from, to)), len(text)))}}
		if err := w.readTree(&w.workers[0], Object{1, 0, text, some}); err != nil {
			t.Fatal(err)
		}
		slot := w.slots[0]
		if slot == slotNone || slot&slotCommit != 0 || slot >= slotDirSet && int(slot-slotDirSet) >= w.dirSets.all.len() {
			t.Errorf("slot %d", slot)
		}
		rest, n := text, 0
		for len(rest) > 0 {
			end, ok := entryEnd(rest, 0, 20)
			if end <= 0 || end > len(rest) || ok && end < 21 {
				t.Fatalf("entry ends at %d", end)
			}
			if k, name := readMode(rest[:end]); k != Unknown && (name < 2 || name > end) {
				t.Fatalf("name at %d", name)
			}
			rest = rest[end:]
			n++
		}
		if w.workers[0].trees != 2 {
			t.Error("the tree is not counted")
		}
	})
}
