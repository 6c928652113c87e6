package pgwal_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/pgwal"
	"github.com/shugo-data/shugo/internal/servertest"
)

// TestRestoreVersions backs up and restores with other versions of the server: SHUGO_POSTGRES_BINS lists the folders of their
// programs.
func TestRestoreVersions(t *testing.T) {
	t.Parallel()
	folders := filepath.SplitList(os.Getenv("SHUGO_POSTGRES_BINS"))
	if len(folders) == 0 {
		t.Skip("SHUGO_POSTGRES_BINS names no folders of other versions' programs")
	}
	for _, bin := range folders {
		t.Run(filepath.Base(filepath.Dir(bin)), func(t *testing.T) {
			t.Parallel()
			config := durable()
			config.Bin, config.Initdb = bin, []string{"--data-checksums"}
			live := servertest.NewClusterWith(t, config)
			d := connect(t, live)
			d.exec(messageTable)
			d.exec(`CREATE TABLE mark (number int)`)
			var repository backuptest.Repository
			receiver, _ := receiving(t, pgwal.ReceiverConfig{Connection: live.URL, Repository: &repository})
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
