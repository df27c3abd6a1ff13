package project

import (
	"strings"

	"github.com/djleaks/djleaks/internal/lazy"
)

var (
	manifestKind  = lazy.Regexp(`^kind:\s*(Deployment|StatefulSet|DaemonSet|CronJob|Job|Secret)\s*$`)
	manifestName  = lazy.Regexp(`^  name:\s*["']?([a-z0-9.-]+)["']?\s*$`)
	secretRefName = lazy.Regexp(`^\s*name:\s*["']?([a-z0-9.-]+)["']?\s*$`)
	secretRefKey  = lazy.Regexp(`^\s*key:\s*["']?([A-Za-z0-9_.-]+)["']?\s*$`)
)

// refLines is how many lines below the variable the secretKeyRef can be that it
// takes its value from, and how many below that the name and the key.
const refLines = 3

// manifest is what has been read of a manifest of Kubernetes.
type manifest struct {
	Platform
	project  *Project
	workload bool   // a kind that runs something, or a Secret, has been seen
	secret   bool   // this document is a Secret
	named    string // this document's name
	variable int    // the last line that names a variable for the key; 0 for none
	ref      int    // the last line with a secretKeyRef of it; 0 for none
}

// readManifest reads a manifest of Kubernetes: the workload, and the Secret that
// it takes the key from. App is the Secret's name, and Key the name in it.
func (p *Project) readManifest(file string, text []byte) (q Platform, ok bool) {
	m := manifest{project: p, Platform: Platform{Kind: Kubernetes, Site: Site{file, 1}}}
	lines(text, m.line)
	return m.Platform, m.workload && (m.Key != "" || m.variable > 0)
}

func (m *manifest) line(n int, line string) {
	if kind := manifestKind().FindStringSubmatch(line); kind != nil {
		m.workload, m.secret, m.named = true, kind[1] == "Secret", ""
	}
	if name := manifestName().FindStringSubmatch(line); name != nil && m.named == "" {
		m.named = name[1]
	}
	ignored := 0
	if variable := m.project.keyVariable([]byte(line), &ignored); variable != "" {
		m.variable = n
		if m.secret && m.named != "" && m.App == "" {
			m.App, m.Key, m.Line = m.named, variable, n
		}
	}
	if strings.Contains(line, "secretKeyRef") && m.variable > 0 && n-m.variable <= refLines {
		m.ref = n
	}
	if m.ref > 0 && n-m.ref <= refLines {
		m.reference(n, line)
	}
}

// reference reads a line of a secretKeyRef.
func (m *manifest) reference(n int, line string) {
	if name := secretRefName().FindStringSubmatch(line); name != nil {
		m.App, m.Line = name[1], n
	} else if key := secretRefKey().FindStringSubmatch(line); key != nil {
		m.Key = key[1]
	}
}
