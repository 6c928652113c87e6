// Package pgdigest computes on the server what identifies the content of tables: for each a number of rows and a digest that
// depends on nothing but the values of its rows.
//
// The digest is equal for equal content whatever the physical order, the settings of the session, the oids of types, and the
// major version of the server (PostgreSQL 14 to 18). It distinguishes every value that a query can distinguish: NULL from an
// empty text, -0 from 0, 1.0 from 1.00, the bits of floats and vectors.
//
// It guards against faults, not against forgers: each row is hashed to 128 bits by the server's hash_record_extended under two
// seeds, and the hashes are added, so that rows can be hashed in any order and in parallel. It is hashed in the form in which
// values are sent, or printed where that form holds oids; NaNs with different bits within arrays of composites are not told
// apart. Servers of another byte order compute other digests.
package pgdigest
