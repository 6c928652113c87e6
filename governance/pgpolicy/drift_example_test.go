package pgpolicy_test

import (
	"encoding/json"
	"fmt"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgpolicy"
)

// A snapshot that was taken in production is judged where it is wanted. Here the application became a superuser.
func ExamplePolicy_Compare() {
	policy, err := pgpolicy.New(pgpolicy.Config{
		Manifest: governance.Manifest{
			Classes:  []governance.Class{{Category: "notes", Personal: true}},
			Datasets: []governance.Dataset{{Store: governance.PostgreSQL, Name: "notes", Category: "notes", Subject: "author"}},
			Rules:    []governance.Rule{{Categories: []governance.Category{"notes"}, Actions: governance.Actions(), Own: true}},
		},
		Owner: "notes_owner", Application: "notes_app",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	var s pgpolicy.Snapshot
	const text = `{"version": 150000, "roles": [{"name": "notes_app", "super": true}, {"name": "notes_owner"}]}`
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		fmt.Println(err)
		return
	}
	report := policy.Compare(s)
	fmt.Println(report.Worst())
	fmt.Println(report.Differences[0])
	fmt.Println(report.Differences[0].Repair.SQL)
	// Output:
	// critical
	// critical application_superuser: role "notes_app": found SUPERUSER, want NOSUPERUSER
	// [ALTER ROLE notes_app NOSUPERUSER]
}

// How bad is it that everybody may read a column?
func ExampleKind_Severity() {
	fmt.Println(pgpolicy.ColumnGrantPublic, pgpolicy.ColumnGrantPublic.Severity())
	fmt.Println(pgpolicy.SubjectIndexMissing, pgpolicy.SubjectIndexMissing.Severity())
	// Output:
	// column_grant_public critical
	// subject_index_missing low
}
