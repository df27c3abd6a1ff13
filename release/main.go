// Build makes what a release of djleaks publishes, from a clean checkout:
//
//	release/build VERSION [--output DIR] [--platform OS/ARCH]... [--without KIND]...
//
//	djleaks_VERSION_OS_ARCH.tar.gz, .zip   archive: the program, manual page and completions
//	djleaks-VERSION-py3-none-TAGS.whl      wheel: the same for pip, uv, pipx, poetry
//	djleaks_VERSION_OS_ARCH.cdx.json       sbom: what the program links, in CycloneDX; in all the others too
//	djleaks_VERSION_ARCH.deb               deb: for Debian and Ubuntu
//	djleaks-VERSION-1.ARCH.rpm             rpm: for Fedora, RHEL, openSUSE
//	djleaks-VERSION.tar.gz                 sdist: says what to do without a wheel
//	djleaks_VERSION_image.tar              image: an OCI layout with a shell, for CI systems
//	djleaks.rb, djleaks.json               homebrew, scoop: for their repositories
//	SHA256SUMS                             of all of them
//
// The bytes depend on the commit and on the version of Go alone: not on the
// machine, the folder, the time, the clone's depth or its tags. Anybody can
// build a release again and compare.
//
// It is a module of its own, so that neither `go install ./...` nor the
// dependencies of the program ever meet it.
//
// Exit codes: 0 built, 1 a step failed, 2 a usage error, a tree that is not clean,
// or a version that is not the code's.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// problem is something that the user can mend.
type problem struct{ what, hint string }

func (p *problem) Error() string { return p.what }

func main() {
	err := run(os.Args[1:], os.Stdout)
	var p *problem
	switch {
	case err == nil:
	case errors.As(err, &p):
		fmt.Fprintf(os.Stderr, "release/build: %v\nhint: %s\n", err, p.hint)
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, "release/build:", err)
		os.Exit(1)
	}
}

// release is one release that is being built.
type release struct {
	version   string // as the code says it, "0.1.0"
	root      string // of the checkout
	platforms []platform
	source    source
	programs  map[string]string // path of each binary
	pages     pages
	notices   map[string]notices
	archives  map[string]file
	wheel     metadata
}

// words are the command line, read.
type words struct {
	version   string
	output    string
	platforms []platform
	without   []string // kinds that are not made
}

func parse(args []string) (words, error) {
	var names, without []string
	flags := flag.NewFlagSet("release/build", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	output := flags.String("output", "dist", "")
	flags.Func("platform", "", func(name string) error { names = append(names, name); return nil })
	flags.Func("without", "", func(kind string) error { without = append(without, kind); return nil })
	usage := "release/build VERSION [--output DIR] [--platform OS/ARCH]... [--without KIND]..."
	var rest []string
	for err := flags.Parse(args); ; err = flags.Parse(flags.Args()[1:]) { // options may follow VERSION
		if err != nil {
			return words{}, &problem{err.Error(), usage}
		}
		if flags.NArg() == 0 {
			break
		}
		rest = append(rest, flags.Arg(0))
	}
	if len(rest) != 1 || *output == "" {
		return words{}, &problem{"name one VERSION", usage}
	}
	chosen, err := choose(names)
	if err != nil {
		return words{}, err
	}
	for _, name := range without {
		if !slices.ContainsFunc(kinds, func(k kind) bool { return k.name == name }) {
			return words{}, &problem{fmt.Sprintf("--without: there is no %q", name), "it is one of " + kindNames()}
		}
	}
	dir := *output
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(os.Getenv("RELEASE_DIR"), dir)
	}
	return words{rest[0], dir, chosen, without}, nil
}

func run(args []string, out io.Writer) error {
	w, err := parse(args)
	if err != nil {
		return err
	}
	r, err := prepare(w)
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "djleaks-release-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	for _, step := range []func(string) error{r.readPages, r.compile, r.readNotices} {
		if err := step(work); err != nil {
			return err
		}
	}
	files, err := r.files(w.without)
	if err != nil {
		return err
	}
	if err := publish(w.output, files); err != nil {
		return err
	}
	for _, f := range files {
		fmt.Fprintf(out, "%9d  %s\n", len(f.data), filepath.Join(w.output, f.name))
	}
	return nil
}

// prepare makes sure of everything that can be known before compiling.
func prepare(w words) (*release, error) {
	if err := checkSpelling(w.version); err != nil {
		return nil, err
	}
	root, err := checkout()
	if err != nil {
		return nil, err
	}
	r := &release{root: root, platforms: w.platforms, version: w.version, archives: map[string]file{}}
	if err := replaceable(w.output); err != nil {
		return nil, err
	}
	if r.wheel, err = readMetadata(filepath.Join(root, "python", "pyproject.toml")); err != nil {
		return nil, err
	}
	if r.wheel.Version != r.version {
		return nil, &problem{
			fmt.Sprintf("version %s was asked for, and python/pyproject.toml says %s", r.version, r.wheel.Version),
			"release/build " + r.wheel.Version + ", or change the version in cmd/djleaks, python/pyproject.toml and pyproject.toml, and commit",
		}
	}
	if err := r.readSource(); err != nil {
		return nil, err
	}
	return r, writable(w.output)
}

// kind is one of the kinds of file that are published.
type kind struct {
	name string
	make func(*release) ([]file, error)
}

// kinds are all of them.
var kinds = []kind{
	{"archive", each((*release).archive)},
	{"wheel", each((*release).pythonWheel)},
	{"sbom", each((*release).components)},
	{"deb", each((*release).deb, "linux")},
	{"rpm", each((*release).rpm, "linux")},
	{"sdist", once((*release).sdist)},
	{"image", once((*release).image, "linux")},
	{"homebrew", once((*release).homebrew, "darwin", "linux")},
	{"scoop", once((*release).scoop, "windows")},
}

func kindNames() string {
	var names []string
	for _, k := range kinds {
		names = append(names, k.name)
	}
	return strings.Join(names, ", ")
}

// each makes a file for every platform of the release; if systems are named, for
// those of them.
func each(pack func(*release, platform) (file, error), systems ...string) func(*release) ([]file, error) {
	return func(r *release) (all []file, err error) {
		for _, p := range r.platforms {
			if len(systems) > 0 && !slices.Contains(systems, p.OS) {
				continue
			}
			f, err := pack(r, p)
			if err != nil {
				return nil, err
			}
			all = append(all, f)
		}
		return all, nil
	}
}

// once makes one file. If systems are named, it is made only if the release is
// for all platforms of each of them.
func once(pack func(*release) (file, error), systems ...string) func(*release) ([]file, error) {
	return func(r *release) ([]file, error) {
		for _, p := range platforms {
			if slices.Contains(systems, p.OS) && !slices.ContainsFunc(r.platforms, func(o platform) bool { return o.String() == p.String() }) {
				return nil, nil
			}
		}
		f, err := pack(r)
		return []file{f}, err
	}
}

// files makes everything that is published.
func (r *release) files(without []string) ([]file, error) {
	var all []file
	for _, k := range kinds {
		if slices.Contains(without, k.name) {
			continue
		}
		made, err := k.make(r)
		if err != nil {
			return nil, err
		}
		all = append(all, made...)
	}
	return append(all, sums(all)), nil
}

// epoch is the time of every file in every archive: the oldest that zip can
// say.
var epoch = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// below makes the name of a file in the folder of an archive.
func below(folder string, names ...string) string {
	return strings.Join(append([]string{folder}, names...), "/")
}
