package gitstore

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const oddConfig = `
; comment
[core] bare = false ; not a value
	worktree = "a b"  # comment
	quoted = x" y "z
	escaped = a\tb\"c\\d\n
	inside = "a # b ; c" # d
	continued = one \
two
	empty =
	alone
[Section "Sub.Name"]
	Key = 1
	key = "2" # last wins
[section "with \"quotes\" and \\"]
	k=v
[old.Style]
	k = v
[remote "origin"]
	url = https://example.org/x.git
	promisor = true
[remote "two"]
	url = u
[remote "origin"]
	fetch = +refs/heads/*:refs/remotes/origin/*
`

func parseConfig(data []byte) *Config {
	c := &Config{}
	c.parse(data)
	return c
}

func TestConfigReadsWhatGitReads(t *testing.T) {
	r := newRepo(t)
	file := filepath.Join(r.dir, "config")
	for name, text := range map[string]string{"LF": oddConfig, "CRLF": strings.ReplaceAll(oddConfig, "\n", "\r\n")} {
		must(t, os.WriteFile(file, []byte(text), 0o644))
		c := parseConfig([]byte(text))
		var want []string
		for record := range strings.SplitSeq(strings.Trim(r.git("config", "-z", "--file", file, "--list"), "\x00"), "\x00") {
			key, value, _ := strings.Cut(record, "\n")
			want = append(want, key+"="+value)
		}
		var got []string
		for _, e := range c.entries {
			got = append(got, e.key+"="+e.value)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got\n%q\nwant\n%q", name, got, want)
		}
		if v, _ := c.Get("section.Sub.Name.key"); v != "2" {
			t.Errorf("the last value wins, not %q", v)
		}
		if !c.boolean("core.alone") {
			t.Error("a key without a value is not true")
		}
		if c.boolean("core.bare") {
			t.Error("false is false")
		}
		if got := c.Remotes(); !slices.Equal(got, []string{"origin", "two"}) {
			t.Errorf("remotes: %q", got)
		}
	}
}

func TestConfigGoesOnAfterWhatIsBroken(t *testing.T) {
	c := parseConfig([]byte("[core\n[ok]\nx = 1\nbad key = 2\ny = \"open\nz = \\q\n= v\n[ok]\nlast = 3\n"))
	for key, want := range map[string]string{"ok.x": "1", "ok.last": "3"} {
		if got, _ := c.Get(key); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
}

func FuzzConfig(f *testing.F) {
	f.Add([]byte(oddConfig))
	f.Add([]byte("[a \"b\\"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c := parseConfig(data)
		for _, e := range c.entries {
			if len(e.key) > len(data) || len(e.value) > len(data) || !strings.Contains(e.key, ".") {
				t.Errorf("%q = %q", e.key, e.value)
			}
		}
	})
}
