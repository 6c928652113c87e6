// Package pgwal backs up PostgreSQL clusters physically: their files, and the write-ahead log that carries them onward.
package pgwal
