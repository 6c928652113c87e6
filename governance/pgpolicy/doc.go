// Package pgpolicy carries the rules of a governance.Manifest into PostgreSQL 14 or later, so that a query which goes around
// the guard meets them too: row security, column grants, masking views, and a predicate for the host's own queries.
//
//	policy, err := pgpolicy.New(pgpolicy.Config{Manifest: manifest, Owner: "tutor_owner", Application: "tutor"})
//	plan, err := policy.Plan(ctx, pool) // fmt.Print(plan) shows the SQL, what it locks, and why
//	plan, err = policy.Apply(ctx, pool) // in one transaction
//
//	batch := &pgx.Batch{}
//	err = pgpolicy.Hand(ctx, batch, governance.Read) // who calls, in the same round trip
//	batch.Queue("SELECT content FROM conversation_messages WHERE id = $1", id)
//
// # What PostgreSQL enforces
//
// A caller is handed over in settings of the transaction (shugo.caller, shugo.roles, shugo.purpose, shugo.action). Without
// them, with an unknown role or purpose, or with an action that the command cannot be part of, nothing is reached:
//
//	SELECT  any action: a row must be visible to be returned, found or locked
//	INSERT  create, restore
//	UPDATE  update, erase, restore; the old row and the new one
//	DELETE  delete, erase
//
// A command on a table touches all fields. It reaches the rows about which the guard would allow a call that names no
// Fields: the rules of every category of the dataset allow, none denies, and the standing of the person is heeded (see
// Config.Standing). To see a row in the table, no rule may mask a field of it for the caller. A call that the guard allows
// because it names a few Fields may so be refused here, and never the reverse.
//
// The masking view of a dataset, of its name in Config.Schema, is for everybody else. A field is there, and not NULL, when
// the guard would allow and not mask a call on this field alone; a row is there when one of its fields is allowed. The view
// is a security barrier and reads with the rights of the owner, since security_invoker would demand that the caller may
// select from the table what the view is there to hide. Row security is forced, so that it binds the owner; the view has the
// condition on rows in itself besides. A query that looks for the value of a field which can be masked cannot use an index
// through the view: one who sees everything selects from the table.
//
// A change of the rules replaces the bodies of functions, which waits for nobody: policies and views call them, and ask only
// who owns a row. Each function that is asked costs a few microseconds in a statement, and nothing in a row.
//
// A role that no rule of this package is about, such as one for backups, needs BYPASSRLS. So does a migration that changes
// rows as the owner.
//
// # Columns that come later
//
// A column is covered when it is there and the manifest covers it when a plan is applied: see Config.Strict. Until then
// nobody but the owner reads or writes it, and it has no comment with its category, which is how Drift finds it. Who uses
// SELECT * gets an error from PostgreSQL as soon as there is such a column.
//
// # What it does not do
//
// Whoever has the application's password can claim to be any caller: the settings identify, they do not authenticate. What
// this package stops is the query that forgets a condition, or is bent by its input and stays a single statement. Policies
// written in Go (governance.Policy) and retention are the guard's alone. A foreign key tells that a key exists, a unique index
// that a value does, and the functions barred and consents tell the application, as the standing relation would, how persons
// stand. PostgreSQL refuses COPY FROM into a table whose row security binds; insert rows instead.
//
// # Concurrency
//
// Everything is safe for concurrent use. No goroutine is started.
//
// # Errors
//
//	ErrNoCaller  Hand: the context has no caller
//	ErrStanding  consent, restriction or a hold decides, and there is no relation that tells
package pgpolicy
