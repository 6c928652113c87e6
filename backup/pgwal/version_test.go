package pgwal_test

import (
	"testing"

	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/pgwal"
	"github.com/shugo-data/shugo/internal/servertest"
)

// releases are the other versions that are tested.
func releases() []string {
	if servertest.Count(0, 1) == 1 {
		return []string{"14.23.0", "16.15.0", "17.11.0", "18.6.0"}
	}
	return []string{"14.23.0", "18.6.0"}
}

// TestVersions receives from servers of other versions, killed in between.
func TestVersions(t *testing.T) {
	t.Parallel()
	for _, release := range releases() {
		config := durable()
		config.Bin = servertest.Release(t, release)
		config.Settings = append(config.Settings, "wal_keep_size=1GB")
		c := servertest.NewClusterWith(t, config)
		version, err := c.Program("postgres", "--version")
		if err != nil {
			t.Fatal(err)
		}
		t.Run(version, func(t *testing.T) {
			var repository backuptest.Repository
			r, _ := receiving(t, pgwal.ReceiverConfig{Connection: c.URL, Repository: &repository})
			connect(t, c).exec(messageTable)
			stop := load(t, c.URL, 2)
			for range 2 {
				await(t, r, connect(t, c).cut())
				connects := r.Status().Connects
				c.Kill(t)
				c.Start(t)
				until(t, "the receiver does not come back", func() bool { return r.Status().Connects > connects })
			}
			stop()
			db := connect(t, c)
			db.exec(`SELECT pg_switch_wal()`)
			db.exec(`INSERT INTO message (text) VALUES ('last')`)
			cut := db.cut()
			await(t, r, cut)
			start, data := stored(t, &repository, pgwal.LogName(cut.System, 1))
			sameAsDisk(t, c, 1, 16<<20, start, data)
			if s := r.Status(); !s.Alive() || s.Gap != nil || s.Slot.Name != "shugo" {
				t.Errorf("status %+v", s)
			}
		})
	}
}
