// Package pgcatalog reads the definition of a PostgreSQL database as statements that make it again, as pg_dump does with
// its schema, over one connection and within the caller's transaction.
//
// [Read] returns a [Catalog]: its Objects are in an order in which their statements succeed in an empty database, and its
// Tables say where rows are and how they are to be copied. The statements come from the server's own pg_get_*def functions
// where those exist, with an empty search_path, so that every name is qualified. [Apply] executes them.
//
// Nothing is lost in silence: an object that the server holds and that no reader here knows is listed in
// Catalog.Unsupported. The servers are those of PostgreSQL 14 to 18.
//
// What belongs to the cluster and not to the database is not read: roles and their memberships and passwords, tablespaces,
// parameters granted to roles. Roles that objects name are listed in Catalog.Roles, so that a restore can see which are
// missing; see [ApplyConfig].
//
// Secrets: the options of user mappings and the connection strings of subscriptions are kept as the reader is allowed to see
// them, because a restored database does not work without. A Catalog is therefore as confidential as the rows.
package pgcatalog
