package pgwal_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/pgwal"
	"github.com/shugo-data/shugo/internal/servertest"
)

// TestRestoreAcrossTimelines fails over to a timeline that is not the next, from 1 to 3, and restores a base backup of the
// first to moments on both.
func TestRestoreAcrossTimelines(t *testing.T) {
	t.Parallel()
	first := servertest.NewClusterWith(t, durable())
	d := connect(t, first)
	d.exec(`CREATE TABLE mark (number int)`)
	var repository backuptest.Repository
	receiver, stop := receiving(t, pgwal.ReceiverConfig{Connection: first.URL, Repository: &repository})
	r := takeBase(t, &repository, source(t, first, pgwal.SourceConfig{Await: receiver.Await}))
	before := makeMarks(t, d, 0, 5)
	await(t, receiver, d.cut())
	if err := stop(); err != nil {
		t.Logf("the receiver ended: %v", err)
	}
	_, second := restored(t, &starter{t: t, live: first}, r, backup.Goal{}, pgwal.DirectoryConfig{Action: pgwal.Pause})
	lost := makeMarks(t, d, 100, 1) // of which nobody knows
	first.StopImmediate(t)
	history := filepath.Join(second.Data()+".wal", "00000002.history")
	if err := os.WriteFile(history, []byte("1\t"+lost[0].lsn.String()+"\tanother went there\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	e := connect(t, second)
	if !query[bool](e, `SELECT pg_is_in_recovery()`) {
		t.Fatal("the server left recovery by itself")
	}
	of := takeBase(t, &repository, source(t, second, pgwal.SourceConfig{Name: "standby"}))
	if !query[bool](e, `SELECT pg_promote()`) {
		t.Fatal("the server was not promoted")
	}
	e.exec(`CHECKPOINT`)
	receiver, _ = receiving(t, pgwal.ReceiverConfig{Connection: second.URL, Repository: &repository})
	after := makeMarks(t, e, 5, 5)
	cut := e.cut()
	if cut.Timeline != 3 {
		t.Fatalf("timeline %d, expected 3", cut.Timeline)
	}
	await(t, receiver, cut)
	for name, test := range map[string]struct {
		from     backup.Reader
		to       backup.Goal
		timeline uint32
		marks    int
		writes   int64 // timeline that the restored server begins
	}{
		"end":                      {r, backup.Goal{}, 0, 10, 4},
		"later timeline, LSN":      {r, backup.Goal{LSN: after[1].lsn}, 0, 7, 4},
		"later timeline, point":    {r, backup.Goal{Point: after[2].point}, 3, 8, 4},
		"earlier timeline, time":   {r, backup.Goal{Time: before[2].time}, 0, 3, 2},
		"earlier timeline, end":    {r, backup.Goal{}, 1, 5, 2},
		"base of a standby":        {of, backup.Goal{Time: after[3].time}, 0, 9, 4},
		"the moment of the switch": {r, backup.Goal{LSN: before[4].lsn}, 0, 5, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, c := restored(t, &starter{t: t, live: second}, test.from, test.to, pgwal.DirectoryConfig{Timeline: test.timeline})
			f := connect(t, c)
			if got := query[int](f, `SELECT count(*) FROM mark`); got != test.marks {
				t.Errorf("%d marks, expected %d", got, test.marks)
			}
			f.exec(`CHECKPOINT`)
			if got := query[int64](f, `SELECT timeline_id FROM pg_control_checkpoint()`); got != test.writes {
				t.Errorf("the restored server is on timeline %d, expected %d", got, test.writes)
			}
		})
	}
	dir, err := pgwal.NewDirectory(pgwal.DirectoryConfig{Path: filepath.Join(scratch(t), "data"), Timeline: 2})
	if err != nil {
		t.Fatal(err)
	}
	if err := dir.Restore(t.Context(), r, backup.Goal{}); !errors.Is(err, backup.ErrUnreachable) {
		t.Errorf("restore to a timeline that nobody knows: %v", err)
	}
}
