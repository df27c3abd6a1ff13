package hooks

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestACommitRunsTheProgramAndItsCodeDecides(t *testing.T) {
	r := newRepo(t)
	r.install()
	if code, out := r.commit("a"); code != 0 {
		t.Fatalf("clean commit: exit %d\n%s", code, out)
	}
	if got := r.log(); got != "args: <hook> <run> <pre-commit>\n" {
		t.Errorf("called with %q", got)
	}
	r.ends("1")
	if code, _ := r.commit("a"); code == 0 {
		t.Error("a commit passed though the program ended with 1")
	}
}

func TestAMergeRunsTheProgramToo(t *testing.T) {
	r := newRepo(t)
	r.commit("a")
	r.git(r.dir, "checkout", "-q", "-b", "side")
	r.commit("b")
	r.git(r.dir, "checkout", "-q", "main")
	r.commit("c")
	r.install()
	r.git(r.dir, "merge", "-q", "-m", "m", "side")
	if got := r.log(); got != "args: <hook> <run> <pre-merge-commit>\n" {
		t.Errorf("called with %q", got)
	}
}

func TestInstallTwiceWritesNothing(t *testing.T) {
	r := newRepo(t)
	r.install()
	path := filepath.Join(r.dir, ".git/hooks/pre-commit")
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	result := r.install()
	after, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if !os.SameFile(before, after) || result.Changes[0].Action != Unchanged {
		t.Errorf("written again: %v", result.Changes)
	}
}

func TestAForeignHookRunsFirstAndKeepsItsCode(t *testing.T) {
	r := newRepo(t)
	const foreign = "#!/bin/sh\necho foreign \"$@\" >>\"$(dirname \"$0\")/order\"\nexit \"$(cat \"$(dirname \"$0\")/wish\" 2>/dev/null || echo 0)\"\n"
	r.file(".git/hooks/pre-commit", foreign, 0o750)
	if result := r.install(); result.Changes[0].Action != Chained {
		t.Errorf("%v", result.Changes)
	}
	r.install() // must not chain our own script
	if code, out := r.commit("a"); code != 0 {
		t.Fatalf("exit %d\n%s", code, out)
	}
	if log := r.log(); r.read(".git/hooks/order") != "foreign\n" || log == "" {
		t.Error("one of the two hooks did not run")
	}
	r.file(".git/hooks/wish", "7", 0o644)
	code, _ := r.try(r.dir, "hook", "run", "pre-commit")
	if code != 7 || r.log() != "" {
		t.Errorf("exit %d, want the foreign hook's 7 and the program not started", code)
	}
	if result := r.uninstall(); result.Changes[0].Action != Restored {
		t.Errorf("%v", result.Changes)
	}
	info, err := os.Stat(filepath.Join(r.dir, ".git/hooks/pre-commit"))
	if err != nil || info.Mode().Perm() != 0o750 || r.read(".git/hooks/pre-commit") != foreign || r.exists(".git/hooks/pre-commit"+chainedSuffix) {
		t.Errorf("the foreign hook is not back as it was: %v, %v", info, err)
	}
}

func TestAForeignHookThatGitIgnoredStaysIgnored(t *testing.T) {
	r := newRepo(t)
	r.file(".git/hooks/pre-commit", "#!/bin/sh\nexit 9\n", 0o644)
	r.install()
	if code, out := r.commit("a"); code != 0 {
		t.Errorf("exit %d\n%s", code, out)
	}
	r.uninstall()
	if info, err := os.Stat(filepath.Join(r.dir, ".git/hooks/pre-commit")); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("%v, %v", info, err)
	}
}

func TestAForeignHookThatIsALinkComesBackAsALink(t *testing.T) {
	r := newRepo(t)
	r.file("tools/check", "#!/bin/sh\necho ran >>\"$(dirname \"$0\")/../../ran\"\n", 0o755)
	link := filepath.Join(r.dir, ".git/hooks/pre-commit")
	if err := os.Symlink("../../tools/check", link); err != nil {
		t.Fatal(err)
	}
	r.install()
	r.commit("a")
	if r.read("ran") != "ran\n" || r.log() == "" {
		t.Error("one of the two did not run")
	}
	r.uninstall()
	if target, err := os.Readlink(link); err != nil || target != "../../tools/check" {
		t.Errorf("%q, %v", target, err)
	}
}

