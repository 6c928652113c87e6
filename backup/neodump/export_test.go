package neodump

import (
	"io"

	"github.com/shugo-data/shugo/backup"
)

// ReadArchive is readArchive.
func ReadArchive(r io.Reader) ([]backup.Fact, error) { return readArchive(r) }

// Notes is what is kept of the tool's output.
type Notes struct {
	Lines  int
	Cause  error
	Detail string
}

// Take notes of pieces of output.
func Take(pieces ...[]byte) Notes {
	var n notes
	for _, piece := range pieces {
		n.Write(piece) //nolint:errcheck // it returns none
	}
	return Notes{n.lines, n.cause, n.detail()}
}

// Move renames a database and its transaction logs.
func Move(data, transactions, toData, toTransactions string) error {
	return place{data, transactions}.move(place{toData, toTransactions})
}
