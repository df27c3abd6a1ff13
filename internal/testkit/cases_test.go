package testkit_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
)

// named are the words in backquotes of the first column of a table.
func named(t *testing.T, readme, heading string) (list []string) {
	t.Helper()
	_, part, ok := strings.Cut(readme, "\n### "+heading+"\n")
	if !ok {
		t.Fatalf("no part %q", heading)
	}
	part, _, _ = strings.Cut(part, "\n### ")
	for _, row := range regexp.MustCompile("(?m)^\\| (`.*?) \\|").FindAllStringSubmatch(part, -1) {
		for _, m := range regexp.MustCompile("`([a-z0-9-]+)`").FindAllStringSubmatch(row[1], -1) {
			list = append(list, m[1])
		}
	}
	slices.Sort(list)
	return list
}

func TestTheReadmeListsTheLanguageOfTheCases(t *testing.T) {
	text, err := os.ReadFile("../../testdata/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for kind := range strings.SplitSeq(testkit.Kinds, "|") {
		if !strings.Contains(string(text), "`{{"+kind+" 1}}`") {
			t.Errorf("values of kind %s are not listed", kind)
		}
	}
	if got, want := named(t, string(text), "Filters"), testkit.Filters(); !slices.Equal(got, want) {
		t.Errorf("filters %v, listed are %v", want, got)
	}
	if got, want := named(t, string(text), "Encodings"), testkit.Encodings(); !slices.Equal(got, want) {
		t.Errorf("encodings %v, listed are %v", want, got)
	}
}

func TestAFieldIsWhereItSaysItIs(t *testing.T) {
	text, fields := testkit.Fields("A = '{{key 1}}' + '{{key 2|head}}'\n{{hex 3|b64}}\n")
	if len(fields) != 3 {
		t.Fatalf("%d fields", len(fields))
	}
	for i, f := range fields {
		if got := text[f.Offset : f.Offset+f.Length]; got != testkit.Written(f.Value, f.Filters) {
			t.Errorf("field %d is elsewhere", i)
		}
	}
}

func TestAnUnknownFilterIsAMistake(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("|jsn is taken for a filter")
		}
	}()
	testkit.Expand("{{key 1|jsn}}")
}
