//go:build unix

package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

// reaperArgument makes devstack be the second process, which outlives the first and cleans up after it.
const reaperArgument = "-reaper-of-devstack"

// reaper tells the second process what to clean up if this one cannot.
type reaper struct {
	mu   sync.Mutex
	pipe io.WriteCloser
	cmd  *exec.Cmd
}

// startReaper starts the second process in a session of its own, so that no signal for this one's group reaches it. When
// its pipe ends, this process has ended.
func startReaper() (*reaper, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, reaperArgument)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Stderr = os.Stderr
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	return &reaper{pipe: pipe, cmd: cmd}, cmd.Start()
}

// end names a process, or with a minus a process group, and the signal that ends it at once.
func (r *reaper) end(pid int, quit syscall.Signal) { r.tell("end %d %d", pid, quit) }

// folder names a folder to remove.
func (r *reaper) folder(path string) { r.tell("folder %s", path) }

func (r *reaper) tell(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fmt.Fprintf(r.pipe, format+"\n", args...)
}

// dismiss ends the second process when there is nothing left to clean up.
func (r *reaper) dismiss() {
	r.tell("done")
	r.pipe.Close()
	r.cmd.Wait()
}

// quitLimit is how long a process has to end by its own signal before it is killed.
const quitLimit = 5 * time.Second

// reap is the second process.
func reap(in io.Reader) {
	ends := map[int]syscall.Signal{}
	var folders []string
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		var pid, quit int
		switch line := lines.Text(); {
		case line == "done":
			return
		case strings.HasPrefix(line, "folder "):
			folders = append(folders, strings.TrimPrefix(line, "folder "))
		default:
			if n, _ := fmt.Sscanf(line, "end %d %d", &pid, &quit); n == 2 && pid != 0 && pid != -1 {
				ends[pid] = syscall.Signal(quit)
			}
		}
	}
	for pid, quit := range ends {
		syscall.Kill(pid, quit)
	}
	deadline := time.Now().Add(quitLimit)
	for pid := range ends {
		for syscall.Kill(pid, 0) == nil && time.Now().Before(deadline) {
			time.Sleep(20 * time.Millisecond)
		}
		syscall.Kill(pid, syscall.SIGKILL)
	}
	for _, folder := range folders {
		removeBusy(folder)
	}
}

// removeBusy removes a folder that a dying process may still write to.
func removeBusy(folder string) {
	for range 50 {
		if os.RemoveAll(folder) == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	say("could not remove %s", folder)
}
