package gitstore

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/djleaks/djleaks/scanner"
)

// largeRepo is a repository of n files of which one is changed and staged.
func largeRepo(b *testing.B, n int) *repo {
	b.Helper()
	r := newRepo(b)
	var in strings.Builder
	in.WriteString("commit refs/heads/main\ncommitter C <c@example.org> 1600000000 +0000\ndata 1\nm\n")
	for i := range n {
		text := fmt.Sprintf("text %d\n", i)
		fmt.Fprintf(&in, "M 100644 inline app%d/pkg%d/mod%d/a_file_with_a_name_%d.py\ndata %d\n%s\n", i%10, i%100/10, i%1000/100, i, len(text), text)
	}
	r.input(in.String(), "fast-import", "--quiet")
	r.git("read-tree", "HEAD")
	r.write("new", "SECRET = 1\n")
	id := r.git("hash-object", "-w", "new")
	r.git("update-index", "--add", "--cacheinfo", "100644,"+id+",app3/pkg3/mod3/new.py")
	return r
}

// BenchmarkStaged is one changed file in repositories of three sizes, from
// opening to the last text.
func BenchmarkStaged(b *testing.B) {
	for _, n := range []int{100, 5_000, 50_000} {
		for _, version := range []string{"2", "4"} {
			b.Run(fmt.Sprintf("files=%d/index=%s", n, version), func(b *testing.B) {
				r := largeRepo(b, n)
				r.git("update-index", "--index-version", version)
				b.ReportAllocs()
				for b.Loop() {
					s, err := Open(r.dir)
					must(b, err)
					texts := 0
					_, err = s.Staged(StagedOptions{}).Chunks(b.Context(), func(*scanner.Chunk) error { texts++; return nil })
					if err != nil || texts != 1 {
						b.Fatal(texts, err)
					}
					must(b, s.Close())
				}
			})
		}
	}
}

// BenchmarkRange is the last commit, and the last 300, of the repository
// that the variable DJLEAKS_BENCH_REPOSITORY names, or of one that is made.
func BenchmarkRange(b *testing.B) {
	dir, base := os.Getenv("DJLEAKS_BENCH_REPOSITORY"), "HEAD~%d"
	if dir == "" {
		dir = newGraph(b, 1, 2000, func(i int) int64 { return 1_600_000_000 + int64(i)*600 }).dir
		must(b, os.WriteFile(filepath.Join(dir, ".git/HEAD"), []byte("ref: refs/heads/c1999\n"), 0o644))
		base = "c%d"
	}
	for _, commits := range []int{1, 300} {
		b.Run(fmt.Sprintf("commits=%d", commits), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s, err := Open(dir)
				must(b, err)
				n := commits
				if base == "c%d" {
					n = 1999 - commits
				}
				source, err := s.Range(fmt.Sprintf(base, n), "HEAD")
				must(b, err)
				source.WantKnown = func() bool { return false }
				coverage, err := source.Chunks(b.Context(), func(*scanner.Chunk) error { return nil })
				must(b, err)
				b.ReportMetric(float64(coverage.Blobs), "blobs")
				must(b, s.Close())
			}
		})
	}
}

func BenchmarkRefs(b *testing.B) {
	r := newRepo(b)
	r.commit("one", "f", "1")
	id := r.git("rev-parse", "HEAD")
	var packed strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&packed, "%s refs/tags/v%05d\n", id, i)
	}
	must(b, os.WriteFile(filepath.Join(r.dir, ".git/packed-refs"), []byte(packed.String()), 0o644))
	b.ReportAllocs()
	for b.Loop() {
		s, err := Open(r.dir)
		must(b, err)
		refs, err := s.Refs()
		if err != nil || len(refs) < 10_000 {
			b.Fatal(len(refs), err)
		}
		must(b, s.Close())
	}
}
