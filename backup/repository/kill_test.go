package repository

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/dirtarget"
	"github.com/shugo-data/shugo/internal/servertest"
)

// killedDir names the directory of the process that is to be killed.
const killedDir = "SHUGO_TEST_KILLED_DIR"

// killedConfig is the repository in a directory, with as many places as there are.
func killedConfig(dir string, places int) (Config, error) {
	c := Config{Key: Key{1}, Margin: 1, Lease: 500 * time.Millisecond, Concurrency: 2}
	for i := range places {
		target, err := dirtarget.New(dirtarget.Config{Dir: filepath.Join(dir, fmt.Sprint("place", i))})
		if err != nil {
			return c, err
		}
		c.Places = append(c.Places, backup.Place{Name: fmt.Sprint("place", i), Target: target})
	}
	return c, nil
}

// killedItems is what the snapshot of a seed holds.
func killedItems(seed uint64) map[string][]byte {
	random := rand.New(rand.NewPCG(seed, 1))
	items := map[string][]byte{"seed": binary.BigEndian.AppendUint64(nil, seed)}
	for i := range 3 {
		data := make([]byte, 1+random.IntN(60_000))
		for n := range data {
			data[n] = byte(random.Uint32())
		}
		items[fmt.Sprint("item", i)] = data
	}
	items["same"] = bytes.Repeat([]byte{byte(seed % 5)}, 9000)
	return items
}

// TestKill kills a process that backs up and prunes, again and again, and looks at what it left.
func TestKill(t *testing.T) {
	if dir := os.Getenv(killedDir); dir != "" {
		t.Fatal(beKilled(t.Context(), dir))
	}
	t.Parallel()
	for places := 1; places <= 2; places++ {
		t.Run(fmt.Sprint(places), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			config, err := killedConfig(dir, places)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := Create(t.Context(), config); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "places"), []byte(strconv.Itoa(places)), 0o600); err != nil {
				t.Fatal(err)
			}
			random := rand.New(rand.NewPCG(uint64(places), 3))
			for round := range servertest.Count(4, 250) {
				kill(t, dir, time.Duration(random.IntN(300_000))*time.Microsecond)
				checkKilled(t, config, dir, round)
			}
			settleKilled(t, config)
		})
	}
}

// kill starts a process, waits until it works and for a while longer, and kills it.
func kill(t *testing.T, dir string, after time.Duration) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKill$")
	cmd.Env = append(os.Environ(), killedDir+"="+dir)
	var output bytes.Buffer
	cmd.Stderr = &output
	ready, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 4096)
	n, err := ready.Read(buf)
	if err != nil || !bytes.Contains(buf[:n], []byte("at work")) {
		t.Errorf("the process: %v, %s %s", err, buf[:n], output.Bytes())
	}
	<-time.After(after)
	if err := cmd.Process.Kill(); err != nil {
		t.Errorf("%v: %s %s", err, buf[:n], output.Bytes())
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.Exited() {
		t.Fatalf("the process ended by itself: %v, %s %s", err, buf[:n], output.Bytes())
	}
}

