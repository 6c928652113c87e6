// Package pgpolicy carries the rules of a governance.Manifest into PostgreSQL 14 or later, so that a query which goes around
// the program meets them too.
package pgpolicy
