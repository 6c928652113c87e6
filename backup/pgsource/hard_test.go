package pgsource_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/pgsource"
	"github.com/shugo-data/shugo/internal/servertest"
)

// dropSubscriptionsSQL lets a database be dropped.
const dropSubscriptionsSQL = `DO $$ DECLARE s text; BEGIN
	FOR s IN SELECT subname FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database()) LOOP
		EXECUTE format('ALTER SUBSCRIPTION %I SET (slot_name = NONE)', s);
		EXECUTE format('DROP SUBSCRIPTION %I', s);
	END LOOP; END $$`

// The hard cases of the definition are restored with their rows.
func TestHardCases(t *testing.T) {
	t.Parallel()
	from := servertest.Database(t)
	output, err := exec.Command(servertest.Tool(t, "psql"), "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1",
		"--file", filepath.Join("..", "..", "internal", "pgcatalog", "testdata", "hard.sql"), "--output", os.DevNull, from).CombinedOutput()
	if err != nil {
		t.Fatalf("psql: %v\n%s", err, output)
	}
	var repository backuptest.Repository
	r := backedUp(t, &repository, pgsource.Config{URL: from})
	execute(t, from, dropSubscriptionsSQL)
	execute(t, restored(t, r), dropSubscriptionsSQL)

	// What a restore makes before it fails can be taken back, whatever it is.
	for _, at := range []string{"rows", "after indexes"} {
		to := servertest.Database(t)
		ctx, cancel := context.WithCancel(t.Context())
		c := &cutter{Reader: r, do: func() error { return &backup.CorruptError{Object: "x"} }}
		progress := func(backup.Progress) {}
		if at != "rows" {
			c.left.Store(1 << 30)
			progress = func(p backup.Progress) {
				if p.Item == "after indexes" {
					cancel()
				}
			}
		}
		if err := database(t, pgsource.DatabaseConfig{URL: to, Progress: progress}).Restore(ctx, c, backup.Goal{}); err == nil {
			t.Error("a restore that was ended ended well")
		}
		cancel()
		if err := database(t, pgsource.DatabaseConfig{URL: to}).Restore(t.Context(), r, backup.Goal{}); err != nil {
			t.Errorf("after a restore that failed at %s: %v", at, err)
		}
		execute(t, to, dropSubscriptionsSQL)
	}
}
