package neoquality_test

import (
	"fmt"

	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/neoquality"
)

// A suite of a label and one of a relationship type. New finds what is wrong with them before a server is asked.
func ExampleNew() {
	teachers := quality.Suite{Dataset: "Teacher", Key: []string{"id"}, Checks: []quality.Check{
		{Test: quality.NotNull{Field: "name"}, Severity: quality.High},
		{Test: quality.ColumnType{Field: "embedding", Types: []string{"LIST<FLOAT>"}}},
		{Test: quality.Unique{Fields: []string{"id"}}},
		{Test: neoquality.Connected{Types: []string{"TEACHES"}, Direction: neoquality.Outgoing}},
		{Test: neoquality.HasIndex{Type: neoquality.VectorIndex, Properties: []string{"embedding"}, Dimensions: 1536, Similarity: "cosine"}},
	}}
	teaches := quality.Suite{Dataset: "[:TEACHES]", Checks: []quality.Check{
		{Test: neoquality.Endpoints{From: []string{"Teacher"}, To: []string{"Course"}}},
		{Test: neoquality.NoParallel{}},
		{Test: neoquality.Degree{Max: 3}},
	}}
	_, err := neoquality.New(neoquality.Config{Suites: []quality.Suite{teachers, teaches}})
	fmt.Println(err)
	// Output:
	// neoquality: faulty config: suite [:TEACHES]: check 3 (degree): relationships have none: expected a suite of a label
}
