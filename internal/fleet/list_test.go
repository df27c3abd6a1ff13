package fleet

import (
	"bytes"
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
	want := List{{"example.org/a", "/srv/a.git", 20, "web", 0}, {"example.org/b", "/srv/b b.git", 1, "", 0}}
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
		"a negative cost":      {"id\tpath\tbytes\tcost\na\tp\t1\t-1", 2},
		"a cost in words":      {`{"id":"a","path":"p","bytes":1,"cost":"much"}`, 1},
		"too many bytes":       {"a\tp\t9223372036854775807", 1},
		"an id that is null":   {`{"id":null,"path":"p","bytes":1}`, 1},
		"an id that is a list": {`{"id":["a"],"path":"p","bytes":1}`, 1},
		"a comma too many":     {good + "\n" + `{"id":"b","path":"p","bytes":1,}`, 2},
		"commas between lines": {good + ",\n" + good, 1},
		"an array":             {"[" + good + "]", 0},
		"commas for tabs":      {"id,path,bytes\na,p,1", 0},
		"prose":                {"our repositories", 0},
		"UTF-16":               {"\xff\xfei\x00d\x00\t\x00", 0},
		"UTF-16, big-endian":   {"\xfe\xff\x00i\x00d\x00\t", 0},
		"Latin-1 in JSON":      {"{\"id\":\"caf\xe9\",\"path\":\"p\",\"bytes\":1}", 1},
		"a path of two lines":  {`{"id":"a","path":"p\nq\t1","bytes":1}`, 1},
		"a path with a NUL":    {"a\tp\x00\t1", 1},
		"a power of ten":       {`{"id":"a","path":"p","bytes":1e3}`, 1},
		"bytes that are null":  {`{"id":"a","path":"p","bytes":null}`, 1},
	} {
		list, err := ParseList([]byte(c.text), noProblem)
		var e *ListError
		if list != nil || !errors.As(err, &e) || e.Line != c.line || e.Hint() == "" {
			t.Errorf("%s: %v, %v", name, list, err)
		}
	}
}

func TestAnErrorOfAListSaysWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		`[{"id":"a"}]`:                     "one JSON array",
		"id,path,bytes\na,p,1":             "neither JSON nor values with tabs",
		`{"id":"a","path":"p","bytes":1,}`: "line 1: not a JSON object: invalid character '}'",
		`{"id":7,"path":"p","bytes":1}`:    "line 1: id is a JSON number",
		`{"id":"a","path":"p","bytes":1},`: "line 1: something follows the JSON object",
		`{"id":"a","path":"p","bytes":-1}`: `line 1: bytes: "-1" is not`,
		"\xff\xfea\x00":                    "UTF-16",
	} {
		if _, err := ParseList([]byte(text), noProblem); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestTheDigestIsOfIDsAndSizes(t *testing.T) {
	list := List{{"a", "p", 1, "", 0}, {"b", "q", 2, "", 0}}
	moved := List{{"a", "/elsewhere/p", 1, "web", 0}, {"b", "q", 2, "", 0}}
	if list.Digest() != moved.Digest() {
		t.Error("a list of another machine has another digest")
	}
	costly := List{{"a", "p", 1, "", 2}, {"b", "q", 2, "", 0}}
	if costly.Digest() == list.Digest() {
		t.Error("costs, by which shares are made, are not in the digest")
	}
	for _, other := range []List{{{"a", "p", 1, "", 0}}, {{"a", "p", 2, "", 0}, {"b", "q", 2, "", 0}}, {{"a", "p", 1, "", 0}, {"c", "q", 2, "", 0}}} {
		if list.Digest() == other.Digest() {
			t.Errorf("%v has the same digest", other)
		}
	}
}

func TestAListIsWrittenAsItIsRead(t *testing.T) {
	want := List{{"example.org/<a>&b", "/srv/a b.git", 20, "web", 7}, {"example.org/é", "p", 0, "", 0}}
	var text bytes.Buffer
	if err := want.Write(&text); err != nil {
		t.Fatal(err)
	}
	if got, err := ParseList(text.Bytes(), noProblem); err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v from %s", got, err, text.String())
	}
	// Where no line names the columns, a fifth one is somebody else's.
	if got, err := ParseList([]byte("a\tp\t1\tweb\tpublic\n"), noProblem); err != nil || got[0].Cost != 0 {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := ParseList([]byte("id\tcost\tpath\tbytes\na\t5\tp\t1\nb\t\tq\t1\n"), noProblem); err != nil || got[0].Cost != 5 || got[1].Cost != 0 {
		t.Errorf("%v, %v", got, err)
	}
}