func TestPushLinesReachBothHooks(t *testing.T) {
	r := newRepo(t)
	r.file(".git/hooks/pre-push", "#!/bin/sh\n{ echo \"$1\"; cat; } >\"$(dirname \"$0\")/seen\"\n", 0o755)
	r.install(PrePush)
	r.commit("a")
	bare := filepath.Join(r.base, "bare")
	r.git(r.base, "init", "-q", "--bare", bare)
	r.git(r.dir, "remote", "add", "origin", bare)
	r.git(r.dir, "branch", "other")
	r.git(r.dir, "push", "-q", "origin", "main", "other")
	head := strings.TrimSpace(r.git(r.dir, "rev-parse", "HEAD"))
	zeros := strings.Repeat("0", 40)
	want := "refs/heads/main " + head + " refs/heads/main " + zeros + "\nrefs/heads/other " + head + " refs/heads/other " + zeros + "\n"
	if got := r.read(".git/hooks/seen"); got != "origin\n"+want {
		t.Errorf("the foreign hook saw %q", got)
	}
	want = "args: <hook> <run> <pre-push> <origin> <" + bare + ">\nstdin: " + strings.Replace(want, "\nrefs", "\nstdin: refs", 1)
	if got := r.log(); got != want {
		t.Errorf("the program saw %q, want %q", got, want)
	}
	r.ends("1")
	r.commit("a")
	if code, _ := r.try(r.dir, "push", "-q", "origin", "main"); code == 0 {
		t.Error("the push passed though the program ended with 1")
	}
}

func TestAForeignHookThatReadsNoInputDoesNoHarm(t *testing.T) {
	r := newRepo(t)
	r.file(".git/hooks/pre-push", "#!/bin/sh\nexit 0\n", 0o755)
	r.install(PrePush)
	// More than a pipe holds.
	input := filepath.Join(r.base, "input")
	id := strings.Repeat("a", 40)
	r.file(input, strings.Repeat("refs/heads/x "+id+" refs/heads/x "+id+"\n", 5000), 0o644)
	// A parent that ignores SIGPIPE, as programs in Python do, makes a shell
	// complain of a reader that has gone.
	cmd := exec.Command("sh", "-c", `trap '' PIPE; exec "$0" origin url <"$1" 2>&1`, filepath.Join(r.dir, ".git/hooks/pre-push"), input)
	out, err := cmd.CombinedOutput()
	if err != nil || len(out) != 0 || strings.Count(r.log(), "stdin: ") != 5000 {
		t.Errorf("%v, %q", err, out)
	}
}

func TestAMissingProgramStopsAndSaysHowToGoOn(t *testing.T) {
	for _, hook := range []string{PreCommit, PrePush} {
		r := newRepo(t)
		r.install(hook)
		if err := os.Remove(r.fakeProg); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(filepath.Join(r.dir, ".git/hooks", hook), "origin", "url")
		cmd.Env = []string{"PATH=/usr/bin:/bin"}
		cmd.Stdin = strings.NewReader("x\n")
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 3 || !strings.Contains(string(out), "djleaks hook install") || !strings.Contains(string(out), "--no-verify") ||
			!strings.Contains(string(out), r.fakeProg) {
			t.Errorf("%s: %v\n%s", hook, err, out)
		}
		// The one on PATH takes over.
		r.file(filepath.Join(r.base, "path", "djleaks"), standInProgram, 0o755)
		cmd = exec.Command(filepath.Join(r.dir, ".git/hooks", hook), "origin", "url")
		cmd.Env = []string{"PATH=" + filepath.Join(r.base, "path") + ":/usr/bin:/bin"}
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(r.read(filepath.Join(r.base, "path", "log")), hook) {
			t.Errorf("%s: %v\n%s", hook, err, out)
		}
	}
}

func TestAProgramThatMovedIsAnUpgradeInPlace(t *testing.T) {
	r := newRepo(t)
	r.file(".git/hooks/pre-commit", "#!/bin/sh\n", 0o755)
	r.install()
	o := r.options()
	o.Program = "/opt/new/djleaks"
	if got, err := Status(r.site(r.dir), o); err != nil || got[0].State != Outdated {
		t.Errorf("%v, %v", got, err)
	}
	result, err := Install(r.site(r.dir), o)
	if err != nil || result.Changes[0].Action != Upgraded {
		t.Fatalf("%v, %v", result, err)
	}
	if text := r.read(".git/hooks/pre-commit"); !strings.Contains(text, "/opt/new/djleaks") || strings.Contains(text, "quoted") {
		t.Error("the script names the old path still")
	}
	if r.read(".git/hooks/pre-commit"+chainedSuffix) != "#!/bin/sh\n" {
		t.Error("the hook that was here before is lost")
	}
}

