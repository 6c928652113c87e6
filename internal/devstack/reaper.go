//go:build linux || darwin

package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// reaperArgument makes devstack be the second process, which outlives the first and cleans up after it.
const reaperArgument = "-reaper-of-devstack"

// quitLimit is how long a process has to end by its own signal before it is killed.
const quitLimit = 5 * time.Second

// reaper starts processes and tells the second process what to end and to remove if this one cannot.
type reaper struct {
	mu    sync.Mutex
	pipe  io.WriteCloser
	cmd   *exec.Cmd
	spawn chan func()
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
	cmd.Dir = "/" // it keeps no folder from being unmounted
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("second process: %w", err)
	}
	r := &reaper{pipe: pipe, cmd: cmd, spawn: make(chan func())}
	go r.serve()
	return r, nil
}

// serve runs what start asks for on one thread: the kernel takes the end of the thread that started a process for the end
// of its parent, and Go ends threads as it likes, but not one that a goroutine holds.
func (r *reaper) serve() {
	runtime.LockOSThread()
	for start := range r.spawn {
		start()
	}
}

// start starts a process, or its group if it leads one, that is ended by quit when this process ends without a word.
func (r *reaper) start(cmd *exec.Cmd, quit syscall.Signal) (target int, err error) {
	dieWithParent(cmd.SysProcAttr, quit)
	started := make(chan error)
	r.spawn <- func() { started <- cmd.Start() }
	if err := <-started; err != nil {
		return 0, err
	}
	target = cmd.Process.Pid
	if cmd.SysProcAttr.Setpgid {
		target = -target
	}
	r.tell("end %d %d", target, quit)
	return target, nil
}

// gone says that a process has ended: its number may soon be another's.
func (r *reaper) gone(target int) { r.tell("gone %d", target) }

// folder names a folder to remove.
func (r *reaper) folder(path string) { r.tell("folder %s", strconv.Quote(path)) }

func (r *reaper) tell(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fmt.Fprintf(r.pipe, format+"\n", args...) // if the reaper is dead, nobody can be told
}

// dismiss ends the second process when there is nothing left to clean up.
func (r *reaper) dismiss() {
	r.tell("done")
	r.pipe.Close()
	r.cmd.Wait()
	close(r.spawn)
}

// will is what is to be done after the first process.
type will struct {
	ends    map[int]syscall.Signal
	folders []string
}

// readWill reads what the first process says until it ends. It returns false when there is nothing left to do.
func readWill(in io.Reader) (will, bool) {
	w := will{ends: map[int]syscall.Signal{}}
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		word, rest, _ := strings.Cut(lines.Text(), " ")
		switch word {
		case "done":
			return will{}, false
		case "folder":
			if folder, err := strconv.Unquote(rest); err == nil {
				w.folders = append(w.folders, folder)
			}
		case "end":
			var target, quit int
			// 0, 1 and -1 would be our own group, the machine's first process, and everybody.
			if n, _ := fmt.Sscanf(rest, "%d %d", &target, &quit); n == 2 && (target > 1 || target < -1) {
				w.ends[target] = syscall.Signal(quit)
			}
		case "gone":
			if target, err := strconv.Atoi(rest); err == nil {
				delete(w.ends, target)
			}
		}
	}
	return w, true
}

// reap is the second process.
func reap(in io.Reader) {
	w, ok := readWill(in)
	if !ok {
		return
	}
	var all sync.WaitGroup
	for target, quit := range w.ends {
		all.Go(func() { end(target, quit) })
	}
	all.Wait()
	for _, folder := range w.folders {
		removeBusy(folder)
	}
}

// end ends a process with all that descend from it, or with a minus a process group: by its signal, and after quitLimit
// by force.
func end(target int, quit syscall.Signal) {
	targets := []int{target}
	if target > 0 {
		targets = family(target)
	}
	for _, t := range targets {
		syscall.Kill(t, quit)
	}
	deadline := time.Now().Add(quitLimit)
	for _, t := range targets {
		for alive(t) && time.Now().Before(deadline) {
			time.Sleep(20 * time.Millisecond)
		}
		if alive(t) {
			syscall.Kill(t, syscall.SIGKILL)
		}
	}
}

// removeBusy removes a folder that a dying process may still write to.
func removeBusy(folder string) {
	var err error
	for range 50 {
		if err = os.RemoveAll(folder); err == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	say("could not remove %s: %s", folder, err)
}
