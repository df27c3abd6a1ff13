package packfile_test

import (
	"errors"
	"io"
	"testing"

	"github.com/djleaks/djleaks/internal/packfile"
	"github.com/djleaks/djleaks/internal/packfile/packtest"
	"github.com/djleaks/djleaks/scanner"
)

// A loose file is asked before the packs. One that was put there under the name of
// a packed object must not hide it.
func TestCheckNamesRefusesALooseObjectUnderAWrongName(t *testing.T) {
	dir := t.TempDir()
	var p packtest.Pack
	packed := p.Whole(packfile.Blob, []byte("the true text"))
	p.Write(t, dir, "a", packtest.Version2)
	alone := packtest.ID(packfile.Blob, []byte("nowhere"))
	for _, id := range [][]byte{packed.ID, alone} {
		packtest.WriteFile(t, packtest.LoosePath(dir, id), packtest.Deflate([]byte("blob 5\x00false")))
	}
	s, err := packfile.OpenStore([]string{dir}, 20)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, text, err := s.Get(scanner.ObjectID(packed.ID)); err != nil || string(text) != "false" {
		t.Errorf("unchecked: %q, %v", text, err)
	}
	s.CheckNames()
	if _, text, err := s.Get(scanner.ObjectID(packed.ID)); err != nil || string(text) != "the true text" {
		t.Errorf("packed too: %q, %v", text, err)
	}
	if _, text, err := s.Get(scanner.ObjectID(alone)); !errors.Is(err, packfile.ErrName) {
		t.Errorf("Get: %q, %v", text, err)
	}
	_, _, r, err := s.Open(scanner.ObjectID(alone))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if text, err := io.ReadAll(r); !errors.Is(err, packfile.ErrName) {
		t.Errorf("Open: %q, %v", text, err)
	}
}

func TestNamesAreSHA1OrSHA256(t *testing.T) {
	// printf abc | git hash-object --stdin, in a repository of either kind
	for hex, text := range map[string]string{
		"f2ba8f84ab5c1bce84a7b441cb1959cfc7093b7f":                         "abc",
		"c1cf6e465077930e88dc5136641d402f72a229ddd996f627d60e9639eaba35a6": "abc",
	} {
		id, _ := scanner.ParseObjectID(hex)
		if err := packfile.CheckName([]byte(id), packfile.Blob, []byte(text)); err != nil {
			t.Errorf("%s: %v", hex, err)
		}
		if err := packfile.CheckName([]byte(id), packfile.Tag, []byte(text)); !errors.Is(err, packfile.ErrName) {
			t.Errorf("%s as a tag: %v", hex, err)
		}
	}
}
