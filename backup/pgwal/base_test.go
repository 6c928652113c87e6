package pgwal_test

import (
	"context"
	"testing"
	"time"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/pgwal"
	"github.com/shugo-data/shugo/internal/servertest"
)

func TestTemp(t *testing.T) {
	c := servertest.NewClusterWith(t, servertest.ClusterConfig{Settings: []string{"wal_level=replica", "max_wal_senders=4"}})
	s, err := pgwal.NewSource(pgwal.SourceConfig{Connection: c.URL, Progress: func(p backup.Progress) { t.Log(p) }})
	if err != nil {
		t.Fatal(err)
	}
	var r backuptest.Repository
	began := time.Now()
	snap, err := r.Write(context.Background(), "cluster", s.Backup)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v %v", snap, time.Since(began))
}
