package pgsource_test

import (
	"context"
	"fmt"
	"os"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/pgsource"
	"github.com/shugo-data/shugo/governance"
)

// All that is wrong with a configuration is said at once, and nothing of an address is shown.
func ExampleNew() {
	_, err := pgsource.New(pgsource.Config{URL: "postgres://tutor:secret@[", Jobs: -1})
	fmt.Println(err)
	// Output:
	// pgsource: URL is no address of a database (25 bytes)
	// pgsource: Jobs is -1, expected 1 to 64
}

// A database is backed up, restored elsewhere and examined; then one person's rows are brought back to the database itself.
func Example() {
	ctx := context.Background()
	live, scratch := os.Getenv("LIVE_URL"), os.Getenv("SCRATCH_URL")
	if live == "" {
		fmt.Println("no database is named")
		return
	}
	source, err := pgsource.New(pgsource.Config{URL: live, Datasets: []governance.Dataset{{Name: "students", Subject: "id"}, {Name: "messages"}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	var repository backuptest.Repository
	snapshot, err := repository.Write(ctx, source.Name(), source.Backup)
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := repository.Open(ctx, snapshot.ID)
	if err != nil {
		fmt.Println(err)
		return
	}
	drill, err := pgsource.NewDatabase(pgsource.DatabaseConfig{URL: scratch, MissingRoles: pgsource.SkipMissing})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := drill.Restore(ctx, r, backup.Goal{}); err != nil {
		fmt.Println(err)
		return
	}
	examined, err := drill.Examine(ctx)
	fmt.Println(len(examined.Facts), err)
	same, err := pgsource.NewDatabase(pgsource.DatabaseConfig{URL: live})
	if err != nil {
		fmt.Println(err)
		return
	}
	tables, err := same.RestorePerson(ctx, r, "student-7", "restored_student_7")
	fmt.Println(tables, err)
	// Output: no database is named
}
