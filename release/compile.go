package main

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"sync"
)

// flagsOfBuild are those of every binary. No VCS stamp: it would tell a clone
// with tags from one without; the commit and its day are set instead. No
// symbols: a fifth of the size. cli's generator of documentation is not used.
func (r *release) flagsOfBuild() []string {
	return []string{"-trimpath", "-buildvcs=false", "-tags=urfave_cli_no_docs", r.source.flags()}
}

// fixed is what the machine's own settings must not decide.
var fixed = []string{"CGO_ENABLED=0", "GOAMD64=v1", "GOARM64=v8.0", "GOEXPERIMENT=", "GOFIPS140=off"}

// hostBuild is the environment of a build for this machine.
var hostBuild = append([]string{"GOOS=" + runtime.GOOS, "GOARCH=" + runtime.GOARCH}, fixed...)

func (p platform) env() []string {
	return append([]string{"GOOS=" + p.OS, "GOARCH=" + p.Arch}, fixed...)
}

// compile builds the program for all platforms, as many at a time as there are
// processors.
func (r *release) compile(dir string) error {
	r.programs = map[string]string{}
	errs := make([]error, len(r.platforms))
	turn := make(chan struct{}, runtime.NumCPU())
	var wg sync.WaitGroup
	for i, p := range r.platforms {
		path := filepath.Join(dir, p.OS+"_"+p.Arch)
		r.programs[p.String()] = path
		wg.Add(1)
		go func() {
			defer wg.Done()
			turn <- struct{}{}
			defer func() { <-turn }()
			args := append([]string{"build", "-o", path}, r.flagsOfBuild()...)
			_, errs[i] = command(r.root, p.env(), "go", append(args, "./cmd/djleaks")...)
		}()
	}
	wg.Wait()
	return errors.Join(errs...)
}

func (r *release) program(p platform) ([]byte, error) { return os.ReadFile(r.programs[p.String()]) }
