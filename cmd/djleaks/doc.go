/*
Djleaks finds Django secret keys before they are committed, and in history.

Usage:

	djleaks audit [PATH]        search the whole history of a repository
	djleaks staged [FILE...]    search what the commit being made would add
	djleaks range BASE..HEAD    search what the commits of a range add
	djleaks ci                  range, as the CI system's environment says
	djleaks files PATH...       search files and folders; - is standard input;
	                            --explain says why a value is judged as it is
	djleaks init [PATH]         add the hook, the CI file, .env in .gitignore
	djleaks hook COMMAND        install, uninstall or show hooks; run NAME is for
	                            hooks themselves
	djleaks fix [FILE...]       take keys out of the work tree
	djleaks key new             print a fresh key, made the way Django makes it
	djleaks key fingerprint     name the key on standard input without showing it
	djleaks key match [PATH]    say which key of a history signed the cookie, token
	                            or link on standard input
	djleaks purge-kit FINGERPRINT...
	                            write what git filter-repo needs to take keys
	                            out of a history
	djleaks accept FINGERPRINT  accept a key; short for ledger add
	djleaks ledger COMMAND      add, list, prune the keys that may stay
	djleaks report FILE         show a saved JSON report in another format
	djleaks fleet audit         audit a share of a list of repositories into a store
	djleaks merge STORE...      make one report of all repositories of a list
	djleaks rules [RULE]        explain what is looked for, and why
	djleaks lsp                 serve an editor
	djleaks demo                audit a repository made for the purpose
	djleaks completion SHELL    complete words in bash, zsh, fish, PowerShell
	djleaks schema NAME         print the JSON Schema of the report, the configuration,
	                            the merged report or the state of a repository
	djleaks man                 print the manual page, for "man -l -"
	djleaks version             print the version, with its commit and rules

Options may come before or after the other arguments; "--" ends them. Each
command lists its own with --help.

# What is read

audit reads every object of the repository once: in packs, loose, and in
alternates, whether or not a ref leads to it. It reads the messages of commits
and tags, and it walks all trees, because only that shows that no blob is
missing. Replace refs and grafts are ignored: the real objects count.

staged reads the index that Git names, which during "git commit -a" and "git
commit -- path" is not .git/index, and compares it with HEAD. The work tree is
not read, unless files are named.

range reads the blobs that are new in the commits that HEAD has and BASE lacks,
what merges bring included, and their messages.

A key that the old side holds in a file which the change touches is known: it
is listed but does not fail.

# Exit codes

	0  everything that was asked for was read, and no key reaches --fail-on
	1  keys at or above --fail-on, even if not everything could be read
	2  usage or configuration error
	3  something that was asked for could not be read

Those of key match: 1 a key of the history signed the value; 0 the value is
signed, but none of the keys signed it; 3 no key can be tried on it, or not
everything could be read.

Treat any other code as a failure. The format of the report never changes it.

# Output

The report goes to standard output or --output; errors, hints and the progress
line go to standard error. No output ever holds a key: a generated one is shown
by its prefix, two characters and its length, one that a person made up by its
length alone. In names of files, branches and authors, in reasons and in errors
the keys of the run, and whatever has startproject's prefix, are masked too; a
key that a person made up stays if it looks like an ordinary word of the name.
Reports, baselines and the cache are never written through a link.

Colours follow --color, then NO_COLOR, then FORCE_COLOR and CLICOLOR_FORCE, then
whether the stream is a terminal.

# Limitations

Keys that are encrypted, compressed or computed are not found, nor are those in
Git LFS files and submodules. In a shallow or partial clone, whatever is missing
is listed and makes the scan incomplete. Refs in the reftable format are read by
the git program; without it they make the scan incomplete. Only its owner can
tell whether a running site uses a key: key match asks a cookie of the site, key
fingerprint the environment of a process.
*/
package main
