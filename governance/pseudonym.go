package governance

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

// Pseudonym stands for a person in the audit trail: the first 128 bits of HMAC-SHA-256 (RFC 2104) over the subject's
// identifier, in hexadecimal. Equal persons have equal pseudonyms under one key; without the key neither is found from
// the other.
type Pseudonym string

// Pseudonyms makes pseudonyms under one key. It is safe for concurrent use and never renders its key.
type Pseudonyms struct {
	key func() []byte // a function, since that is what no verb of package fmt looks into
}

// minPseudonymKey is the output size of SHA-256: a shorter key weakens the HMAC (RFC 2104, section 3).
const minPseudonymKey = sha256.Size

// NewPseudonyms returns the pseudonyms under a secret key of at least 32 random bytes. It copies the key. The key must
// outlive the audit trail: with another key, nothing recorded is found by person.
func NewPseudonyms(key []byte) (Pseudonyms, error) {
	if len(key) < minPseudonymKey {
		return Pseudonyms{}, fmt.Errorf("governance: pseudonym key of %d bytes: want at least %d", len(key), minPseudonymKey)
	}
	key = slices.Clone(key)
	return Pseudonyms{func() []byte { return key }}, nil
}

// IsZero reports whether p has no key: whether it did not come from NewPseudonyms.
func (p Pseudonyms) IsZero() bool { return p.key == nil }

// Of returns the pseudonym of a person. Nobody has the empty pseudonym, and so has everybody without a key.
func (p Pseudonyms) Of(s Subject) Pseudonym {
	if s == "" || p.key == nil {
		return ""
	}
	mac := hmac.New(sha256.New, p.key())
	mac.Write([]byte(s))
	return Pseudonym(hex.EncodeToString(mac.Sum(nil)[:16]))
}

// Record returns the event with its persons replaced by their pseudonyms.
func (e Event) Record(p Pseudonyms) Record {
	r := Record{Facts: e.Facts, Actor: p.Of(e.Actor)}
	if r.Subject = r.Actor; e.Subject != e.Actor {
		r.Subject = p.Of(e.Subject)
	}
	return r
}
