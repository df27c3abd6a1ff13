package kubernetes

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
)

// cluster plays a Job controller and its nodes: it starts the commands of pods as
// processes, with the folders of their volumes in the place of the paths at which
// they are mounted. Neither a scheduler nor images nor limits are in it.
type cluster struct {
	t       *testing.T
	volumes map[string]string // folder by name of a claim, config map or secret
	path    string            // PATH of all containers
	env     map[string]string // what an operator has changed in the manifest
	// watch is told of each container that has started. It may kill it: a pod for
	// which it returns true was on a node that is lost.
	watch func(index, attempt int, container string, share string, p *os.Process) (lost bool)

	mutex    sync.Mutex
	logs     strings.Builder
	attempts map[int]int // pods by index
}

// result is the status of a finished Job.
type result struct {
	complete, failed []int  // indexes
	failedJob        string // the reason, if the Job was ended as a whole
}

// run runs a Job as the controller does: at most parallelism pods at a time,
// each index until it succeeds or has failed too often, by the rules of
// podFailurePolicy.
func (c *cluster) run(job *batch.JobSpec) result {
	c.attempts = map[int]int{}
	var r result
	var group sync.WaitGroup
	slots := make(chan bool, *job.Parallelism)
	for i := range int(*job.Completions) {
		group.Add(1)
		go func() {
			defer group.Done()
			slots <- true
			defer func() { <-slots }()
			c.index(job, i, &r)
		}()
	}
	group.Wait()
	slices.Sort(r.complete)
	slices.Sort(r.failed)
	return r
}

// index runs pods for one index.
func (c *cluster) index(job *batch.JobSpec, index int, r *result) {
	failures := int32(0)
	for {
		c.mutex.Lock()
		c.attempts[index]++
		attempt, over := c.attempts[index], r.failedJob != ""
		c.mutex.Unlock()
		if over {
			return
		}
		container, code, lost := c.pod(&job.Template.Spec, index, attempt)
		action := actionFor(job, container, code, lost)
		c.mutex.Lock()
		switch {
		case code == 0 && !lost:
			r.complete = append(r.complete, index)
			c.mutex.Unlock()
			return
		case action == batch.PodFailurePolicyActionFailJob:
			r.failedJob = fmt.Sprintf("%s exited with %d", container, code)
			c.mutex.Unlock()
			return
		case action == batch.PodFailurePolicyActionCount:
			failures++
		}
		if failures > *job.BackoffLimitPerIndex {
			r.failed = append(r.failed, index)
			c.mutex.Unlock()
			return
		}
		c.mutex.Unlock()
	}
}

// actionFor is what the first rule that matches says of a pod that has failed.
func actionFor(job *batch.JobSpec, container string, code int, lost bool) batch.PodFailurePolicyAction {
	for _, rule := range job.PodFailurePolicy.Rules {
		if e := rule.OnExitCodes; e != nil && (e.ContainerName == nil || *e.ContainerName == container) &&
			slices.Contains(e.Values, int32(code)) == (e.Operator == batch.PodFailurePolicyOnExitCodesOpIn) && !lost {
			return rule.Action
		}
		for _, condition := range rule.OnPodConditions {
			if condition.Type == core.DisruptionTarget && lost {
				return rule.Action
			}
		}
	}
	return batch.PodFailurePolicyActionCount
}

// pod runs the containers of a pod one after the other, and returns the first
// that fails with its exit code.
func (c *cluster) pod(pod *core.PodSpec, index, attempt int) (container string, code int, lost bool) {
	folders := map[string]string{}
	for _, v := range pod.Volumes {
		switch {
		case v.EmptyDir != nil:
			folders[v.Name] = c.t.TempDir()
		case v.ConfigMap != nil:
			folders[v.Name] = c.volumes[v.ConfigMap.Name]
		case v.Secret != nil:
			folders[v.Name] = c.volumes[v.Secret.SecretName]
		case v.PersistentVolumeClaim != nil:
			folders[v.Name] = c.volumes[v.PersistentVolumeClaim.ClaimName]
		}
		if folders[v.Name] == "" {
			c.t.Errorf("volume %s has no folder here", v.Name)
		}
	}
	for _, one := range all(pod) {
		code, lost = c.container(&one, folders, index, attempt)
		if code != 0 || lost {
			return one.Name, code, lost
		}
	}
	return "", 0, false
}

func (c *cluster) container(one *core.Container, folders map[string]string, index, attempt int) (code int, lost bool) {
	var mounts []string
	for _, m := range one.VolumeMounts {
		mounts = append(mounts, m.MountPath+"/", folders[m.Name]+"/")
	}
	here := strings.NewReplacer(mounts...)
	var words []string
	for _, word := range slices.Concat(one.Command, one.Args) {
		words = append(words, here.Replace(word))
	}
	program, err := c.lookUp(words[0])
	if err != nil {
		c.t.Error(err)
		return 127, false
	}
	cmd := &exec.Cmd{Path: program, Args: words, SysProcAttr: &syscall.SysProcAttr{Setpgid: true}}
	cmd.Env = []string{"PATH=" + c.path, "GIT_CONFIG_NOSYSTEM=1", fmt.Sprintf("JOB_COMPLETION_INDEX=%d", index)}
	for _, e := range one.Env {
		value, changed := c.env[e.Name]
		if !changed {
			value = here.Replace(e.Value)
		}
		cmd.Env = append(cmd.Env, e.Name+"="+value)
	}
	var log strings.Builder
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		c.t.Error(err)
		return 127, false
	}
	if c.watch != nil {
		lost = c.watch(index, attempt, one.Name, filepath.Join(folders["share"], "share.tsv"), cmd.Process)
	}
	err = cmd.Wait()
	c.mutex.Lock()
	fmt.Fprintf(&c.logs, "-- %s, index %d, pod %d: %v\n%s", one.Name, index, attempt, cmd.ProcessState, log.String())
	c.mutex.Unlock()
	if err != nil && cmd.ProcessState == nil {
		c.t.Error(err)
	}
	if lost {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		return 137, true
	}
	return cmd.ProcessState.ExitCode(), false
}

// lookUp finds a program as a container does: in its PATH.
func (c *cluster) lookUp(name string) (string, error) {
	if strings.Contains(name, "/") {
		return name, nil
	}
	for _, dir := range filepath.SplitList(c.path) {
		file := filepath.Join(dir, name)
		if info, err := os.Stat(file); err == nil && info.Mode()&0o111 != 0 {
			return file, nil
		}
	}
	return "", fmt.Errorf("%s is not in %s", name, c.path)
}
