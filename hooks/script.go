package hooks

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/djleaks/djleaks/internal/say"
)

// scriptKind says what a script of ours does besides starting the program.
type scriptKind string

const (
	local   scriptKind = "local"   // absolute path of the program first, then PATH
	shared  scriptKind = "shared"  // PATH only: the file is committed and seen by a team
	global  scriptKind = "global"  // as local; the repository's own hook runs first
	forward scriptKind = "forward" // only runs the repository's own hook
	block   scriptKind = "block"   // lines in a file of husky's
)

// script is one text of ours.
type script struct {
	hook    string
	kind    scriptKind
	program string // absolute path; "" where the kind has none
}

// marker begins the second line of every script, and the first of a block.
const marker = "# djleaks-hook "

// chainedSuffix is added to the name of a hook that was there before.
const chainedSuffix = ".djleaks-chained"

// templates holds the text of every version, oldest first, so that a file that
// an older version wrote is still recognised. A text here is never
// changed once released: a new one is added.
var templates = []func(script) string{template1}

// text is what the current version writes.
func (s script) text() string { return templates[len(templates)-1](s) }

func template1(s script) string {
	var b strings.Builder
	head := fmt.Sprintf("%s%s %s template 1\n", marker, s.hook, s.kind)
	if s.kind == block {
		b.WriteString(head + blockBody(s.hook) + blockEnd)
		return b.String()
	}
	b.WriteString("#!/bin/sh\n" + head)
	b.WriteString("# Written by \"djleaks hook install\"; \"djleaks hook uninstall\" takes it away.\n")
	if s.kind == forward {
		b.WriteString("# Runs the repository's own hook, which core.hooksPath would switch off.\n")
		b.WriteString(ownHook(s.hook))
		b.WriteString("if [ -x \"$own\" ]; then exec \"$own\" \"$@\"; fi\n")
		return b.String()
	}
	if s.kind != shared {
		fmt.Fprintf(&b, "djleaks=%s\n", say.SingleQuote(s.program))
	}
	b.WriteByte('\n')
	feed := ""
	if readsInput(s.hook) {
		b.WriteString("# Read once, for everyone who wants it; the dot keeps the last line break.\n")
		b.WriteString("input=$(cat; echo .)\ninput=${input%.}\n\n")
		feed = "printf '%s' \"$input\" 2>/dev/null | "
	}
	if s.kind == global {
		b.WriteString("# The repository's own hook, which core.hooksPath would switch off.\n")
		b.WriteString(ownHook(s.hook))
		fmt.Fprintf(&b, "if [ -x \"$own\" ]; then %s\"$own\" \"$@\" || exit $?; fi\n\n", feed)
	}
	fmt.Fprintf(&b, "# The hook that was here before. pre-commit and prek rename this script and\n"+
		"# start it themselves: then theirs must not be started again.\n"+
		"case $0 in */*) here=${0%%/*} ;; *) here=. ;; esac\n"+
		"chained=$here/%s%s\n"+
		"if [ -x \"$chained\" ] && { [ -z \"${PRE_COMMIT_RUNNING_LEGACY-}${PREK_RUNNING_LEGACY-}\" ] || ! grep -q 'enerated by pre' \"$chained\"; }; then\n"+
		"\t%s\"$chained\" \"$@\" || exit $?\n"+
		"fi\n\n", s.hook, chainedSuffix, feed)
	if s.hook == ReferenceTransaction {
		b.WriteString("# Git calls several times; only before the change can it be stopped.\n")
		b.WriteString("[ \"${1-}\" = prepared ] || exit 0\n\n")
	}
	run := func(program string) string {
		if feed == "" {
			return fmt.Sprintf("exec %s hook run %s \"$@\"", program, s.hook)
		}
		return fmt.Sprintf("%s%s hook run %s \"$@\"\n\texit $?", feed, program, s.hook)
	}
	where := "is not on PATH"
	if s.kind != shared {
		fmt.Fprintf(&b, "if [ -f \"$djleaks\" ] && [ -x \"$djleaks\" ]; then\n\t%s\nfi\n", run(`"$djleaks"`))
		where = "is neither at $djleaks nor on PATH"
	}
	fmt.Fprintf(&b, "if command -v djleaks >/dev/null 2>&1; then\n\t%s\nfi\n", run("djleaks"))
	fmt.Fprintf(&b, "echo \"djleaks: %s: the program %s, so nothing was examined\" >&2\n", s.hook, where)
	fmt.Fprintf(&b, "echo \"hint: %s\" >&2\n", missingHint(s.hook))
	b.WriteString("exit 3\n")
	return b.String()
}

