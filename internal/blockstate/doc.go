// Package blockstate keeps additive aggregates of a PostgreSQL table by ranges of its blocks, and brings them up to date by
// reading what changed: the result is that of a scan of the whole table in the same snapshot, or the whole table is read.
package blockstate
