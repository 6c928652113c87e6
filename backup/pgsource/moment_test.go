package pgsource_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/pgsource"
	"github.com/shugo-data/shugo/internal/servertest"
)

// Writers that move amounts between rows of a table in several parts do not change the sum that a backup sees.
func TestOneMoment(t *testing.T) {
	t.Parallel()
	address := made(t, `CREATE TABLE accounts (id int PRIMARY KEY, amount int8, filler text) WITH (fillfactor = 30);
ALTER TABLE accounts ALTER filler SET STORAGE EXTERNAL;
INSERT INTO accounts SELECT g, 1000, repeat(md5(g::text), 100) FROM generate_series(1, 3000) AS g;`)
	ctx, stop := context.WithCancel(t.Context())
	var writers sync.WaitGroup
	for n := range 2 {
		conn := connect(t, address)
		writers.Go(func() {
			for i := n; ctx.Err() == nil; i++ {
				_, err := conn.Exec(t.Context(), fmt.Sprintf(`BEGIN; UPDATE accounts SET amount = amount - 7 WHERE id = %d;
UPDATE accounts SET amount = amount + 7 WHERE id = %d; COMMIT`, 1+i*7919%3000, 1+i*104729%3000), pgx.QueryExecModeSimpleProtocol)
				if err != nil && !strings.Contains(err.Error(), "40P01") {
					t.Error(err)
				}
			}
		})
	}
	var repository backuptest.Repository
	var snapshots []backup.Reader
	for range 2 {
		snapshots = append(snapshots, backedUp(t, &repository, pgsource.Config{URL: address}))
	}
	stop()
	writers.Wait()
	for _, r := range snapshots {
		to := restored(t, r)
		if sum := query[int64](t, to, "SELECT sum(amount)::int8 FROM accounts"); sum != 3_000_000 {
			t.Errorf("the sum is %d", sum)
		}
	}
}

// What was committed before the position of the cut is in the backup, and nothing else.
func TestExactCut(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("makes a cluster of its own")
	}
	cluster := servertest.NewClusterWith(t, servertest.ClusterConfig{Settings: []string{"wal_level=logical"}})
	execute(t, cluster.URL, "CREATE TABLE events (id int8 PRIMARY KEY, before pg_lsn)")
	for _, binding := range []pgsource.Binding{pgsource.BindSlot, pgsource.BindLock, pgsource.BindAuto} {
		execute(t, cluster.URL, "TRUNCATE events")
		ctx, stop := context.WithCancel(t.Context())
		var writers sync.WaitGroup
		var after [3][]backup.LSN
		for n := range after {
			conn := connect(t, cluster.URL)
			writers.Go(func() {
				for ctx.Err() == nil {
					var text string
					_, err := conn.Exec(t.Context(), "INSERT INTO events VALUES ($1, pg_current_wal_insert_lsn())", n+len(after)*len(after[n]))
					if err == nil {
						err = conn.QueryRow(t.Context(), "SELECT pg_current_wal_insert_lsn()::text").Scan(&text)
					}
					lsn, err2 := backup.ParseLSN(text)
					if err := errors.Join(err, err2); err != nil {
						t.Error(err)
						return
					}
					after[n] = append(after[n], lsn)
				}
			})
		}
		var repository backuptest.Repository
		for n := 0; n < 3; n++ {
			checkCut(t, backedUp(t, &repository, pgsource.Config{URL: cluster.URL, Binding: binding}), cluster.URL, fmt.Sprintf("side_%s_%d", binding, n))
		}
		stop()
		writers.Wait()
		snapshots, _ := repository.Snapshots(t.Context())
		for n, s := range snapshots {
			in := map[int64]bool{}
			conn := connect(t, cluster.URL)
			rows, _ := conn.Query(t.Context(), fmt.Sprintf("SELECT id FROM side_%s_%d.events", binding, n))
			ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
			if err != nil {
				t.Fatal(err)
			}
			for _, id := range ids {
				in[id] = true
			}
			for w := range after {
				for i, lsn := range after[w] {
					if lsn <= s.Cut.LSN && !in[int64(w+len(after)*i)] {
						t.Errorf("binding %q: what was committed by %s is not in the cut %s", binding, lsn, s.Cut.LSN)
					}
				}
			}
		}
	}
}

// checkCut restores the events aside and looks for those that were written after the cut.
func checkCut(t *testing.T, r backup.Reader, address, side string) {
	t.Helper()
	d := database(t, pgsource.DatabaseConfig{URL: address})
	if _, err := d.RestoreTable(t.Context(), r, "public", "events", side); err != nil {
		t.Fatal(err)
	}
	if n := query[int64](t, address, "SELECT count(*) FROM "+side+".events WHERE before >= $1::pg_lsn", r.Snapshot().Cut.LSN.String()); n != 0 {
		t.Errorf("%d rows were written after the cut", n)
	}
}

// A table to which rows were added has the same chunks as before, up to the last.
func TestUnchangedChunks(t *testing.T) {
	t.Parallel()
	address := made(t, `CREATE TABLE log (id int PRIMARY KEY, t text); ALTER TABLE log ALTER t SET STORAGE EXTERNAL;
INSERT INTO log SELECT g, repeat(md5(g::text), 150) FROM generate_series(1, 5000) AS g`)
	var repository backuptest.Repository
	chunks := func(r backup.Reader) map[[32]byte]bool {
		all := map[[32]byte]bool{}
		for _, item := range r.Items() {
			for n := 0; item.Kind == "rows" && n < item.Chunks; n++ {
				data, err := r.Chunk(t.Context(), item.Name, n)
				if err != nil {
					t.Fatal(err)
				}
				all[sha256.Sum256(data)] = true
			}
		}
		return all
	}
	before := chunks(backedUp(t, &repository, pgsource.Config{URL: address, Jobs: 1}))
	execute(t, address, "INSERT INTO log SELECT g, repeat(md5(g::text), 150) FROM generate_series(5001, 8000) AS g")
	after := chunks(backedUp(t, &repository, pgsource.Config{URL: address, Jobs: 4}))
	same := 0
	for chunk := range before {
		if after[chunk] {
			same++
		}
	}
	if same < len(before)-1 || len(before) < 5 || len(after) <= len(before) {
		t.Errorf("%d of %d chunks are the same, of %d", same, len(before), len(after))
	}
}
