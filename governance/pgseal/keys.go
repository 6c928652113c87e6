package pgseal

import (
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Retired returns a key that signs no more: it is trusted for checkpoints up to the last one that it has signed, and for
// none of a larger size or of a later log of the same trail. Whoever has stolen it since can add nothing to the log. Give it
// to note.VerifierList beside the keys that sign now.
//
// The note package refuses a note when one of its known keys does not hold, so that last has to be the last checkpoint with a
// signature of the key, also where another key has signed it too.
func Retired(key note.Verifier, last Checkpoint) note.Verifier { return retired{key, last} }

type retired struct {
	note.Verifier
	last Checkpoint
}

// Verify implements note.Verifier.
func (r retired) Verify(text, signature []byte) bool {
	c, err := parseCheckpoint(string(text))
	return err == nil && !r.after(c) && r.Verifier.Verify(text, signature)
}

// after reports whether a checkpoint is later than the last one. One of another trail is.
func (r retired) after(c Checkpoint) bool {
	if c.Origin == r.last.Origin {
		return c.Size > r.last.Size
	}
	slash := strings.LastIndexByte(r.last.Origin, '/')
	if slash < 0 {
		return true
	}
	origin := r.last.Origin[:slash]
	lastEra, _ := eraOf(r.last.Origin, origin)
	era, ours := eraOf(c.Origin, origin)
	return !ours || era > lastEra
}
