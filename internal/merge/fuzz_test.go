package merge

import (
	"bytes"
	"testing"
)

// FuzzOld reads what may be an earlier merged report: an error, or one of a
// schema that is supported, with a repository for each key.
func FuzzOld(f *testing.F) {
	f.Add([]byte(`{"schema":1,"kind":"` + Kind + `","repositories":[{"id":"a"},null],"keys":[{"fingerprint":"0123456789abcdef","severity":"high","in":[{"id":"a"}]}]}`))
	f.Add([]byte(`{"keys":[{"in":[{"id":"a"}]}],"kind":"` + Kind + `"}`))
	f.Add([]byte(`{"schema":1,"kind":"` + Kind + `","repositories":{"a":1},"more":[[[[]]]]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		old, err := ReadOld(bytes.NewReader(text))
		if err != nil {
			if old != nil || err.Error() == "" {
				t.Errorf("%v and %v", old, err)
			}
			return
		}
		for at := range old.keys {
			if old.repositories[at.id] == nil {
				t.Errorf("a key of %q, which is not listed", at.id)
			}
		}
	})
}
