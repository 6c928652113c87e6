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
func commit(role byte, id governance.EventID, kind byte, opening []byte) [commitmentSize]byte {
	var b [3 + saltSize + len(id) + pseudonymSize]byte
	b[0], b[1] = 0x02, role
	n := 2
	n += copy(b[n:], opening[pseudonymSize:])
	n += copy(b[n:], id[:])
	b[n] = kind
	copy(b[n+1:], opening[:pseudonymSize])
	return sha256.Sum256(b[:])
}

// KindNumber returns the number of a kind in commitments and in tables; 0: none of the four.
func KindNumber(k governance.Kind) byte {
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
	c := commit(role, r.ID, KindNumber(r.Kind), opening)
	b = append(b, 1)
	return append(b, c[:]...)
}

// Persons checks an entry as Check does, and returns how many persons of it are erased: commitments without an opening. It
// allocates nothing.
func (e Entry) Persons() (erased int, err error) {
	c, err := commitmentsOf(e.Leaf)
	if err != nil {
		return 0, err
	}
	if c.actor != nil && len(e.Actor) == 0 {
		erased++
	}
	if c.subject != nil && len(e.Subject) == 0 {
		erased++
	}
	if err := c.opens("actor", roleActor, c.actor, e.Actor); err != nil {
		return 0, err
	}
	return erased, c.opens("subject", roleSubject, c.subject, e.Subject)
}

// commitments are the parts of a leaf that openings are held against.
type commitments struct {
	id             governance.EventID
	kind           byte
	actor, subject *[commitmentSize]byte
}

// commitmentsOf reads them, and checks the rest of the leaf as Decode does.
func commitmentsOf(leaf []byte) (c commitments, err error) {
	d := decoder{rest: leaf}
	d.version()
	copy(c.id[:], d.bytes(16))
	d.bytes(16) // time and rows
	c.kind = KindNumber(governance.Kind(d.text()))
	for range 9 { // operation to reason
		d.text()
	}
	for range 2 { // categories and masked
		for range d.count() {
			d.text()
		}
	}
	c.actor, c.subject = d.commitment(), d.commitment()
	return c, d.end()
}

// Check reports an opening that does not fit the leaf, as an error that wraps ErrOpening or ErrFormat. An opening that is
// missing fits: it is erased.
func (e Entry) Check() error {
	_, err := e.Persons()
	return err
}

func (c *commitments) opens(who string, role byte, commitment *[commitmentSize]byte, opening []byte) error {
	switch {
	case len(opening) == 0:
		return nil
	case commitment == nil:
		return fmt.Errorf("%w: the leaf names no %s", ErrOpening, who)
	case len(opening) != OpeningSize:
		return fmt.Errorf("%w: %s of %d bytes, want %d", ErrOpening, who, len(opening), OpeningSize)
	}
	opened := commit(role, c.id, c.kind, opening)
	if subtle.ConstantTimeCompare(opened[:], commitment[:]) != 1 {
		return fmt.Errorf("%w: %s", ErrOpening, who)
	}
	return nil
}
