package repository

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/zeebo/blake3"
)

// Key is the secret that opens a repository. Whoever has it reads and writes everything; without it nothing is read. It
// must be random, as from NewKey, and be kept where the repository is not.
type Key [32]byte

// NewKey returns a random key.
func NewKey() Key {
	var k Key
	rand.Read(k[:])
	return k
}

// ParseKey reads the 64 hexadecimal digits of Reveal.
func ParseKey(text string) (Key, error) {
	var k Key
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(k) {
		return k, fmt.Errorf("repository: a key of %d characters, expected 64 hexadecimal digits", len(text))
	}
	copy(k[:], b)
	return k, nil
}

// Reveal returns the key in 64 hexadecimal digits, to be kept in a safe.
func (k Key) Reveal() string { return hex.EncodeToString(k[:]) }

// String hides the key.
func (k Key) String() string { return "repository.Key(hidden)" }

// GoString hides the key.
func (k Key) GoString() string { return k.String() }

// Format hides the key from every verb.
func (k Key) Format(f fmt.State, _ rune) { f.Write([]byte(k.String())) }

// MarshalText refuses: a key is not to be in a document by accident.
func (k Key) MarshalText() ([]byte, error) {
	return nil, fmt.Errorf("repository: a key is not marshalled: use Reveal")
}

// keys are what is derived from a Key for one repository.
type keys struct {
	seal []byte             // secret of the keys of objects
	sign ed25519.PrivateKey // of commit records
	hash []byte             // of the names of chunks
}

// derive returns the keys of a repository; those of its config belong to the zero identity.
func derive(key Key, identity [32]byte) (*keys, error) {
	var k keys
	var seed []byte
	for info, to := range map[string]*[]byte{"shugo seal 1": &k.seal, "shugo sign 1": &seed, "shugo hash 1": &k.hash} {
		b, err := hkdf.Key(sha256.New, key[:], identity[:], info, 32)
		if err != nil {
			return nil, err
		}
		*to = b
	}
	k.sign = ed25519.NewKeyFromSeed(seed)
	return &k, nil
}

// object returns the cipher of the object with a salt.
func (k *keys) object(salt []byte) (cipher.AEAD, error) {
	secret, err := hkdf.Key(sha256.New, k.seal, salt, "shugo object 1", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// id names a chunk by its content.
type id [32]byte

// hasher returns what computes ids; it is used by one goroutine.
func (k *keys) hasher() (*blake3.Hasher, error) { return blake3.NewKeyed(k.hash) }

func sum(h *blake3.Hasher, data []byte) (i id) {
	h.Reset()
	h.Write(data)
	h.Sum(i[:0])
	return i
}
