package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
)

// read returns what a source yields, as "path: text".
func read(t *testing.T, src scanner.Source) (texts []string, c scanner.Coverage) {
	t.Helper()
	c, err := src.Chunks(context.Background(), func(chunk *scanner.Chunk) error {
		texts = append(texts, chunk.Path+": "+string(chunk.Text))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts, c
}

func TestAnErrorOfWhoeverReadsEndsTheRun(t *testing.T) {
	t.Chdir(t.TempDir())
	testkit.Write(t, "a", "a")
	testkit.Write(t, "b/c", "c")
	testkit.Write(t, "b/d", "d")
	for _, names := range [][]string{{"a", "b"}, {"b", "a"}, {stdin, "a"}} {
		enough, n := errors.New("enough"), 0
		_, err := Files(names, strings.NewReader("x")).Chunks(context.Background(), func(*scanner.Chunk) error { n++; return enough })
		if err != enough || n != 1 {
			t.Errorf("%v: %v after %d texts", names, err, n)
		}
	}
}

func TestAFolderIsReadWithAllThatIsInIt(t *testing.T) {
	t.Chdir(t.TempDir())
	testkit.Write(t, "site/settings.py", "a")
	testkit.Write(t, "site/.env", "b")
	testkit.Write(t, "site/deep/er/x", "c")
	testkit.Write(t, "site/.git/config", "no")
	testkit.Write(t, "site/sub/.git", "gitdir: elsewhere")
	testkit.Write(t, "site/empty", "")
	if err := os.Symlink("..", "site/deep/up"); err != nil {
		t.Fatal(err)
	}
	texts, c := read(t, Files([]string{"site"}, nil))
	if want := []string{"site/.env: b", "site/deep/er/x: c", "site/settings.py: a"}; !slices.Equal(texts, want) {
		t.Errorf("%q, want %q", texts, want)
	}
	if c.Blobs != 4 || c.Bytes != 3 || len(c.Skipped) != 0 {
		t.Errorf("coverage %+v", c)
	}
}

func TestANamedLinkIsRead(t *testing.T) {
	t.Chdir(t.TempDir())
	testkit.Write(t, "real", "x")
	if err := os.Symlink("real", "link"); err != nil {
		t.Fatal(err)
	}
	if texts, _ := read(t, Files([]string{"link"}, nil)); !slices.Equal(texts, []string{"link: x"}) {
		t.Errorf("%q", texts)
	}
}

func TestANamedLinkToAFolderIsReadWithAllThatIsInIt(t *testing.T) {
	t.Chdir(t.TempDir())
	testkit.Write(t, "real/a/x", "x")
	if err := os.Symlink("real", "link"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"link", "link/", "./link"} {
		if texts, c := read(t, Files([]string{name}, nil)); !slices.Equal(texts, []string{"link/a/x: x"}) || c.Blobs != 1 {
			t.Errorf("%s: %q, coverage %+v", name, texts, c)
		}
	}
}

func TestALineEndThatAWindowDividesIsOneLineEnd(t *testing.T) {
	for pad := range 4 {
		var text strings.Builder
		text.WriteString(strings.Repeat("x", pad))
		for n := 1; text.Len() < 1<<20; n++ {
			fmt.Fprintf(&text, "%d\r\n", n)
		}
		src := &files{[]string{stdin}, strings.NewReader(strings.ReplaceAll(text.String(), "\n", "")), 256 << 10}
		checkLines(t, src, "\r")
		src = &files{[]string{stdin}, strings.NewReader(text.String()), 256 << 10}
		checkLines(t, src, "\r\n")
	}
}

// checkLines reads numbered lines and compares the numbers.
func checkLines(t *testing.T, src scanner.Source, end string) {
	t.Helper()
	if _, err := src.Chunks(context.Background(), func(c *scanner.Chunk) error {
		at := bytes.Index(c.Text[len(c.Text)/2:], []byte(end)) + len(c.Text)/2 + len(end)
		line, column := scanner.Position(c.Text, at)
		number, _, _ := strings.Cut(string(c.Text[at:]), end)
		if want := fmt.Sprint(c.LinesBefore + line); number != want || column != 1 {
			t.Errorf("line %s is said to be %s, column %d", number, want, column)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

func TestANameThatDoesNotExistIsAnErrorBeforeAnythingIsRead(t *testing.T) {
	t.Chdir(t.TempDir())
	testkit.Write(t, "there", "x")
	_, err := Files([]string{"there", "not-there"}, nil).Chunks(context.Background(), func(*scanner.Chunk) error {
		t.Error("something was read")
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "not-there") {
		t.Errorf("error %v", err)
	}
}

func TestWhatCannotBeReadIsNamed(t *testing.T) {
	broken := errors.New("disk on fire")
	texts, c := read(t, Files([]string{stdin}, iotest.ErrReader(broken)))
	if len(texts) != 0 || len(c.Skipped) != 1 || c.Skipped[0].Path != "<stdin>" || c.Skipped[0].Reason != broken.Error() {
		t.Errorf("texts %q, coverage %+v", texts, c)
	}
}

func TestALargeTextIsReadInWindowsThatOverlap(t *testing.T) {
	var text strings.Builder
	for n := 1; text.Len() < 1<<20; n++ {
		fmt.Fprintf(&text, "line %d\n", n)
	}
	src := &files{[]string{stdin}, iotest.OneByteReader(iotest.DataErrReader(strings.NewReader(text.String()))), 256 << 10}
	seen := map[string]bool{}
	windows := 0
	_, err := src.Chunks(context.Background(), func(c *scanner.Chunk) error {
		windows++
		if len(c.Text) > 256<<10 {
			t.Errorf("a window of %d bytes", len(c.Text))
		}
		for i, line := range strings.SplitAfter(string(c.Text), "\n") {
			if strings.HasSuffix(line, "\n") {
				if want := fmt.Sprintf("line %d\n", c.LinesBefore+i+1); line != want {
					t.Fatalf("line %d of window %d is %q, want %q", i+1, windows, line, want)
				}
				seen[line] = true
			}
		}
		return nil
	})
	if err != nil || windows < 4 || len(seen) != strings.Count(text.String(), "\n") {
		t.Errorf("%d windows, %d lines seen, error %v", windows, len(seen), err)
	}
}

func TestALineLongerThanAWindowIsReadToItsEnd(t *testing.T) {
	src := &files{[]string{stdin}, strings.NewReader(strings.Repeat("x", 1<<20) + "end"), 256 << 10}
	found := false
	if _, err := src.Chunks(context.Background(), func(c *scanner.Chunk) error {
		found = found || strings.HasSuffix(string(c.Text), "end")
		return nil
	}); err != nil || !found {
		t.Errorf("end seen: %v, error %v", found, err)
	}
}

func TestReadingStopsWhenTheContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Files([]string{stdin}, strings.NewReader("x")).Chunks(ctx, func(*scanner.Chunk) error { return nil }); !errors.Is(err, context.Canceled) {
		// A source that continues reading after Ctrl-C says nothing here.
		t.Errorf("error %v", err)
	}
}
