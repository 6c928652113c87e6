package walsink_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/walsink"
	"github.com/shugo-data/shugo/internal/leaf"
	"github.com/shugo-data/shugo/internal/servertest"
)

// inbox is a receiver that keeps the numbers of events in a file, 8 bytes each, so that its size says what comes next.
type inbox struct{ file *os.File }

func openInbox(dir string) (inbox, error) {
	f, err := os.OpenFile(filepath.Join(dir, "inbox"), os.O_RDWR|os.O_CREATE, 0o600)
	return inbox{f}, err
}

func (b inbox) take(_ context.Context, _ string, first int64, entries [][]byte) error {
	info, err := b.file.Stat()
	if err != nil {
		return err
	}
	next := info.Size() / 8 // a part of a number is written anew
	if first > next {
		return errGap
	}
	if next-first >= int64(len(entries)) {
		return nil
	}
	var out []byte
	for _, entry := range entries[next-first:] {
		e, err := leaf.Unmarshal(entry)
		if err != nil {
			return err
		}
		r, err := e.Record()
		if err != nil {
			return err
		}
		out = binary.BigEndian.AppendUint64(out, number(r.ID))
	}
	_, err = b.file.WriteAt(out, next*8)
	return err
}

// child records and ships until it is killed, and writes the number of each event to its output when it is on record.
func child(dir string) int {
	p, err := governance.NewPseudonyms([]byte("a key for tests of thirty-two b."))
	if err != nil {
		return 2
	}
	box, err := openInbox(dir)
	if err != nil {
		return 3
	}
	sink, err := walsink.New(walsink.Config{Dir: filepath.Join(dir, "wal"), Pseudonyms: p, SegmentBytes: 8 << 10, BatchEntries: 20,
		Interval: time.Millisecond, Ship: box.take})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 4
	}
	go sink.Run(context.Background())
	start := uint64(time.Now().UnixNano())
	var output sync.Mutex
	var group sync.WaitGroup
	for w := range uint64(8) {
		group.Go(func() {
			for i := uint64(0); ; i++ {
				n := start + i*8 + w
				if err := sink.Record(context.Background(), event(governance.Denial, n)); err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(5)
				}
				output.Lock()
				os.Stdout.Write(binary.BigEndian.AppendUint64(nil, n))
				output.Unlock()
			}
		})
	}
	group.Wait()
	return 0
}

// TestKill kills a process at random moments, again and again. In the end each event that was on record has been shipped
// once, whatever moment it was, and no event twice.
func TestKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	recorded := map[uint64]bool{}
	for range servertest.Count(10, 200) {
		killOnce(t, dir, recorded)
	}
	box, err := openInbox(dir)
	if err != nil {
		t.Fatal(err)
	}
	sink := open(t, walsink.Config{Dir: filepath.Join(dir, "wal"), Ship: box.take})
	if err := sink.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(box.file.Name())
	if err != nil {
		t.Fatal(err)
	}
	shipped := map[uint64]int{}
	for ; len(b) >= 8; b = b[8:] {
		shipped[binary.BigEndian.Uint64(b)]++
	}
	for n := range recorded {
		if shipped[n] != 1 {
			t.Errorf("event %d is on record, and was shipped %d times", n, shipped[n])
		}
	}
	for n, times := range shipped {
		if times > 1 {
			t.Errorf("event %d was shipped %d times", n, times)
		}
	}
	if len(recorded) == 0 {
		t.Error("nothing was recorded")
	}
	t.Logf("%d events on record, %d shipped", len(recorded), len(shipped))
}

// killOnce starts a process, kills it after some of its events, and notes which were on record.
func killOnce(t *testing.T, dir string, recorded map[uint64]bool) {
	t.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), childVariable+"="+dir)
	command.Stderr = os.Stderr
	pipe, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	output := bufio.NewReader(pipe)
	for left := 1 + rand.IntN(600); ; left-- {
		var n [8]byte
		if _, err := io.ReadFull(output, n[:]); err != nil {
			if left > 0 {
				t.Fatalf("the process ended by itself: %v", err)
			}
			break
		}
		recorded[binary.BigEndian.Uint64(n[:])] = true
		if left == 0 {
			if err := command.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	var exit *exec.ExitError
	if err := command.Wait(); !errors.As(err, &exit) || exit.Exited() {
		t.Fatalf("the process was not killed: %v", err)
	}
}
