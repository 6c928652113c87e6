package pgwal_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/pgwal"
	"github.com/shugo-data/shugo/internal/servertest"
)

// point makes a restore point, and returns its cut.
func (d database) point(name string) backup.Cut {
	lsn := query[string](d, `SELECT pg_create_restore_point($1)::text`, name)
	at, err := backup.ParseLSN(lsn)
	if err != nil {
		d.t.Fatal(err)
	}
	return backup.Cut{System: d.cut().System, Timeline: 1, LSN: at}
}

// TestLocate finds restore points near the end of the log and far from it, the newest of a name, and one behind a gap.
func TestLocate(t *testing.T) {
	t.Parallel()
	config := durable()
	config.Initdb = []string{"--wal-segsize", "1"}
	c := servertest.NewClusterWith(t, config)
	db := connect(t, c)
	db.exec(messageTable)
	var repository backuptest.Repository
	r, _ := receiving(t, pgwal.ReceiverConfig{Connection: c.URL, Repository: &repository})
	fill := func() { // 40 segments
		for range 40 {
			db.exec(`INSERT INTO message (text) SELECT repeat(md5(random()::text), 30) FROM generate_series(1, 300)`)
			db.exec(`SELECT pg_switch_wal()`)
		}
	}
	if _, err := r.Locate(t.Context(), "none"); !errors.Is(err, backup.ErrNotFound) {
		t.Errorf("before anything is there: %v", err)
	}
	db.exec(`INSERT INTO message (text) SELECT repeat(md5(random()::text), 30) FROM generate_series(1, 3000)`)
	far := db.point("far")
	db.point("twice")
	fill()
	twice := db.point("twice")
	near := db.point("あとで")
	db.exec(`INSERT INTO message (text) VALUES ('last')`) // a restore point alone is not flushed at once
	await(t, r, near)
	lost := gapped(t, &repository, near)
	for name, test := range map[string]struct {
		in    pgwal.Logs
		point string
		want  backup.Cut
	}{
		"near":         {&repository, "あとで", near},
		"far":          {&repository, "far", far},
		"the newest":   {&repository, "twice", twice},
		"behind a gap": {lost, "あとで", near},
		"within a gap": {lost, "far", backup.Cut{}},
		"none":         {&repository, "none", backup.Cut{}},
	} {
		t.Run(name, func(t *testing.T) {
			at, _ := receiving(t, pgwal.ReceiverConfig{Connection: c.URL, Repository: test.in, Slot: "other"})
			until(t, "the cluster is not met", func() bool { return at.Status().System != "" && at.Status().Node != "" })
			began := time.Now()
			cut, err := at.Locate(t.Context(), test.point)
			if test.want.LSN == 0 {
				if !errors.Is(err, backup.ErrNotFound) {
					t.Errorf("cut %+v, error %v, expected ErrNotFound", cut, err)
				}
				return
			}
			if diff := cmp.Diff(test.want, cut, cmpopts.IgnoreFields(backup.Cut{}, "Time")); err != nil || diff != "" {
				t.Errorf("error %v (-want +got):\n%s", err, diff)
			}
			if cut.Time.After(began) || began.Sub(cut.Time) > 10*time.Minute {
				t.Errorf("its time is %s, now is %s", cut.Time, began)
			}
		})
	}
}

// gapped returns a copy of a log that lacks what is before a position, but for the first entry.
func gapped(t *testing.T, of *backuptest.Repository, before backup.Cut) *backuptest.Repository {
	t.Helper()
	name := pgwal.LogName(before.System, 1)
	var copied backuptest.Repository
	first := true
	for e, err := range of.Log(name).Entries(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if first || e.Start+(6<<20) > uint64(before.LSN) {
			if err := copied.Log(name).Append(t.Context(), e); err != nil {
				t.Fatal(err)
			}
		}
		first = false
	}
	return &copied
}
