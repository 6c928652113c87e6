package data

import _ "embed" // for tables.sql

//go:embed tables.sql
var tablesSQL string

// Tables returns the statements that make the tutor's tables in the first schema of the search path. They need pgvector.
func Tables() string { return tablesSQL }