func TestTextsOfEveryEarlierVersionAreUpgraded(t *testing.T) {
	r := newRepo(t)
	r.install()
	first := r.read(".git/hooks/pre-commit")
	saved := templates
	defer func() { templates = saved }()
	templates = append(slices.Clone(saved), func(s script) string {
		return strings.Replace(template1(s), "template 1", "template 2", 1) + "# new\n"
	})
	if got := r.status()[0]; got.State != Outdated {
		t.Errorf("%v", got)
	}
	if result := r.install(); result.Changes[0].Action != Upgraded || r.exists(".git/hooks/pre-commit"+chainedSuffix) {
		t.Errorf("%v", result.Changes)
	}
	second := r.read(".git/hooks/pre-commit")
	if second == first || !strings.HasSuffix(second, "# new\n") {
		t.Error("the text is not the new one")
	}
	templates = saved
	if _, err := Install(r.site(r.dir), r.options()); err == nil || !strings.Contains(err.Error(), "newer") {
		t.Errorf("an older program wrote over a newer one's script: %v", err)
	}
}

func TestAnEditedScriptIsNotThrownAway(t *testing.T) {
	r := newRepo(t)
	r.install()
	r.file(".git/hooks/pre-commit", r.read(".git/hooks/pre-commit")+"make lint\n", 0o755)
	edited := r.read(".git/hooks/pre-commit")
	if r.status()[0].State != Edited {
		t.Errorf("%v", r.status())
	}
	var refused *Refusal
	if _, err := Install(r.site(r.dir), r.options()); !errors.As(err, &refused) {
		t.Errorf("install: %v", err)
	}
	if _, err := Uninstall(r.site(r.dir), r.options()); !errors.As(err, &refused) {
		t.Errorf("uninstall: %v", err)
	}
	if r.read(".git/hooks/pre-commit") != edited {
		t.Error("the edits are lost")
	}
	o := r.options()
	o.Force = true
	if result, err := Install(r.site(r.dir), o); err != nil || result.Changes[0].Action != Upgraded {
		t.Errorf("%v, %v", result, err)
	}
}

func TestTwoForeignHooksAreNotMixedUp(t *testing.T) {
	r := newRepo(t)
	r.file(".git/hooks/pre-commit", "#!/bin/sh\n# one\n", 0o755)
	r.install()
	r.file(".git/hooks/pre-commit", "#!/bin/sh\n# two\n", 0o755)
	var refused *Refusal
	if _, err := Install(r.site(r.dir), r.options()); !errors.As(err, &refused) {
		t.Fatalf("%v", err)
	}
	if !strings.Contains(r.read(".git/hooks/pre-commit"), "two") || !strings.Contains(r.read(".git/hooks/pre-commit"+chainedSuffix), "one") {
		t.Error("a foreign hook is lost")
	}
}

