// Package quality holds the words in which the quality of data is asked for and reported, and what can be judged without a store: the six
// dimensions, checks, suites, scores, verdicts, reports, and the gate that stops bad data at the write.
//
// A [Suite] is a plain value: a dataset and its [Check] values, each of which asks one [Test]. Adapters answer it where the data is
// (quality/pgquality in PostgreSQL, quality/neoquality in Neo4j), and [Assess] answers it over a stream. The answer is a [Report]: for
// each check a [Result] that says what was judged, how (proven by the catalog, read in full, incrementally, from a sample with an
// interval) and what would mend it. A report holds no value of a field: failing rows are named by their keys, or by a hash.
//
// # Scores
//
// A score is a share between 0 and 1. Of a test that judges rows it is the share of judged rows that are good; a row whose fields are
// NULL is not judged, unless the test is about that. Of a test that judges the table as a whole it is 1 or 0. The score of a
// dimension is the weighted arithmetic mean of its checks; the overall score is the weighted geometric mean of the dimensions, so
// that a dimension near zero cannot hide behind five good ones; and the overall verdict is never better than that of the worst
// dimension, whatever its weight. A check of severity High or above that fails makes its dimension fail; while it is undecided, so is
// the dimension, at best. What was not assessed has no score and is never a pass: an empty table is not a good table.
package quality
