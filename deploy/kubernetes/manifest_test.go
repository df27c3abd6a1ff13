// Package kubernetes tests the manifests of this folder: they are decoded
// strictly into the API's own types, and what their pods run is run here, by a
// stand-in for the Job controller. It is a module of its own, so that nobody who
// builds djleaks needs the API.
package kubernetes

import (
	"bytes"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// manifest is fleet.yaml.
type manifest struct {
	audit, merge batch.CronJob
	claims       []core.PersistentVolumeClaim
}

// readManifest decodes fleet.yaml. A field that the API does not have, and one
// that is set twice, is an error.
func readManifest(t *testing.T) *manifest {
	t.Helper()
	text, err := os.ReadFile("fleet.yaml")
	if err != nil {
		t.Fatal(err)
	}
	m := &manifest{}
	strict := func(part []byte, into any) {
		if err := yaml.UnmarshalStrict(part, into); err != nil {
			t.Fatalf("%v in:\n%s", err, part)
		}
	}
	for _, part := range bytes.Split(text, []byte("\n---\n")) {
		var head struct {
			meta.TypeMeta   `json:",inline"`
			meta.ObjectMeta `json:"metadata"`
		}
		if err := yaml.Unmarshal(part, &head); err != nil {
			t.Fatal(err)
		}
		switch head.Kind + " " + head.APIVersion + " " + head.Name {
		case "CronJob batch/v1 djleaks-audit":
			strict(part, &m.audit)
		case "CronJob batch/v1 djleaks-merge":
			strict(part, &m.merge)
		case "PersistentVolumeClaim v1 " + head.Name:
			var claim core.PersistentVolumeClaim
			strict(part, &claim)
			m.claims = append(m.claims, claim)
		default:
			t.Errorf("an unknown object: %s %s %s", head.APIVersion, head.Kind, head.Name)
		}
	}
	return m
}

func TestTheManifestSaysWhatTheDocumentationSays(t *testing.T) {
	m := readManifest(t)
	job := m.audit.Spec.JobTemplate.Spec
	pod := job.Template.Spec
	if job.CompletionMode == nil || *job.CompletionMode != batch.IndexedCompletion || m.audit.Spec.ConcurrencyPolicy != batch.ForbidConcurrent {
		t.Error("not an Indexed Job that runs once at a time")
	}
	if n := *job.Completions; n < 50 || n > 500 || n != 4**job.Parallelism {
		t.Errorf("%d indexes, %d at a time", n, *job.Parallelism)
	}
	if *job.BackoffLimitPerIndex < 1 || *pod.TerminationGracePeriodSeconds <= 20 || pod.RestartPolicy != core.RestartPolicyNever {
		t.Error("an index is not started again, or is not given the time to end")
	}
	for _, c := range all(&pod) {
		shares := slices.IndexFunc(c.Env, func(e core.EnvVar) bool { return e.Name == "DJLEAKS_SHARDS" })
		if runs := slices.Contains(c.Command, "--shard"); runs != (shares >= 0) || runs && c.Env[shares].Value != strconv.Itoa(int(*job.Completions)) {
			t.Errorf("%s: DJLEAKS_SHARDS is not the number of completions", c.Name)
		}
	}
	for _, spec := range []core.PodSpec{pod, m.merge.Spec.JobTemplate.Spec.Template.Spec} {
		checkPod(t, &spec, m.claims)
	}
}

// all are the containers of a pod in the order in which they run.
func all(pod *core.PodSpec) []core.Container {
	return slices.Concat(pod.InitContainers, pod.Containers)
}

// checkPod checks what the API server would, and what a cluster with the
// restricted Pod Security Standard does.
func checkPod(t *testing.T, pod *core.PodSpec, claims []core.PersistentVolumeClaim) {
	t.Helper()
	volumes := map[string]bool{}
	for _, v := range pod.Volumes {
		volumes[v.Name] = true
		if c := v.PersistentVolumeClaim; c != nil && !slices.ContainsFunc(claims, func(p core.PersistentVolumeClaim) bool { return p.Name == c.ClaimName }) {
			t.Errorf("nobody claims %s", c.ClaimName)
		}
	}
	if s := pod.SecurityContext; s == nil || !*s.RunAsNonRoot || s.SeccompProfile.Type != core.SeccompProfileTypeRuntimeDefault || *pod.AutomountServiceAccountToken {
		t.Error("a pod is not restricted")
	}
	for _, c := range all(pod) {
		for _, v := range c.VolumeMounts {
			if !volumes[v.Name] {
				t.Errorf("%s mounts %s, which is not a volume", c.Name, v.Name)
			}
		}
		s := c.SecurityContext
		if s == nil || *s.AllowPrivilegeEscalation || !*s.ReadOnlyRootFilesystem || !slices.Contains(s.Capabilities.Drop, core.Capability("ALL")) {
			t.Errorf("%s is not restricted", c.Name)
		}
		if c.Resources.Limits.Memory().IsZero() || !strings.Contains(c.Image, ":") {
			t.Errorf("%s has no limit, or no version", c.Name)
		}
	}
}
