package pgwal_test

import (
	"testing"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/pgwal"
	"github.com/shugo-data/shugo/internal/servertest"
)

// TestRestoreVersions backs up and restores with other versions of the server.
func TestRestoreVersions(t *testing.T) {
	t.Parallel()
	for _, release := range releases() {
		t.Run(release, func(t *testing.T) {
			t.Parallel()
			bin := servertest.Release(t, release)
			config := durable()
			config.Bin, config.Initdb = bin, []string{"--data-checksums"}
			live := servertest.NewClusterWith(t, config)
			d := connect(t, live)
			d.exec(messageTable)
			d.exec(`CREATE TABLE mark (number int)`)
			var repository backuptest.Repository
			receiver, _ := receiving(t, pgwal.ReceiverConfig{Connection: live.URL, Repository: &repository})
			until(t, "the receiver does not stream", func() bool { return receiver.Status().Alive() }) // the base needs the log from its start on
			stop := load(t, live.URL, 2)
			r := takeBase(t, &repository, source(t, live, pgwal.SourceConfig{Await: receiver.Await}))
			marks := makeMarks(t, d, 0, 9)
			stop()
			await(t, receiver, d.cut())
			for name, to := range map[string]backup.Goal{"end": {}, "time": {Time: marks[8].time}, "point": {Point: marks[8].point}, "LSN": {LSN: marks[8].lsn}} {
				_, c := restored(t, &starter{t: t, live: live}, r, to, pgwal.DirectoryConfig{})
				if got := query[int](connect(t, c), `SELECT count(*) FROM mark`); got != 9 {
					t.Errorf("%s: %d marks, expected 9", name, got)
				}
			}
		})
	}
}
