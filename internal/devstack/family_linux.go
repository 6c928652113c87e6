package main

import (
	"bytes"
	"os"
	"slices"
	"strconv"
	"syscall"
)

// dieWithParent makes the kernel send a signal to a process when the thread that started it ends: a belt besides the
// reaper, for the case that both of us are killed at once.
func dieWithParent(attributes *syscall.SysProcAttr, quit syscall.Signal) { attributes.Pdeathsig = quit }

// process is what the kernel says of one.
type process struct{ pid, parent, group int }

// processes lists what runs; one that has ended and that nobody has waited for is none.
func processes() []process {
	entries, _ := os.ReadDir("/proc") // an unreadable one lists nothing
	var all []process
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		stat, err := os.ReadFile("/proc/" + entry.Name() + "/stat")
		if err != nil {
			continue
		}
		if p, ok := parseStat(pid, stat); ok {
			all = append(all, p)
		}
	}
	return all
}

// parseStat reads proc_pid_stat(5). The name of the program, in parentheses, may hold spaces and parentheses.
func parseStat(pid int, stat []byte) (process, bool) {
	words := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(words) < 3 || string(words[0]) == "Z" || string(words[0]) == "X" {
		return process{}, false
	}
	parent, errParent := strconv.Atoi(string(words[1]))
	group, errGroup := strconv.Atoi(string(words[2]))
	return process{pid, parent, group}, errParent == nil && errGroup == nil
}

// alive reports whether a process, or with a minus any of a process group, still runs.
func alive(target int) bool {
	if syscall.Kill(target, 0) == syscall.ESRCH {
		return false
	}
	return slices.ContainsFunc(processes(), func(p process) bool { return p.pid == target || p.group == -target })
}

// family returns a process and all that descend from it.
func family(pid int) []int {
	all := processes()
	members := []int{pid}
	for i := 0; i < len(members); i++ {
		for _, p := range all {
			if p.parent == members[i] && !slices.Contains(members, p.pid) {
				members = append(members, p.pid)
			}
		}
	}
	return members
}
