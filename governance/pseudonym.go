package governance

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"slices"
	"sync"
)

// Pseudonym stands for a person in the audit trail: the first 128 bits of HMAC-SHA-256 (RFC 2104) over the subject's
// identifier, in hexadecimal. Equal persons have equal pseudonyms under one key; without the key neither is found from
// the other.
type Pseudonym string

// Pseudonyms makes pseudonyms under one key. It is safe for concurrent use and never renders its key.
type Pseudonyms struct {
	of func(Subject) Pseudonym // a function, since that is what no verb of package fmt looks into
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
	// A hash that has been reset keeps the state of the key: half of the work of a short message.
	hashes := &sync.Pool{New: func() any { return hmac.New(sha256.New, key) }}
	return Pseudonyms{func(s Subject) Pseudonym {
		mac := hashes.Get().(hash.Hash)
		defer hashes.Put(mac)
		mac.Reset()
		io.WriteString(mac, string(s)) //nolint:errcheck // a hash takes everything
		var sum [sha256.Size]byte
		return Pseudonym(hex.EncodeToString(mac.Sum(sum[:0])[:16]))
	}}, nil
}

// IsZero reports whether p has no key: whether it did not come from NewPseudonyms.
func (p Pseudonyms) IsZero() bool { return p.of == nil }

// Of returns the pseudonym of a person. Nobody has the empty pseudonym, and so has everybody without a key.
func (p Pseudonyms) Of(s Subject) Pseudonym {
	if s == "" || p.of == nil {
		return ""
	}
	return p.of(s)
}

// Record returns the event with its persons replaced by their pseudonyms.
func (e Event) Record(p Pseudonyms) Record {
	r := Record{Facts: e.Facts, Actor: p.Of(e.Actor)}
	if r.Subject = r.Actor; e.Subject != e.Actor {
		r.Subject = p.Of(e.Subject)
	}
	return r
}
