package kubernetes

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	batch "k8s.io/api/batch/v1"
)

// fleet is a forge with repositories, and a cluster without mirrors.
type fleet struct {
	cluster
	job      *batch.JobSpec
	forge    string
	list     string
	djleaks  string
	expected int // keys
}

// repositories is how many the forge has.
const repositories = 12

// newFleet makes it. Every third repository holds a key, and the first is as
// large as all others.
func newFleet(t *testing.T) *fleet {
	m := readManifest(t)
	bin, base := t.TempDir(), t.TempDir()
	f := &fleet{job: &m.audit.Spec.JobTemplate.Spec, forge: filepath.Join(base, "forge"), djleaks: filepath.Join(bin, "djleaks")}
	command(t, "../..", "go", "build", "-o", f.djleaks, "./cmd/djleaks")
	f.t, f.path = t, bin+":"+os.Getenv("PATH")
	f.volumes = map[string]string{}
	for _, name := range []string{"djleaks-list", "djleaks-git-credentials", "djleaks-mirrors", "djleaks-reports"} {
		f.volumes[name] = filepath.Join(base, name)
		if err := os.MkdirAll(f.volumes[name], 0o755); err != nil {
			t.Fatal(err)
		}
	}
	// What an operator changes: where the forge is, and how many shares there are.
	const shares = 4
	*f.job.Completions, *f.job.Parallelism = shares, 2
	f.env = map[string]string{"CLONE_FROM": "file://" + f.forge + "/", "DJLEAKS_SHARDS": strconv.Itoa(shares)}
	var list strings.Builder
	for i := range repositories {
		id := fmt.Sprintf("team-%d/site-%d", i%3, i)
		f.commit(id, i)
		size := 1000 + i
		if i == 0 {
			size = repositories * 1000
		}
		fmt.Fprintf(&list, `{"id": %q, "path": %q, "bytes": %d, "owner": "team-%d"}`+"\n", id, filepath.Join(f.volumes["djleaks-mirrors"], id+".git"), size, i%3)
	}
	f.list = filepath.Join(f.volumes["djleaks-list"], "repositories.jsonl")
	if err := os.WriteFile(f.list, []byte(list.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return f
}

// commit makes a repository of the forge; every third one holds a key.
func (f *fleet) commit(id string, n int) {
	dir := filepath.Join(f.forge, id)
	command(f.t, "", "git", "init", "-q", "-b", "main", dir)
	text := "import os\n\nSECRET_KEY = os.environ['KEY']\n"
	if n%3 == 0 {
		text = "SECRET_KEY = '" + madeKey(n) + "'\n"
		f.expected++
	}
	if err := os.WriteFile(filepath.Join(dir, "settings.py"), []byte(text), 0o644); err != nil {
		f.t.Fatal(err)
	}
	command(f.t, dir, "git", "add", ".")
	command(f.t, dir, "git", "-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "-qm", "start")
}

// madeKey is a key of Django's alphabet, drawn by a small generator.
func madeKey(n int) string {
	const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)"
	key := make([]byte, 50)
	state := uint64(n)*0x9e3779b97f4a7c15 + 1
	for i := range key {
		state ^= state << 13
		state ^= state >> 7
		state ^= state << 17
		key[i] = alphabet[state%uint64(len(alphabet))]
	}
	return string(key)
}

func command(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// store is where the pods write.
func (f *fleet) store() string { return filepath.Join(f.volumes["djleaks-reports"], "store") }

// merged is the JSON of a store, and the exit code.
func (f *fleet) merged(store string) (string, int) {
	f.t.Helper()
	cmd := exec.Command(f.djleaks, "merge", store, "--list", f.list, "--format", "json")
	out, err := cmd.Output()
	if err != nil && cmd.ProcessState == nil {
		f.t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// TestAKilledIndexIsStartedAgainAndNothingIsLost loses the node of one index in
// the middle of its audit, and kills another one for want of memory.
func TestAKilledIndexIsStartedAgainAndNothingIsLost(t *testing.T) {
	f := newFleet(t)
	f.watch = func(index, attempt int, container, share string, p *os.Process) bool {
		if container != "audit" || attempt > 1 || index > 2 {
			return false
		}
		if index < 2 { // when it has written something, and not all
			text, err := os.ReadFile(share)
			if err != nil {
				t.Error(err)
			}
			id, _, _ := strings.Cut(string(text), "\t")
			for range 20_000 {
				if found, _ := filepath.Glob(filepath.Join(f.store(), "*", strings.ReplaceAll(id, "/", "+"), "state.json")); len(found) > 0 {
					break
				}
				time.Sleep(500 * time.Microsecond)
			}
		}
		if err := syscall.Kill(-p.Pid, syscall.SIGKILL); err != nil {
			t.Error(err)
		}
		return index == 0 // the others are killed, but their node is not lost
	}
	if got := f.run(f.job); len(got.complete) != 4 || len(got.failed) > 0 || got.failedJob != "" {
		t.Fatalf("%+v\n%s", got, f.logs.String())
	}
	for index, want := range map[int]int{0: 2, 1: 2, 2: 2, 3: 1} {
		if f.attempts[index] != want {
			t.Errorf("index %d had %d pods, want %d", index, f.attempts[index], want)
		}
	}
	sequential := t.TempDir()
	command(t, "", f.djleaks, "fleet", "audit", "--list", f.list, "--store", sequential)
	want, _ := f.merged(sequential)
	got, code := f.merged(f.store())
	if got != want {
		t.Errorf("the Job's report is another one than that of a sequential run:\n%s\nwant\n%s", got, want)
	}
	if code != 1 || strings.Count(got, `"fingerprint":`) != f.expected || !strings.Contains(got, `"missing": 0`) {
		t.Errorf("exit code %d, %d keys of %d", code, strings.Count(got, `"fingerprint":`), f.expected)
	}
	// The next night nothing has changed, and nothing is read.
	f.watch = nil
	f.logs.Reset()
	f.run(f.job)
	if n := strings.Count(f.logs.String(), ": 0 audited, "); n != 4 {
		t.Errorf("of 4 shares %d read nothing:\n%s", n, f.logs.String())
	}
	// The last Job of the manifest says it to people.
	m := readManifest(t)
	pod := m.merge.Spec.JobTemplate.Spec.Template.Spec
	if name, code, _ := f.pod(&pod, 0, 1); name != "merge" || code != 1 {
		t.Errorf("merge ended with %d\n%s", code, f.logs.String())
	}
	if page, err := os.ReadFile(filepath.Join(f.volumes["djleaks-reports"], "fleet.html")); err != nil || !strings.Contains(string(page), "4 keys found") {
		t.Errorf("the page: %v", err)
	}
}

// TestARepositoryThatCannotBeFetchedIsNotYesterdays: its mirror is there, and is
// not taken for today's.
func TestARepositoryThatCannotBeFetchedIsNotYesterdays(t *testing.T) {
	f := newFleet(t)
	if got := f.run(f.job); len(got.complete) != 4 {
		t.Fatalf("%+v\n%s", got, f.logs.String())
	}
	lost := filepath.Join(f.forge, "team-1", "site-1")
	if err := os.Rename(lost, lost+".away"); err != nil {
		t.Fatal(err)
	}
	got := f.run(f.job)
	if len(got.failed) != 1 || got.failedJob != "" || f.attempts[got.failed[0]] != 3 {
		t.Errorf("%+v, pods %v\n%s", got, f.attempts, f.logs.String())
	}
	text, _ := f.merged(f.store())
	var report struct {
		Repositories []struct{ ID, State, Reason string }
	}
	if err := json.Unmarshal([]byte(text), &report); err != nil {
		t.Fatal(err)
	}
	if first := fmt.Sprint(report.Repositories[0]); first != "{team-1/site-1 failed no such file or directory}" {
		t.Error(first)
	}
	if err := os.Rename(lost+".away", lost); err != nil {
		t.Fatal(err)
	}
	if got := f.run(f.job); len(got.complete) != 4 {
		t.Errorf("when it is back: %+v\n%s", got, f.logs.String())
	}
	if text, _ := f.merged(f.store()); !strings.Contains(text, `"failed": 0`) {
		t.Error("it is back, and its record says failed")
	}
}

// TestABadListEndsTheJobAtOnce: it is bad in every pod.
func TestABadListEndsTheJobAtOnce(t *testing.T) {
	f := newFleet(t)
	text, err := os.ReadFile(f.list)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(f.list, append(text, text...), 0o644); err != nil {
		t.Fatal(err)
	}
	got := f.run(f.job)
	if got.failedJob != "share exited with 2" || len(got.complete) > 0 {
		t.Errorf("%+v\n%s", got, f.logs.String())
	}
	pods := 0
	for _, n := range f.attempts {
		pods += n
	}
	if pods > 6 {
		t.Errorf("%d pods were started", pods)
	}
	// Half an environment is one mistake of the manifest, not four empty shares.
	f = newFleet(t)
	f.env["DJLEAKS_SHARDS"] = ""
	if got := f.run(f.job); got.failedJob != "share exited with 2" {
		t.Errorf("%+v", got)
	}
}