func TestNothingIsWrittenIfOneHookIsRefused(t *testing.T) {
	r := newRepo(t)
	if err := os.MkdirAll(filepath.Join(r.dir, ".git/hooks/pre-push"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Install(r.site(r.dir), r.options(PreCommit, PrePush)); err == nil {
		t.Fatal("a directory was taken for a hook")
	}
	if r.exists(".git/hooks/pre-commit") {
		t.Error("one hook was installed all the same")
	}
}

func TestLinkedWorktreesShareTheHooks(t *testing.T) {
	r := newRepo(t)
	r.commit("a")
	tree := filepath.Join(r.base, "linked tree")
	r.git(r.dir, "worktree", "add", "-q", "-b", "w", tree)
	if _, err := Install(r.site(tree), r.options()); err != nil {
		t.Fatal(err)
	}
	if !r.exists(".git/hooks/pre-commit") {
		t.Error("the hook is not in the common directory")
	}
	r.file(filepath.Join(tree, "b"), "b\n", 0o644)
	r.git(tree, "add", "b")
	r.git(tree, "commit", "-q", "-m", "b")
	if r.log() == "" {
		t.Error("a commit in the linked work tree did not run the program")
	}
}

func TestSubmodulesAndBareRepositories(t *testing.T) {
	r := newRepo(t)
	r.commit("a")
	outer := filepath.Join(r.base, "outer")
	r.git(r.base, "init", "-q", outer)
	r.git(outer, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", r.dir, "sub")
	sub := filepath.Join(outer, "sub")
	if _, err := Install(r.site(sub), r.options()); err != nil {
		t.Fatal(err)
	}
	r.file(filepath.Join(sub, "b"), "b\n", 0o644)
	r.git(sub, "add", "b")
	r.git(sub, "commit", "-q", "-m", "b")
	if r.log() == "" {
		t.Error("a commit in the submodule did not run the program")
	}
	bare := filepath.Join(r.base, "bare")
	r.git(r.base, "init", "-q", "--bare", bare)
	if _, err := Install(r.site(bare), r.options(PreReceive)); err != nil {
		t.Fatal(err)
	}
	r.git(r.dir, "push", "-q", bare, "main")
	if got := r.log(); !strings.Contains(got, "<pre-receive>\nstdin: 0000") || !strings.HasSuffix(got, " refs/heads/main\n") {
		t.Errorf("pre-receive: %q", got)
	}
	r.ends("1")
	if code, _ := r.try(r.dir, "push", "-q", bare, "main:other"); code == 0 {
		t.Error("the server took the push")
	}
}

func TestGiteaKeepsItsOwnHook(t *testing.T) {
	r := newRepo(t)
	bare := filepath.Join(r.base, "bare")
	r.git(r.base, "init", "-q", "--bare", bare)
	own := "#!/bin/sh\nfor hook in hooks/pre-receive.d/*; do \"$hook\" || exit $?; done\n"
	r.file(filepath.Join(bare, "hooks/pre-receive"), own, 0o755)
	r.file(filepath.Join(bare, "hooks/pre-receive.d/gitea"), "#!/bin/sh\n", 0o755)
	if _, err := Install(r.site(bare), r.options(PreReceive)); err != nil {
		t.Fatal(err)
	}
	if r.read(filepath.Join(bare, "hooks/pre-receive")) != own {
		t.Error("the generated hook was touched")
	}
	r.commit("a")
	r.git(r.dir, "push", "-q", bare, "main")
	if r.log() == "" {
		t.Error("the program did not run")
	}
	if _, err := Uninstall(r.site(bare), r.options(PreReceive)); err != nil || r.read(filepath.Join(bare, "hooks/pre-receive.d/djleaks")) != "" {
		t.Errorf("not removed: %v", err)
	}
}

func TestALocalHooksPathIsFollowed(t *testing.T) {
	r := newRepo(t)
	r.git(r.dir, "config", "core.hooksPath", "our hooks")
	r.install()
	text := r.read("our hooks/pre-commit")
	if text == "" || strings.Contains(text, r.base) {
		t.Error("the script is missing, or it carries a path of this machine into a folder that is committed")
	}
	r.env = append(r.env, "PATH="+filepath.Dir(r.fakeProg)+":"+os.Getenv("PATH"))
	r.commit("a")
	if r.log() == "" {
		t.Error("the program did not run")
	}
	if got := r.status()[0]; got.State != Installed || !slices.Equal(got.Runs, []string{"djleaks"}) {
		t.Errorf("%+v", got)
	}
	r.uninstall()
	if r.exists("our hooks/pre-commit") {
		t.Error("not removed")
	}
}

func TestHooksThatAreSwitchedOffAreNotWritten(t *testing.T) {
	r := newRepo(t)
	r.git(r.dir, "config", "core.hooksPath", "/dev/null")
	var refused *Refusal
	if _, err := Install(r.site(r.dir), r.options()); !errors.As(err, &refused) {
		t.Errorf("%v", err)
	}
}

// TestHooksThatGitDoesNotRunAreNotCalledInstalled asks Git itself whether it runs
// a hook: an empty core.hooksPath switches all of them off.
func TestHooksThatGitDoesNotRunAreNotCalledInstalled(t *testing.T) {
	for _, c := range []struct {
		name   string
		config []string // arguments of git config
		env    []string
		hint   string
		global bool // whether an installation for all repositories is refused, too
	}{
		{"empty in the repository", []string{"--local", "core.hooksPath", ""}, nil, "git config --local --unset-all core.hooksPath", false},
		{"empty for the user", []string{"--global", "core.hooksPath", ""}, nil, "git config --global --unset-all core.hooksPath", true},
		{"of this process", nil, []string{"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=core.hooksPath", "GIT_CONFIG_VALUE_0=elsewhere"}, "GIT_CONFIG_COUNT", true},
		{"empty in this process", nil, []string{"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=core.hooksPath", "GIT_CONFIG_VALUE_0="}, "GIT_CONFIG_COUNT", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRepo(t)
			r.install()
			r.commit("a")
			if r.log() == "" {
				t.Fatal("the hook did not run")
			}
			if c.config != nil {
				r.git(r.dir, append([]string{"config"}, c.config...)...)
			}
			r.env = append(r.env, c.env...)
			r.commit("b")
			if r.log() != "" {
				t.Fatal("Git runs the hook, so this is not a case for us")
			}
			var refused *Refusal
			if _, err := Install(r.site(r.dir), r.options()); !errors.As(err, &refused) || !strings.Contains(refused.Next, c.hint) {
				t.Errorf("%v, hint %v", err, refused)
			}
			if got := r.status()[0]; got.State != Off || len(got.Runs) > 0 || got.Note == "" {
				t.Errorf("status: %+v", got)
			}
			options := r.options()
			options.Global = true
			if _, err := Install(r.site(r.dir), options); (err != nil) != c.global {
				t.Errorf("for all repositories: %v", err)
			}
		})
	}
}

func TestAGlobalHooksPathIsNamedBeforeAnythingIsWritten(t *testing.T) {
	r := newRepo(t)
	r.install()
	dir := filepath.Join(r.base, "theirs")
	r.git(r.dir, "config", "--global", "core.hooksPath", dir)
	_, err := Install(r.site(r.dir), r.options())
	var refused *Refusal
	if !errors.As(err, &refused) || !strings.Contains(err.Error(), dir) || !strings.Contains(refused.Next, "--global") {
		t.Errorf("%v", err)
	}
	if got := r.status()[0]; got.State != Off || !strings.Contains(got.Note, dir) {
		t.Errorf("status calls a hook installed that Git passes over: %+v", got)
	}
}

func TestHuskyGetsLinesOfItsOwn(t *testing.T) {
	r := newRepo(t)
	r.git(r.dir, "config", "core.hooksPath", ".husky/_")
	// What husky 9 does: its folder of wrappers starts the file beside it.
	for _, hook := range []string{"pre-commit", "pre-push"} {
		r.file(".husky/_/"+hook, "#!/bin/sh\nf=$(dirname \"$(dirname \"$0\")\")/"+hook+"\n[ ! -f \"$f\" ] && exit 0\nsh -e \"$f\" \"$@\"\nexit $?\n", 0o755)
	}
	const theirs = "echo theirs >>order\n"
	r.file(".husky/pre-commit", theirs, 0o644)
	r.file(".husky/pre-push", "#!/usr/bin/env sh\ncat >>order\n", 0o644)
	r.install(PreCommit, PrePush)
	if r.install(PreCommit, PrePush).Changes[0].Action != Unchanged {
		t.Error("installed twice")
	}
	if !strings.Contains(r.read(".husky/pre-commit"), "djleaks hook run") || strings.Contains(r.read(".husky/_/pre-commit"), "djleaks") {
		t.Error("the lines are in a file that husky writes anew, and not in the team's")
	}
	r.env = append(r.env, "PATH="+filepath.Dir(r.fakeProg)+":"+os.Getenv("PATH"))
	if code, out := r.commit("a"); code != 0 {
		t.Fatalf("exit %d\n%s", code, out)
	}
	if r.log() != "args: <hook> <run> <pre-commit>\n" || r.read("order") != "theirs\n" {
		t.Errorf("order: %q", r.read("order"))
	}
	bare := filepath.Join(r.base, "bare")
	r.git(r.base, "init", "-q", "--bare", bare)
	r.git(r.dir, "push", "-q", bare, "main")
	if got := r.log(); !strings.Contains(got, "stdin: refs/heads/main ") || !strings.Contains(r.read("order"), "\nrefs/heads/main ") {
		t.Errorf("program %q, theirs %q", got, r.read("order"))
	}
	r.ends("1")
	if code, _ := r.commit("a"); code == 0 {
		t.Error("the commit passed")
	}
	if got := r.status(PreCommit); got[0].State != Installed || len(got[0].Runs) != 2 {
		t.Errorf("%+v", got)
	}
	r.uninstall(PreCommit, PrePush)
	if r.read(".husky/pre-commit") != theirs || r.exists(".husky/pre-merge-commit") || r.read(".husky/pre-push") != "#!/usr/bin/env sh\ncat >>order\n" {
		t.Error("the files are not as they were")
	}
}

func TestPreCommitMayBeInstalledBeforeOrAfter(t *testing.T) {
	r := newRepo(t)
	// pre-commit's own script, as far as it matters here: it starts what it
	// found before, and refuses to be started by that.
	const script = "#!/bin/sh\n# File generated by pre-commit: https://pre-commit.com\n" +
		"[ -z \"$PRE_COMMIT_RUNNING_LEGACY\" ] || { echo bug: installed in migration mode; exit 5; }\n" +
		"echo framework >>order\nif [ -x \"$0.legacy\" ]; then PRE_COMMIT_RUNNING_LEGACY=1 \"$0.legacy\" \"$@\"; fi\n"
	r.file(".git/hooks/pre-commit", script, 0o755)
	r.install()
	if code, out := r.commit("a"); code != 0 || r.read("order") != "framework\n" || strings.Count(r.log(), "args") != 1 {
		t.Fatalf("exit %d\n%s", code, out)
	}
	// `pre-commit install` again: it moves our script away and starts it.
	if err := os.Rename(filepath.Join(r.dir, ".git/hooks/pre-commit"), filepath.Join(r.dir, ".git/hooks/pre-commit.legacy")); err != nil {
		t.Fatal(err)
	}
	r.file(".git/hooks/pre-commit", script, 0o755)
	if code, out := r.commit("a"); code != 0 || r.read("order") != "framework\nframework\n" || strings.Count(r.log(), "args") != 1 {
		t.Fatalf("exit %d\n%s", code, out)
	}
	if got := r.install().Changes[0]; got.Action != Unchanged {
		t.Errorf("%v", got)
	}
	if got := r.status()[0]; got.State != Installed || len(got.Runs) < 2 {
		t.Errorf("%+v", got)
	}
}

func TestAHookThatLostItsExecutableBitIsNotCalledInstalled(t *testing.T) {
	r := newRepo(t)
	r.install()
	path := filepath.Join(r.dir, ".git/hooks/pre-commit")
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if got := r.status()[0]; got.State != Off || len(got.Runs) != 0 {
		t.Errorf("%+v", got)
	}
	if got := r.install().Changes[0]; got.Action != Upgraded {
		t.Errorf("%v", got)
	}
	if got := r.status()[0]; got.State != Installed {
		t.Errorf("%+v", got)
	}
}

func TestAManagerThatMovesHooksAwayGetsASnippetInstead(t *testing.T) {
	r := newRepo(t)
	r.file("lefthook.yml", "pre-commit:\n", 0o644)
	result, err := Install(r.site(r.dir), r.options(PreCommit, PrePush))
	var refused *Refusal
	if !errors.As(err, &refused) || r.exists(".git/hooks/pre-commit") {
		t.Fatalf("%v", err)
	}
	if len(result.Advice) != 1 || !strings.Contains(result.Advice[0].Snippet, "use_stdin: true") {
		t.Errorf("%+v", result.Advice)
	}
	o := r.options()
	o.Force = true
	if _, err := Install(r.site(r.dir), o); err != nil || !r.exists(".git/hooks/pre-commit") {
		t.Errorf("--force: %v", err)
	}
}

// What installs the program itself must be told which one: this one.
func TestManagersAreToldTheVersionThatIsRunning(t *testing.T) {
	for file, pin := range map[string]string{".pre-commit-config.yaml": "\n  rev: v7.8.9\n", "prek.toml": "\nrev = \"v7.8.9\"\n"} {
		r := newRepo(t)
		r.file(file, "\n", 0o644)
		o := r.options(PreCommit)
		o.Version = "7.8.9"
		result, err := Install(r.site(r.dir), o)
		if err != nil || len(result.Advice) != 1 || strings.Count(result.Advice[0].Snippet, pin) != 1 {
			t.Errorf("%s: %v, %+v", file, err, result.Advice)
		}
	}
}

func TestEveryManagerIsSeen(t *testing.T) {
	for file, manager := range map[string]string{
		".pre-commit-config.yaml": "pre-commit", "prek.toml": "prek", "lefthook.yml": "lefthook", ".husky/x": "husky", ".overcommit.yml": "overcommit",
	} {
		r := newRepo(t)
		r.file(file, "\n", 0o644)
		got := Managers(r.dir, []string{PreCommit, PrePush}, "7.8.9")
		if len(got) != 1 || got[0].Manager != manager || !strings.Contains(got[0].Snippet, "djleaks") {
			t.Errorf("%s: %+v", file, got)
		}
	}
	if got := Managers("", []string{PreCommit}, "7.8.9"); got != nil {
		t.Errorf("bare: %v", got)
	}
}
