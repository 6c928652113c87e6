package main

import "syscall"

// dieWithParent does nothing: this system has no such wish. The reaper does it alone.
func dieWithParent(*syscall.SysProcAttr, syscall.Signal) {}

// alive reports whether a process, or with a minus any of a process group, still runs.
func alive(target int) bool { return syscall.Kill(target, 0) != syscall.ESRCH }

// family returns the process alone: its children end with the terminal that they share.
func family(pid int) []int { return []int{pid} }
