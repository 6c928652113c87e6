//go:build linux || darwin

package main

import (
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadWill(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		said string
		want will
		none bool
	}{
		"nothing": {want: will{ends: map[int]syscall.Signal{}}},
		"done":    {said: "end 7 9\nfolder \"/x\"\ndone\n", none: true},
		"a life": {
			said: "folder \"/tmp/a b\\nc\"\nend -70 3\nend 80 15\nend -90 9\ngone -90\n",
			want: will{ends: map[int]syscall.Signal{-70: 3, 80: 15}, folders: []string{"/tmp/a b\nc"}},
		},
		"dangerous": {said: "end 0 9\nend 1 9\nend -1 9\nend x 9\nend\n", want: will{ends: map[int]syscall.Signal{}}},
		"cut off":   {said: "end 80 15\nfolder \"/tm", want: will{ends: map[int]syscall.Signal{80: 15}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok := readWill(strings.NewReader(test.said))
			if ok == test.none {
				t.Errorf("something to do: %t, want %t", ok, !test.none)
			}
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(will{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// shell starts a shell in a group of its own, and returns a function that waits for its end.
func shell(t *testing.T, script string) (pid int, wait func() syscall.WaitStatus) {
	t.Helper()
	cmd := exec.Command("sh", "-c", script+"; echo ready; cat")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 5)); err != nil {
		t.Fatal(err)
	}
	return cmd.Process.Pid, func() syscall.WaitStatus {
		cmd.Wait()
		return cmd.ProcessState.Sys().(syscall.WaitStatus)
	}
}

func TestEndGroup(t *testing.T) {
	t.Parallel()
	pid, wait := shell(t, "sleep 1000 >/dev/null & :")
	if !alive(pid) || !alive(-pid) {
		t.Fatal("the shell does not live")
	}
	ended := make(chan syscall.WaitStatus)
	go func() { ended <- wait() }() // elsewhere than on Linux, a process is there until somebody waits for it
	end(-pid, syscall.SIGTERM)
	if alive(-pid) {
		t.Error("somebody of the group is left")
	}
	if status := <-ended; status.Signal() != syscall.SIGTERM {
		t.Errorf("ended by %v, want SIGTERM", status.Signal())
	}
}
