package report

import (
	"bytes"
	"encoding/json"
	"testing"
)

func TestIndentedIsWhatTheLibraryWrites(t *testing.T) {
	for _, v := range []any{
		nil, 1, "", "a", `"`, `\`, `\"`, `a\\"{`, []int{}, map[string]int{}, []any{1, []any{}, map[string]any{"a": []string{"x,y:z", "}"}, "b": map[string]any{}}},
		[]any{[]any{[]any{"deep"}}}, map[string]any{`\"`: `\\`, "e": 1.5e300, "n": nil, "t": true, "é\n": "\u2028<&>"},
	} {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var want bytes.Buffer
		if err := json.Indent(&want, text, "", "  "); err != nil {
			t.Fatal(err)
		}
		if got := indented(text, "  "); string(got) != want.String() {
			t.Errorf("%s:\n%s\nwant\n%s", text, got, want.String())
		}
	}
}
