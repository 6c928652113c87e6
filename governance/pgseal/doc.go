// Package pgseal makes the audit trail of package pgsink prove itself.
package pgseal
