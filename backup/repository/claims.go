package repository

import (
	"context"
	"crypto/sha256"
	"errors"
	"strings"

	"github.com/shugo-data/shugo/backup"
)

const (
	packPrefix   = "pack/"
	indexPrefix  = "index/"
	leasePrefix  = "lease/"
	repairPrefix = "repair/"
)

// claims are the objects that the repository consists of by a record.
type claims struct {
	oldest  uint64                       // sequence of the oldest record
	indexes []string                     //
	packs   []string                     // in the order of the indexes
	lists   map[string][sha256.Size]byte // of packs, by name: digest of their list of chunks; of indexes, by name: zero
	logs    map[string]logMark
	lost    []error // indexes that cannot be read
}

// claimsOf reads what a record claims. Indexes that no place has intact are lost; other errors end it.
func (r *Repository) claimsOf(ctx context.Context, rec record) (claims, error) {
	c := claims{oldest: max(rec.Oldest, 1), indexes: rec.Indexes, lists: map[string][sha256.Size]byte{}, logs: rec.Logs}
	for _, name := range rec.Indexes {
		c.lists[name] = [sha256.Size]byte{}
		packs, err := r.packsOf(ctx, []string{name})
		if errors.Is(err, backup.ErrCorrupt) {
			c.lost = append(c.lost, err)
			continue
		}
		if err != nil {
			return c, err
		}
		for _, p := range packs {
			c.packs = append(c.packs, p.name)
			c.lists[p.name] = sha256.Sum256(appendPacked(nil, p))
		}
	}
	return c, nil
}

// has reports whether an object, or what it is a repaired copy of, belongs to the repository.
func (c claims) has(name string) bool {
	name = original(name)
	if name == configName {
		return true
	}
	if n, ok := headSequence(name); ok {
		return n >= c.oldest
	}
	if log, n, ok := logSequence(name); ok {
		return n >= c.logs[log].First
	}
	_, found := c.lists[name]
	return found
}

// original returns the name of what an object is a repaired copy of, or its own.
func original(name string) string {
	rest, ok := strings.CutPrefix(name, repairPrefix)
	at := strings.LastIndexByte(rest, '/')
	if !ok || at < 0 {
		return name
	}
	return rest[:at]
}

// ours reports whether a name is of the form of those that a repository gives.
func ours(name string) bool {
	for _, prefix := range []string{packPrefix, indexPrefix, leasePrefix, repairPrefix, headPrefix, logPrefix} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return name == configName
}
