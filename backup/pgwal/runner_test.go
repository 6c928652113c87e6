package pgwal_test

import (
	"context"
	"crypto/ed25519"
	"path/filepath"
	"testing"
	"time"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/pgwal"
	"github.com/shugo-data/shugo/internal/servertest"
)

// scratchClusters is where the drills of a test restore.
type scratchClusters struct {
	t    *testing.T
	live *servertest.Cluster
}

// Open implements backup.Scratch.
func (s scratchClusters) Open(context.Context) (backup.Destination, func(context.Context) error, error) {
	at := &starter{t: s.t, live: s.live}
	d, err := pgwal.NewDirectory(pgwal.DirectoryConfig{Path: filepath.Join(scratch(s.t), "data"), Start: at.start})
	if err != nil {
		return nil, nil, err
	}
	return d, func(context.Context) error { return d.Close() }, nil
}

// A Runner with a real repository backs a cluster up, proves it, and brings it back to a moment before a mistake and to the end.
func TestRunner(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	live := servertest.NewClusterWith(t, durable())
	db := connect(t, live)
	db.exec(messageTable)
	kept, _ := onDisk(t)
	receiver, _ := receiving(t, pgwal.ReceiverConfig{Connection: live.URL, Repository: kept})
	until(t, "the receiver does not stream", func() bool { return receiver.Status().Alive() })
	witness, err := pgwal.NewWitness(pgwal.WitnessConfig{Connection: live.URL, Patience: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	tier := backup.Tier{Name: "critical", Every: 15 * time.Minute, Base: 24 * time.Hour, Continuous: true,
		RPO: 15 * time.Minute, RTO: 30 * time.Minute, Kinds: []backup.PlaceKind{backup.Local}}
	runner, err := backup.New(backup.Config{Tiers: []backup.Tier{tier}, Signer: key, Jobs: []backup.Job{{
		Source: source(t, live, pgwal.SourceConfig{Name: "cluster", Await: receiver.Await}), Tier: "critical", Repository: kept,
		Stream: receiver, Witness: witness, Scratch: scratchClusters{t, live}}}})
	if err != nil {
		t.Fatal(err)
	}
	stop := load(t, live.URL, 2)
	if _, err := runner.Backup(ctx, "cluster"); err != nil {
		t.Fatal(err)
	}
	certificate, err := runner.Drill(ctx, "cluster")
	if err != nil || !certificate.Passed() || len(certificate.Want) < 2 {
		t.Fatalf("%v: %s: %+v", err, certificate.Verdict(), certificate.Want)
	}
	db.exec(`SELECT pg_create_restore_point('before the mistake')`)
	stop()
	until(t, "a session that was left is there still", func() bool { // it may have a statement that it was sent and has not read yet
		return query[bool](db, `SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid())`)
	})
	before := query[int64](db, `SELECT count(*) FROM message`)
	db.exec(`DELETE FROM message`)
	last := db.cut()
	await(t, receiver, last)
	for _, test := range []struct {
		goal backup.Goal
		rows func(int64) bool
	}{
		{backup.Goal{Point: "before the mistake"}, func(n int64) bool { return n > 0 && n <= before }},
		{backup.Goal{}, func(n int64) bool { return n == 0 }},
	} {
		plan, err := runner.Plan(ctx, test.goal)
		if err != nil {
			t.Fatal(err)
		}
		if !plan.Assessed() || !plan.Steps[0].Proven {
			t.Errorf("the plan does not know of the drill: %+v", plan)
		}
		at := &starter{t: t, live: live}
		d, err := pgwal.NewDirectory(pgwal.DirectoryConfig{Path: filepath.Join(scratch(t), "data"), Start: at.start})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		done, err := runner.Restore(ctx, plan, map[string]backup.Destination{"cluster": d})
		if err != nil || done.Steps[0].State != backup.Whole {
			t.Fatalf("%v: %+v", err, done)
		}
		if n := query[int64](connect(t, at.restored), `SELECT count(*) FROM message`); !test.rows(n) {
			t.Errorf("%+v: %d rows, of %d before the mistake", test.goal, n, before)
		}
	}
	if d := receiver.Durable(); d.LSN < last.LSN || time.Since(d.Time) > time.Minute {
		t.Errorf("durable %+v, expected %s or more, a moment ago", d, last.LSN)
	}
}
