package gitstore

import (
	"strings"
	"testing"
	"time"

	"github.com/djleaks/djleaks/scanner"
)

func TestAReflogEntryHasItsParts(t *testing.T) {
	zero, a, b := strings.Repeat("0", 40), strings.Repeat("a", 40), strings.Repeat("b", 40)
	for _, c := range []struct {
		line    string
		ok      bool
		message string
		seconds int64
	}{
		{a + " " + b + " Ada <ada@example.com> 1700000000 +0100\tupdate by push\n", true, "update by push", 1700000000},
		{zero + " " + b + " Ada > B <a@b> 1700000000 +0100\tclone: from x\ty\n", true, "clone: from x\ty", 1700000000},
		{a + " " + zero + " <> 1 +0000\n", true, "", 1},
		{a + " " + b + " Ada <ada@example.com> never\tx\n", true, "x", 0},
		{a + " " + b + "\n", false, "", 0},
		{a[:39] + " " + b + " Ada <a@b> 1 +0000\tx\n", false, "", 0},
		{"\n", false, "", 0},
	} {
		e, ok := parseLogEntry(c.line, 20)
		if ok != c.ok || e.Message != c.message || ok && c.seconds > 0 && !e.Time.Equal(time.Unix(c.seconds, 0)) || c.seconds == 0 && !e.Time.IsZero() {
			t.Errorf("%q: %+v, %v", c.line, e, ok)
		}
	}
	e, _ := parseLogEntry(zero+" "+b+" Ada <a@b> 1 +0000\tx\n", 20)
	if id, _ := scanner.ParseObjectID(b); e.Old != "" || e.New != id {
		t.Errorf("%+v", e)
	}
}
