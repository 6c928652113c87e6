// Package govvet is a check for go vet that finds database calls that go around the guard of package governance, so that
// a path without rules and without an audit trail fails the build instead of waiting for a reviewer to see it.
//
//	go run github.com/shugo-data/shugo/governance/govvet/cmd/govvet ./...
//
// or, as a tool of go vet:
//
//	go install github.com/shugo-data/shugo/governance/govvet/cmd/govvet
//	go vet -vettool=$(which govvet) ./...
//
// # The rule
//
// A call that sends a statement to a database must be governed. Statements are sent by
//
//   - github.com/jackc/pgx, pgxpool and pgconn: Exec, Query, QueryRow, SendBatch, CopyFrom, CopyTo, Batch.Queue, the
//     Exec... and Send... methods of pgconn, large objects;
//   - database/sql and database/sql/driver: Exec, Query, QueryRow and their Context forms, prepared or not;
//   - github.com/neo4j/neo4j-go-driver: ExecuteQuery, and Run of sessions and of transactions of every kind;
//   - methods of the host with the form of these, in its interfaces (such as the DBTX of a query generator) and in types that
//     decorate a driver by handing statements on;
//   - functions of other packages that reach one of these, which the check finds out when it runs on them.
//
// What sends no data is free: to connect, ping, begin, prepare, commit, open a session, read rows that have come.
//
// A function is governed when it is the call that governance.Wrap, WrapErr or WrapSeq is given, or when it is reached from
// such functions alone. It may be given as a method value, a function literal, what a function returns, by a variable,
// a field, a list or a helper that does nothing with its parameter but to hand it to Wrap. The checks of Wrap, and the
// functions of an Operation, run outside of the governed call and are not governed by it.
//
// A mention counts as a call: a statement cannot hide in a method value, a goroutine, a closure, an alias or an embedded
// pool. A function that is governed in one place and called by itself in another is reported at the other.
//
// # Repositories in packages of their own
//
// A raw repository that another package governs says so, and its callers are checked instead:
//
//	// Store keeps notes in PostgreSQL.
//	//
//	//shugo:raw package notes governs it
//	type Store struct{ pool *pgxpool.Pool }
//
// The directive stands at a function, at a type for all of its methods, or above a package clause for the package, generated
// files included. In every package that imports it, a call of such a function must be governed. So must a call by an
// interface that a raw repository serves, or whose method is given to Wrap, unless a governed repository serves the
// same interface. A main package has no callers, and must wrap what it has.
//
// # Exceptions
//
// What may go around the guard says why:
//
//	//shugo:ungoverned migrations run before the guard exists
//	func migrate(ctx context.Context, pool *pgxpool.Pool) error {
//
// The directive stands at a function or type, with all that is reached from it alone; above a package clause, for the file;
// or on the line of a statement or the line before. One without a reason is a finding, and so is one that exempts
// nothing, or a raw that marks nothing. "grep -r //shugo:ungoverned" is the list of all exceptions.
//
// Test files are looked at with -tests only, which go vet calls -govvet.tests. Generated files are looked at. Shugo's own
// packages are not: they are the adapters that the guard works with.
//
// # What it does not see
//
// Files that the build tags of the run leave out. Statements by reflection, by unsafe or by a driver that it does not know.
// Calls by interfaces of other modules and of the standard library, when the repository behind them is raw. Calls by an
// interface that a raw and a governed repository both serve: which one is behind it, only running shows. A raw
// repository that becomes an interface by an assertion from any. The order of things: a function literal that is given to
// Wrap and stays unused is governed.
//
// It is safe for concurrent use by a driver of analyzers.
package govvet
