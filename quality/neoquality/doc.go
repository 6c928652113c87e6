// Package neoquality assesses the quality of a graph in Neo4j 5.26: the suites of package quality, one for each label or relationship
// type, and tests that only a graph has.
//
//	assessor, err := neoquality.New(neoquality.Config{Suites: []quality.Suite{{
//		Dataset: "Teacher", Key: []string{"id"},
//		Checks: []quality.Check{
//			{Test: quality.NotNull{Field: "name"}},
//			{Test: quality.Unique{Fields: []string{"id"}}},
//			{Test: neoquality.Connected{Types: []string{"TEACHES"}}},
//			{Test: neoquality.HasIndex{Type: neoquality.VectorIndex, Properties: []string{"embedding"}, Dimensions: 1536}},
//		},
//	}}})
//	reports, err := assessor.Assess(ctx, driver)
//
// # Few passes
//
// All checks that judge records by themselves, and figures of them, become one statement with one aggregate each, so that a label is read
// once. Checks that group records (Unique, NoParallel), follow references or compare stores are a statement each. What Cypher cannot
// say exactly as package quality means it (regular expressions, exact sums, JSON, layouts, functions of the host) is judged here, on
// one stream of the properties that it reads. What a constraint guarantees reads nothing. [Assessor.Explain] shows all of it.
//
// # Tests
//
// Answered are all tests of package quality that judge rows, but SQL; and ColumnType (as the type of each value, for Neo4j gives a
// property none: "STRING", "LIST<FLOAT>"), Unique, Reference (to another label), RowCount, Fresh, Statistic and HasColumns. Others are
// not assessed, and the result says so. A dangling relationship cannot exist; references by property, to nodes and to other stores
// ([Mirror]), can.
//
// # Where Neo4j differs
//
// Comparing two properties, an integer of 2^53 or more with a float, Neo4j compares both as floats. In Unique, values are the same as
// DISTINCT means it: 1 and 1.0 are, and so are two NaN; one moment in two zones is not. Vectors are lists of floats, and judged in
// double precision. ZONED DATETIME is a time; LOCAL DATETIME and DATE are times of UTC.
//
// # Safety
//
// Statements hold names, quoted, and never values, which are parameters. Nothing is written. Reports, errors and progress hold no value
// of a property but the key of failing records, or its hash (Suite.Hashed). Neo4j Community has no roles: whoever may log in may read
// everything, so that a privilege can be missing, an [ErrForbidden], only in the Enterprise edition.
package neoquality
