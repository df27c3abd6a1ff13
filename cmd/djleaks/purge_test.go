package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestAKitIsWrittenWholeOrNotAtAll(t *testing.T) {
	for range 10 { // in any order
		folder := t.TempDir()
		files := map[string][]byte{"a": []byte("1"), "b": []byte("2"), filepath.Join("none", "c"): []byte("3")}
		if err := writeAll(folder, files); err == nil {
			t.Fatal("a file in a folder that is not there was written")
		}
		if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
			t.Fatalf("left: %v, %v", left, err)
		}
	}
}
