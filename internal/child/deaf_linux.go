package child

import "syscall"

// Deaf is Attributes for a process that does not end at SIGQUIT, such as Java's: it is killed when this one ends.
func Deaf() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
