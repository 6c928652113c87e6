package pgcluster

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// account returns the account of the server, which refuses to run as root; nil: the one who runs this.
func account() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// children returns the processes whose parent is pid, where the system tells.
func children(pid int) []int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		return nil
	}
	var found []int
	for _, word := range strings.Fields(string(text)) {
		if n, err := strconv.Atoi(word); err == nil {
			found = append(found, n)
		}
	}
	return found
}

// halted returns when a process has stopped or ended, or after a minute.
func halted(pid int) {
	wait(func() bool { return strings.Contains("TZX", state(pid)) })
}

// gone returns when all processes have ended, or after a minute: a server does not start while a session of the one before it has its
// shared memory, which a process gives up before it is a zombie.
func gone(pids []int) {
	for _, pid := range pids {
		wait(func() bool { return strings.Contains("ZX", state(pid)) })
	}
}

// state returns the letter of a process's state; nothing: there is no such process.
func state(pid int) string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	// The name of the program is in parentheses, and may have some itself.
	rest := string(text[strings.LastIndexByte(string(text), ')')+1:])
	return strings.TrimSpace(rest)[:min(1, len(strings.TrimSpace(rest)))]
}

// wait asks again and again, for a minute at most, whether something is so.
func wait(so func() bool) {
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); !so() && time.Now().Before(deadline); {
		<-tick.C
	}
}
