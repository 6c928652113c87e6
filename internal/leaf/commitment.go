package leaf

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/shugo-data/shugo/governance"
)

const (
	saltSize       = 16
	pseudonymSize  = 16
	commitmentSize = sha256.Size

	// OpeningSize is the length of an opening: a pseudonym and its salt.
	OpeningSize = pseudonymSize + saltSize
)

const (
	roleActor   = 0x01
	roleSubject = 0x02
)

// ErrOpening is what Check wraps: an opening does not fit its commitment.
var ErrOpening = errors.New("leaf: an opening does not fit")

// opening returns the bytes that open the commitment to a person, or nil for nobody. A pseudonym that package governance
// did not make is hashed to the size of one, so that no sink has to refuse it.
func opening(p governance.Pseudonym, salt []byte) []byte {
	if p == "" {
		return nil
	}
	b := make([]byte, OpeningSize)
	if len(p) != hex.EncodedLen(pseudonymSize) || !decodesInto(b, string(p)) {
		sum := sha256.Sum256([]byte(p))
		copy(b, sum[:pseudonymSize])
	}
	copy(b[pseudonymSize:], salt)
	return b
}

func decodesInto(b []byte, digits string) bool {
	_, err := hex.Decode(b, []byte(digits))
	return err == nil
}

// commit returns the commitment that an opening opens, in one leaf and one role.
func commit(role byte, id governance.EventID, kind governance.Kind, opening []byte) [commitmentSize]byte {
	var b [3 + saltSize + len(id) + pseudonymSize]byte
	b[0], b[1] = 0x02, role
	n := 2
	n += copy(b[n:], opening[pseudonymSize:])
	n += copy(b[n:], id[:])
	b[n] = kindByte(kind)
	copy(b[n+1:], opening[:pseudonymSize])
	return sha256.Sum256(b[:])
}

func kindByte(k governance.Kind) byte {
	switch k {
	case governance.Attempt:
		return 1
	case governance.Denial:
		return 2
	case governance.Effect:
		return 3
	case governance.Failure:
		return 4
	}
	return 0
}

func appendCommitment(b []byte, role byte, r governance.Record, opening []byte) []byte {
	if opening == nil {
		return append(b, 0)
	}
	c := commit(role, r.ID, r.Kind, opening)
	b = append(b, 1)
	return append(b, c[:]...)
}

// Persons checks an entry as Check does, and returns how many persons of it are erased: commitments without an opening.
func (e Entry) Persons() (erased int, err error) {
	f, err := Decode(e.Leaf)
	if err != nil {
		return 0, err
	}
	if f.Actor != nil && len(e.Actor) == 0 {
		erased++
	}
	if f.Subject != nil && len(e.Subject) == 0 {
		erased++
	}
	if err := f.opens("actor", roleActor, f.Actor, e.Actor); err != nil {
		return 0, err
	}
	return erased, f.opens("subject", roleSubject, f.Subject, e.Subject)
}

// Check reports an opening that does not fit the leaf, as an error that wraps ErrOpening or ErrFormat. An opening that is
// missing fits: it is erased.
func (e Entry) Check() error {
	_, err := e.Persons()
	return err
}

func (f *Fields) opens(who string, role byte, commitment *[commitmentSize]byte, opening []byte) error {
	switch {
	case len(opening) == 0:
		return nil
	case commitment == nil:
		return fmt.Errorf("%w: the leaf names no %s", ErrOpening, who)
	case len(opening) != OpeningSize:
		return fmt.Errorf("%w: %s of %d bytes, want %d", ErrOpening, who, len(opening), OpeningSize)
	}
	c := commit(role, f.ID, f.Kind, opening)
	if subtle.ConstantTimeCompare(c[:], commitment[:]) != 1 {
		return fmt.Errorf("%w: %s", ErrOpening, who)
	}
	return nil
}
