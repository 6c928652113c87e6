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

// gone returns when no process has memory any more, or after a minute: a server does not start while a session of the one before it
// has its shared memory.
func gone(pids []int) {
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	deadline := time.Now().Add(time.Minute)
	for _, pid := range pids {
		for time.Now().Before(deadline) {
			if text, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid)); err != nil || len(text) == 0 {
				break
			}
			<-tick.C
		}
	}
}
