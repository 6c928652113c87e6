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
// What belongs to the cluster and not to the database is not read: roles with their memberships, passwords and settings,
// privileges on parameters, and tablespaces: everything is made in the default one. Roles that objects name are listed in
// Catalog.Roles, so that a restore can see which are missing; see [ApplyConfig].
//
// Secrets: the options of foreign servers and user mappings and the connection strings of subscriptions are kept as the reader
// is allowed to see them, because a restored database does not work without. A Catalog is therefore as confidential as the rows.
// What only a superuser may see is listed in Catalog.Unsupported for others.
//
// Subscriptions are made disabled and unconnected: two servers must not take the changes of one slot.
//
// Cycles are broken as pg_dump breaks them: defaults, foreign keys and such checks as need it come after their tables, a range
// begins as a shell, a view of a cycle is made twice. So is a function that calls itself in a body that is parsed, which pg_dump
// does not make again. What is left of cycles is in Catalog.Unsupported. Four things that servers allow and that cannot be made
// again, by pg_dump neither, are errors of [Apply]: a view that reads itself; a materialized view whose query fails, as one of a
// cycle of views does; two foreign keys of one table to one partitioned table, under names that the server chose while the latter
// had no partitions; a domain over a composite whose check calls a function that is parsed and needs a primary key.
package pgcatalog