// beKilled backs up and prunes until the process is killed. What is committed, and what is to be given up, is in a file
// before the next thing is done.
func beKilled(ctx context.Context, dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, "places"))
	if err != nil {
		return err
	}
	places, err := strconv.Atoi(string(text))
	if err != nil {
		return err
	}
	config, err := killedConfig(dir, places)
	if err != nil {
		return err
	}
	acks, err := os.OpenFile(filepath.Join(dir, "acks"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	note := func(word string, id backup.SnapshotID) error {
		_, err := fmt.Fprintln(acks, word, id)
		return errors.Join(err, acks.Sync())
	}
	r, err := Open(ctx, config)
	if err != nil {
		return err
	}
	fmt.Println("at work")
	for seed := rand.Uint64(); ; seed++ {
		snapshot, err := r.Write(ctx, "store", func(ctx context.Context, w backup.Writer) (backup.Cut, error) {
			return backup.Cut{}, writeKilled(ctx, w, seed)
		})
		if err != nil && !errors.Is(err, ErrLease) {
			return err
		}
		if err == nil {
			if err := note("have", snapshot.ID); err != nil {
				return err
			}
		}
		all, err := r.Snapshots(ctx)
		if err != nil {
			return err
		}
		var keep backup.Keep
		for i, s := range all {
			if i >= len(all)-3 {
				keep.Snapshots = append(keep.Snapshots, s.ID)
			} else if err := note("drop", s.ID); err != nil {
				return err
			}
		}
		if _, err := r.Prune(ctx, keep); err != nil && !errors.Is(err, ErrLease) {
			return err
		}
	}
}

func writeKilled(ctx context.Context, w backup.Writer, seed uint64) error {
	for name, data := range killedItems(seed) {
		item, err := w.Create(ctx, name, "bytes")
		if err != nil {
			return err
		}
		for chunk := range slices.Chunk(data, 4096) {
			if err := item.Append(ctx, backup.Chunk{Data: chunk}); err != nil {
				return err
			}
		}
		if err := item.Commit(ctx, nil); err != nil {
			return err
		}
	}
	return nil
}

// checkKilled reads every snapshot: all that are there are whole, and all that were acknowledged and not given up are there.
func checkKilled(t *testing.T, config Config, dir string, round int) {
	t.Helper()
	ctx := t.Context()
	r, err := Open(ctx, config)
	if err != nil {
		t.Fatalf("round %d: open: %v", round, err)
	}
	all, err := r.Snapshots(ctx)
	if err != nil {
		t.Fatalf("round %d: %v", round, err)
	}
	there := map[string]bool{}
	for _, s := range all {
		there[string(s.ID)] = true
		if err := readKilled(ctx, r, s.ID); err != nil {
			t.Fatalf("round %d: snapshot %s: %v", round, s.ID, err)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "acks"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	for _, line := range lines[:len(lines)-1] {
		word, id, _ := strings.Cut(line, " ")
		if word == "have" && !there[id] && !slices.Contains(lines, "drop "+id) {
			t.Fatalf("round %d: snapshot %s was acknowledged and is lost", round, id)
		}
	}
	v, err := r.Verify(ctx)
	if err != nil || !v.Passed() || len(config.Places) == 1 && len(v.Damaged) > 0 {
		t.Fatalf("round %d: verification: %+v, %v", round, v.Damaged, err)
	}
}

func readKilled(ctx context.Context, r *Repository, id backup.SnapshotID) error {
	reader, err := r.Open(ctx, id)
	if err != nil {
		return err
	}
	seed, err := reader.Chunk(ctx, "seed", 0)
	if err != nil {
		return err
	}
	items := killedItems(binary.BigEndian.Uint64(seed))
	if len(reader.Items()) != len(items) {
		return fmt.Errorf("%d items, expected %d", len(reader.Items()), len(items))
	}
	for _, item := range reader.Items() {
		var data []byte
		for n := range item.Chunks {
			chunk, err := reader.Chunk(ctx, item.Name, n)
			if err != nil {
				return err
			}
			data = append(data, chunk...)
		}
		if !bytes.Equal(data, items[item.Name]) {
			return fmt.Errorf("item %s is wrong", item.Name)
		}
	}
	return nil
}

// settleKilled prunes, a day later each time, until nothing is left but what the newest record claims.
func settleKilled(t *testing.T, config Config) {
	t.Helper()
	ctx := t.Context()
	later := time.Duration(0)
	config.Clock = func() time.Time { return time.Now().Add(later) }
	r, err := Open(ctx, config)
	if err != nil {
		t.Fatal(err)
	}
	for range 6 {
		later += 24 * time.Hour
		var keep backup.Keep
		all, err := r.Snapshots(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range all {
			keep.Snapshots = append(keep.Snapshots, s.ID)
		}
		if _, err := r.Prune(ctx, keep); err != nil {
			t.Fatal(err)
		}
	}
	c, err := r.claimsOf(ctx, r.current.record)
	if err != nil {
		t.Fatal(err)
	}
	for i := range config.Places {
		if err := r.each(ctx, i, "", func(o backup.Object) error {
			if !c.has(o.Name) {
				t.Errorf("%s is left", o.Name)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	for _, e := range r.current.Snapshots {
		if err := readKilled(ctx, r, e.ID); err != nil {
			t.Fatal(err)
		}
	}
}
