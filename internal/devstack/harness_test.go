//go:build linux || darwin

package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patient is how long a test waits for what has to happen.
const patient = 60 * time.Second

// build builds devstack as users run it, and returns the path of the program.
func build(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("builds and runs devstack; not with -short")
	}
	bin := filepath.Join(t.TempDir(), "devstack")
	if output, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, output)
	}
	return bin
}

// needSetup skips a test when devstack would have to download or install what it needs.
func needSetup(t *testing.T, pattern string) (dir string) {
	t.Helper()
	root, err := cacheRoot()
	if err != nil {
		t.Fatal(err)
	}
	found, _ := filepath.Glob(filepath.Join(root, pattern, marker)) // the patterns are well formed
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1])
	}
	const why = "devstack has not set up %s in %s yet: run `go run ./internal/devstack true` first"
	if os.Getenv("SHUGO_REQUIRE_SERVERS") == "1" {
		t.Fatalf(why, pattern, root)
	}
	t.Skipf(why, pattern, root)
	return ""
}

// child is a devstack that a test runs. Its folder for temporary files is its own, and has to be empty at the end.
type child struct {
	t      *testing.T
	cmd    *exec.Cmd
	tmp    string
	stdin  io.WriteCloser
	stdout output
	stderr output
	ended  chan struct{}
}

// output collects what a program prints while a test reads it.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// start starts a program without the variables that name servers: the tests themselves may run inside a devstack.
func start(t *testing.T, environment []string, name string, args ...string) *child {
	t.Helper()
	tmp, err := os.MkdirTemp("", "ds")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(tmp, 0o711); err != nil {
		t.Fatal(err)
	}
	c := &child{t: t, cmd: exec.Command(name, args...), tmp: tmp, ended: make(chan struct{})}
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "SHUGO_") || strings.HasPrefix(variable, cacheVariable+"=") {
			c.cmd.Env = append(c.cmd.Env, variable)
		}
	}
	c.cmd.Env = append(append(c.cmd.Env, "TMPDIR="+tmp), environment...)
	c.cmd.Stdout, c.cmd.Stderr = &c.stdout, &c.stderr
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.cmd.WaitDelay = time.Second // what is left behind may hold the pipes
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		c.cmd.Wait()
		close(c.ended)
	}()
	t.Cleanup(c.clean)
	return c
}

// clean ends what a failed test left, and shows what devstack said.
func (c *child) clean() {
	select {
	case <-c.ended:
	default:
		c.cmd.Process.Signal(syscall.SIGTERM)
		<-c.ended
	}
	if c.t.Failed() {
		c.t.Logf("devstack's output: %s\nerrors: %s", c.stdout.String(), c.stderr.String())
	}
	os.RemoveAll(c.tmp)
}

// signal sends a signal to devstack alone.
func (c *child) signal(sig syscall.Signal) {
	c.t.Helper()
	if err := c.cmd.Process.Signal(sig); err != nil {
		c.t.Fatal(err)
	}
}

// code waits for the end and returns the exit code, or -1 for a signal.
func (c *child) code() int {
	c.t.Helper()
	select {
	case <-c.ended:
	case <-time.After(patient):
		c.t.Fatal("devstack does not end")
	}
	return c.cmd.ProcessState.ExitCode()
}

// until waits for something.
func (c *child) until(what string, happened func() bool) {
	c.t.Helper()
	deadline := time.After(patient)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !happened() {
		select {
		case <-deadline:
			c.t.Fatalf("waited in vain until %s", what)
		case <-tick.C:
		}
	}
}

// says waits for a text on standard output and returns all of it.
func (c *child) says(text string) string {
	c.t.Helper()
	c.until("it says "+text, func() bool { return strings.Contains(c.stdout.String(), text) })
	return c.stdout.String()
}

// left returns what is in its folder for temporary files.
func (c *child) left() []string {
	c.t.Helper()
	found, err := filepath.Glob(filepath.Join(c.tmp, "*"))
	if err != nil {
		c.t.Fatal(err)
	}
	return found
}
