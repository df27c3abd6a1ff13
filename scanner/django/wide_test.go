package django_test

import (
	"encoding/binary"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
)

func TestUTF32IsReadInBothByteOrders(t *testing.T) {
	key := testkit.Made("alnum", 1)
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		for _, source := range []string{"import os\nSECRET_KEY = '" + key + "'\n", "SIGNING_KEY: " + key + "\n"} {
			var text []byte
			for _, c := range "\ufeff" + source {
				text = order.AppendUint32(text, uint32(c))
			}
			found := findAll(string(text))
			if len(found) != 1 || found[0].Secret.Reveal() != key || found[0].Length < 4*len(key)-3 {
				t.Errorf("%s, %q: %d matches", order, source[:10], len(found))
			}
		}
	}
}
