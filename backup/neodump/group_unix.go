//go:build unix

package neodump

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// group has a run end with all that it started: the tool is a script that starts a machine for Java, which starts another.
func group(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error {
		err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		if errors.Is(err, syscall.ESRCH) {
			return os.ErrProcessDone
		}
		return err
	}
}
