package pgsource_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

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
}
