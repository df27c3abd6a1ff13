package fleet

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func noProblem(id string) string {
	if strings.Contains(id, "..") {
		return "it is not canonical"
	}
	return ""
}

func TestParseListTakesJSONLinesAndTabs(t *testing.T) {
	want := List{{"example.org/a", "/srv/a.git", 20, "web"}, {"example.org/b", "/srv/b b.git", 1, ""}}
	for name, text := range map[string]string{
		"json":    `{"id":"example.org/b","path":"/srv/b b.git","bytes":1}` + "\n\n" + `{"bytes":20,"visibility":"public","path":"/srv/a.git","id":"example.org/a","owner":"web"}`,
		"tabs":    "example.org/b\t/srv/b b.git\t1\nexample.org/a\t/srv/a.git\t20\tweb\n",
		"windows": "\ufeffexample.org/b\t/srv/b b.git\t1\t\r\nexample.org/a\t/srv/a.git\t20\tweb\r\n",
		"named":   "bytes\towner\tstars\tid\tpath\n1\t\t5\texample.org/b\t/srv/b b.git\n20\tweb\t6\texample.org/a\t/srv/a.git\n",
	} {
		got, err := ParseList([]byte(text), noProblem)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
		if got.Digest() != want.Digest() {
			t.Errorf("%s: another digest", name)
		}
	}
}

func TestParseListNeverGivesAShorterList(t *testing.T) {
	const good = `{"id":"a","path":"p","bytes":1}`
	for name, c := range map[string]struct {
		text string
		line int
	}{
		"empty":                {"", 0},
		"blank":                {"\n \n\t\n", 0},
		"columns only":         {"id\tpath\tbytes\n", 0},
		"id twice":             {good + "\n\n" + good, 3},
		"bad id":               {"a\tp\t1\na/../b\tp\t1", 2},
		"no path":              {`{"id":"a","bytes":1}`, 1},
		"empty path":           {"a\t\t1", 1},
		"no bytes":             {`{"id":"a","path":"p"}`, 1},
		"two columns":          {"a\tp", 1},
		"no column bytes":      {"id\tpath\na\tp", 1},
		"negative":             {"a\tp\t-1", 1},
		"a fraction":           {`{"id":"a","path":"p","bytes":1.5}`, 1},
		"a number as a string": {`{"id":"a","path":"p","bytes":"many"}`, 1},
		"cut off":              {good + "\n" + good[:12], 2},
		"two on a line":        {good + good, 1},
		"an id that is null":   {`{"id":null,"path":"p","bytes":1}`, 1},
	} {
		list, err := ParseList([]byte(c.text), noProblem)
		var e *ListError
		if list != nil || !errors.As(err, &e) || e.Line != c.line || e.Hint() == "" {
			t.Errorf("%s: %v, %v", name, list, err)
		}
	}
}

func TestTheDigestIsOfIDsAndSizes(t *testing.T) {
	list := List{{"a", "p", 1, ""}, {"b", "q", 2, ""}}
	moved := List{{"a", "/elsewhere/p", 1, "web"}, {"b", "q", 2, ""}}
	if list.Digest() != moved.Digest() {
		t.Error("a list of another machine has another digest")
	}
	for _, other := range []List{{{"a", "p", 1, ""}}, {{"a", "p", 2, ""}, {"b", "q", 2, ""}}, {{"a", "p", 1, ""}, {"c", "q", 2, ""}}} {
		if list.Digest() == other.Digest() {
			t.Errorf("%v has the same digest", other)
		}
	}
}
