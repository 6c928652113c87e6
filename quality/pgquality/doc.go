// Package pgquality answers suites of package quality in PostgreSQL, and plans before it reads.
//
// What the catalog proves is not read: NOT NULL, unique indexes, foreign keys, the number of dimensions that the type of a vector fixes,
// and every test that a validated CHECK constraint implies, which the server's own planner is asked about (with constraint_exclusion, by
// the plan of a query for the bad rows: if it needs no scan, there are none). The tests of rows that are left are rewritten into one
// pass over the table, each in the cheapest form that means the same; each key whose uniqueness is not proven costs one hash aggregate.
// [Assessor.Explain] prints the plan, with every statement, before anything is read.
//
// Everything that a suite asks is read in one REPEATABLE READ, READ ONLY snapshot, so that figures do not contradict each other, under
// limits of time for statements and locks, and under an advisory lock, so that two processes never assess the same suite at once.
//
// # What never counts as proof
//
// Constraints that are not validated, not enforced or deferrable; indexes that are invalid, partial, on expressions, of other than the
// default operators, or over columns that may hold several NULLs; CHECKs of foreign tables; foreign keys whose triggers are disabled;
// and the uniqueness of a table that others inherit from. A superuser who loads rows with session_replication_role set to replica goes
// around foreign keys without a trace; no catalog can tell.
//
// # What reports hold
//
// No value of a field, unless a check reveals it: failing rows are named by their keys, errors of the server lose their text and keep
// their SQLSTATE, since PostgreSQL puts values into its messages.
package pgquality
