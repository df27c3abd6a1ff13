// Build makes what a release of djleaks publishes, from a clean checkout:
//
//	release/build VERSION [--output DIR] [--platform OS/ARCH]...
//
//	djleaks_VERSION_OS_ARCH.tar.gz, .zip   the program, for each platform
//	djleaks-VERSION-py3-none-TAGS.whl      the same program for pip, uv, pipx, poetry
//	djleaks-VERSION.tar.gz                 the sdist, which says what to do without a wheel
//	SHA256SUMS                             of all of them
//
// The bytes depend on the sources and on the version of Go alone: not on the
// machine, the folder, the time, the clone's depth or its tags. Anybody can
// build a release again and compare.
//
// It is a module of its own, so that neither `go install ./...` nor the
// dependencies of the program ever meet it.
//
// Exit codes: 0 built, 1 a step failed, 2 wrong words, a tree that is not clean,
// or a version that is not the code's.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
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
	programs  map[string]string // path of each binary
	notices   map[string]notices
	wheel     metadata
}

// words are the command line, read.
type words struct {
	version   string
	output    string
	platforms []platform
}

func parse(args []string) (words, error) {
	var names []string
	flags := flag.NewFlagSet("release/build", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	output := flags.String("output", "dist", "")
	flags.Func("platform", "", func(name string) error { names = append(names, name); return nil })
	usage := "release/build VERSION [--output DIR] [--platform OS/ARCH]..."
	var rest []string
	for err := flags.Parse(args); ; err = flags.Parse(flags.Args()[1:]) { // options may stand behind VERSION
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
	dir := *output
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(os.Getenv("RELEASE_DIR"), dir)
	}
	return words{rest[0], dir, chosen}, nil
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
	if err := r.compile(work); err != nil {
		return err
	}
	if err := r.readNotices(); err != nil {
		return err
	}
	files, err := r.files()
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
	root, err := checkout()
	if err != nil {
		return nil, err
	}
	r := &release{root: root, platforms: w.platforms, version: w.version}
	if err := r.checkVersion(); err != nil {
		return nil, err
	}
	if err := replaceable(w.output); err != nil {
		return nil, err
	}
	if r.wheel, err = readMetadata(filepath.Join(root, "python", "pyproject.toml")); err != nil {
		return nil, err
	}
	if r.wheel.Version != r.version {
		return nil, &problem{
			fmt.Sprintf("python/pyproject.toml says version %q, the code says %q", r.wheel.Version, r.version),
			"give both the same version, and commit",
		}
	}
	return r, nil
}

// files makes everything that is published. What a later kind of package needs
// (a manual page, a list of components, a Debian package, an image) joins here.
func (r *release) files() ([]file, error) {
	var all []file
	for _, p := range r.platforms {
		for _, pack := range []func(platform) (file, error){r.archive, r.pythonWheel} {
			f, err := pack(p)
			if err != nil {
				return nil, err
			}
			all = append(all, f)
		}
	}
	sdist, err := r.sdist()
	if err != nil {
		return nil, err
	}
	all = append(all, sdist)
	return append(all, sums(all)), nil
}

// epoch is the time of every file in every archive: the oldest that zip can
// say.
var epoch = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// below makes the name of a file in the folder of an archive.
func below(folder string, names ...string) string {
	return strings.Join(append([]string{folder}, names...), "/")
}
