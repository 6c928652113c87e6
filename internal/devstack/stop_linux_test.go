package main

import (
	"bytes"
	"fmt"
	"os"
	"syscall"
	"testing"
)

// When devstack and its reaper are killed at once, the kernel ends the rest; the folder is removed by a later start.
func TestKilledWithReaper(t *testing.T) {
	t.Parallel()
	needSetup(t, "postgresql-*-v2")
	c := start(t, nil, build(t), "-no-neo4j", "sh", "-c", waiting)
	pid, address := c.started()
	own := c.cmd.Process.Pid
	for _, p := range processes() {
		line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", p.pid))
		if err == nil && p.parent == own && bytes.Contains(line, []byte(reaperArgument)) {
			if err := syscall.Kill(p.pid, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		}
	}
	c.signal(syscall.SIGKILL)
	c.code()
	c.until("the command has ended", func() bool { return !alive(pid) })
	c.until("the server has stopped", func() bool { return !reached(t, address) })
	if len(c.left()) != 1 {
		t.Errorf("left %v, want the folder of the run: the reaper was not killed", c.left())
	}
}