// missingHint tells how to get past a hook whose program is gone.
func missingHint(hook string) string {
	again := "install djleaks again and run 'djleaks hook install --hook " + hook + "', or remove $0"
	switch hook {
	case PreCommit, PreMergeCommit, CommitMsg:
		return again + "; once without it: git commit --no-verify"
	case PrePush:
		return again + "; once without it: git push --no-verify"
	}
	return again
}

// ownHook sets $own to the hook in the repository itself.
func ownHook(hook string) string {
	return "own=$(git rev-parse --git-common-dir 2>/dev/null)/hooks/" + hook + "\n" +
		"case $own in /hooks/*) own= ;; esac\n"
}

const blockEnd = "# djleaks-hook end\n"

// blockBody is for a file that husky starts with `sh -e`. What follows the
// block may read standard input too.
func blockBody(hook string) string {
	missing := fmt.Sprintf("\techo \"djleaks: %s: the program is not on PATH, so nothing was examined\" >&2\n"+
		"\techo \"hint: install djleaks, or remove the lines between '%s' and 'end' from $0\" >&2\n"+
		"\texit 3\n", hook, strings.TrimSpace(marker))
	b := "if ! command -v djleaks >/dev/null 2>&1; then\n" + missing + "fi\n"
	if !readsInput(hook) {
		return b + "djleaks hook run " + hook + " \"$@\" || exit $?\n"
	}
	return b + "djleaks_input=$(cat)\n" +
		"printf '%s\\n' \"$djleaks_input\" 2>/dev/null | djleaks hook run " + hook + " \"$@\" || exit $?\n" +
		"if [ -z \"$djleaks_input\" ]; then exec </dev/null; else exec <<DJLEAKS\n$djleaks_input\nDJLEAKS\nfi\n"
}

// recognised is what a marker says of a text.
type recognised struct {
	script
	version int  // from 1
	exact   bool // nobody has edited it since
}

// recognise tells whether a whole script is ours.
func recognise(text string) (recognised, bool) {
	lines := strings.SplitN(text, "\n", 5)
	if len(lines) < 5 {
		return recognised{}, false
	}
	k, ok := parseMarker(lines[1])
	if !ok {
		return recognised{}, false
	}
	if value, has := strings.CutPrefix(lines[3], "djleaks="); has {
		k.program = unquote(value)
	}
	k.exact = k.version <= len(templates) && templates[k.version-1](k.script) == text
	return k, true
}

// parseMarker reads "# djleaks-hook <hook> <kind> template <n>".
func parseMarker(line string) (recognised, bool) {
	rest, ok := strings.CutPrefix(line, marker)
	words := strings.Fields(rest)
	if !ok || len(words) != 4 || words[2] != "template" {
		return recognised{}, false
	}
	n, err := strconv.Atoi(words[3])
	if err != nil || n < 1 {
		return recognised{}, false
	}
	return recognised{script: script{hook: words[0], kind: scriptKind(words[1])}, version: n}, true
}

// findBlock looks for a block of ours; text[start:end] is all of it.
func findBlock(text string) (k recognised, start, end int, ok bool) {
	for start < len(text) {
		line, _, _ := strings.Cut(text[start:], "\n")
		if k, ok = parseMarker(strings.TrimSuffix(line, "\r")); ok && k.kind == block {
			n := strings.Index(text[start:], blockEnd)
			if n < 0 {
				return k, start, len(text), true // somebody has edited it
			}
			end = start + n + len(blockEnd)
			k.exact = k.version <= len(templates) && templates[k.version-1](k.script) == text[start:end]
			return k, start, end, true
		}
		start += len(line) + 1
	}
	return recognised{}, 0, 0, false
}

// unquote undoes say.SingleQuote.
func unquote(s string) string {
	s = strings.TrimSuffix(strings.TrimPrefix(s, "'"), "'")
	return strings.ReplaceAll(s, `'\''`, "'")
}
