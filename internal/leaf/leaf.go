// Package leaf is the form in which a record of the audit trail is stored and hashed: canonical bytes in which persons
// are replaced by commitments, and the openings of those, which are stored beside the leaf and can be erased without it.
//
// A leaf is, in this order, with integers in big-endian order:
//
//	version     1 byte, 0x01
//	id          16 bytes
//	time        8 bytes: signed microseconds since 1970-01-01T00:00:00Z
//	rows        8 bytes, signed; -1: nobody counted
//	kind, operation, store, dataset, action, purpose, version of the manifest, stage, rule, reason
//	            each a length and that many bytes of UTF-8 without NUL
//	categories, masked
//	            each a count and that many texts in the form above
//	actor, subject
//	            each 0x00 for nobody, or 0x01 and the 32 bytes of a commitment
//
// A length or count is an unsigned LEB128 in its shortest form, as encoding/binary writes it. Nothing follows.
//
// A commitment is SHA-256(0x02 || role || salt || id || kind || pseudonym): role is 0x01 for the actor and 0x02 for the
// subject, salt 16 random bytes, id that of the event, kind 1 byte (1 attempt, 2 denial, 3 effect, 4 failure, 0 another),
// and pseudonym 16 bytes. All are of fixed length, so that no two inputs are the same bytes, and 0x02 keeps them apart
// from the nodes of a Merkle tree (RFC 6962, section 2.1). Who knows the salt can show whom a leaf is about; when the
// salt is gone, the commitment tells nothing about anybody, not even that two leaves are about the same person.
package leaf

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shugo-data/shugo/governance"
)

// Version is the first byte of every leaf.
const Version = 0x01

// Entry is a record as it is stored: the leaf, and the openings of its commitments.
type Entry struct {
	Leaf    []byte
	Actor   []byte // pseudonym and salt, OpeningSize bytes; nil: nobody, or erased
	Subject []byte // likewise
}

// ErrFormat is what Decode and Unmarshal wrap: the bytes are not what New and Marshal write.
var ErrFormat = errors.New("leaf: not a leaf")

// New returns the entry of a record, with new salts. Bytes that are no UTF-8, and NUL, are replaced by U+FFFD; a time is
// cut to the microsecond.
func New(r governance.Record) Entry {
	var salts [2 * saltSize]byte
	_, _ = rand.Read(salts[:]) // never fails: crypto/rand ends the program instead
	var e Entry
	e.Actor = opening(r.Actor, salts[:saltSize])
	e.Subject = opening(r.Subject, salts[saltSize:])
	e.Leaf = encode(make([]byte, 0, 384), r, e.Actor, e.Subject)
	return e
}

func encode(b []byte, r governance.Record, actor, subject []byte) []byte {
	b = append(b, Version)
	b = append(b, r.ID[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(r.Time.UnixMicro()))
	b = binary.BigEndian.AppendUint64(b, uint64(r.Rows))
	b = appendText(b, r.Kind)
	b = appendText(b, r.Operation)
	b = appendText(b, r.Store)
	b = appendText(b, r.Dataset)
	b = appendText(b, r.Action)
	b = appendText(b, r.Purpose)
	b = appendText(b, r.Version)
	b = appendText(b, r.Stage)
	b = appendText(b, r.Rule)
	b = appendText(b, r.Reason)
	b = appendList(b, r.Categories)
	b = appendList(b, r.Masked)
	b = appendCommitment(b, roleActor, r, actor)
	return appendCommitment(b, roleSubject, r, subject)
}

func appendText[T ~string](b []byte, text T) []byte {
	s := Clean(string(text))
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

func appendList[T ~string](b []byte, texts []T) []byte {
	b = binary.AppendUvarint(b, uint64(len(texts)))
	for _, text := range texts {
		b = appendText(b, text)
	}
	return b
}

// Clean returns a name as a text that PostgreSQL takes. The purpose of a refused call is whatever the caller claimed, and
// a byte that the database refuses must not keep the refusal off the record.
func Clean(text string) string {
	if utf8.ValidString(text) && strings.IndexByte(text, 0) < 0 {
		return text
	}
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

// Record returns the record of an entry. A person whose opening is erased is nobody in it; Facts tells whether there was
// one. It does not check that openings fit: see Check.
func (e Entry) Record() (governance.Record, error) {
	f, err := Decode(e.Leaf)
	if err != nil {
		return governance.Record{}, err
	}
	r := governance.Record{Facts: f.Facts}
	if r.Actor, err = pseudonym(e.Actor); err != nil {
		return governance.Record{}, fmt.Errorf("actor: %w", err)
	}
	if r.Subject, err = pseudonym(e.Subject); err != nil {
		return governance.Record{}, fmt.Errorf("subject: %w", err)
	}
	return r, nil
}

// Fields is what a leaf says by itself.
type Fields struct {
	governance.Facts
	Actor   *[commitmentSize]byte // commitment to who called; nil: nobody
	Subject *[commitmentSize]byte // commitment to whom the data is about; nil: nobody
}

// Decode reads a leaf. It takes only what New writes: every leaf has one form.
func Decode(b []byte) (Fields, error) {
	d := decoder{rest: b}
	var f Fields
	d.version()
	copy(f.ID[:], d.bytes(16))
	f.Time = time.UnixMicro(d.integer()).UTC()
	f.Rows = d.integer()
	f.Kind = text[governance.Kind](&d)
	f.Operation = text[string](&d)
	f.Store = text[string](&d)
	f.Dataset = text[string](&d)
	f.Action = text[governance.Action](&d)
	f.Purpose = text[governance.Purpose](&d)
	f.Version = text[governance.Version](&d)
	f.Stage = text[governance.Stage](&d)
	f.Rule = text[string](&d)
	f.Reason = text[governance.Reason](&d)
	f.Categories = list[governance.Category](&d)
	f.Masked = list[string](&d)
	f.Actor = d.commitment()
	f.Subject = d.commitment()
	if err := d.end(); err != nil {
		return Fields{}, err
	}
	return f, nil
}

// decoder reads a leaf from its start; after an error it reads nothing.
type decoder struct {
	rest []byte
	err  error
}

func (d *decoder) bytes(n uint64) []byte {
	if d.err == nil && uint64(len(d.rest)) < n {
		d.err = fmt.Errorf("%w: ends %d bytes early", ErrFormat, n-uint64(len(d.rest)))
	}
	if d.err != nil {
		return nil
	}
	b := d.rest[:n]
	d.rest = d.rest[n:]
	return b
}

func (d *decoder) integer() int64 {
	b := d.bytes(8)
	if b == nil {
		return 0
	}
	return int64(binary.BigEndian.Uint64(b))
}

func (d *decoder) length() uint64 {
	if d.err != nil {
		return 0
	}
	n, size := binary.Uvarint(d.rest)
	if size <= 0 || n > math.MaxInt32 || size > 1 && d.rest[size-1] == 0 {
		d.err = fmt.Errorf("%w: a length that is none, or not in its shortest form", ErrFormat)
		return 0
	}
	d.rest = d.rest[size:]
	return n
}

func (d *decoder) commitment() *[commitmentSize]byte {
	flag := d.bytes(1)
	switch {
	case flag == nil || flag[0] == 0:
		return nil
	case flag[0] == 1:
		if b := d.bytes(commitmentSize); b != nil {
			return (*[commitmentSize]byte)(b)
		}
	default:
		d.err = fmt.Errorf("%w: a person marked %d, want 0 or 1", ErrFormat, flag[0])
	}
	return nil
}

// text reads a text, which shares the memory of the leaf.
func (d *decoder) text() []byte {
	b := d.bytes(d.length())
	if d.err == nil && (!utf8.Valid(b) || bytes.IndexByte(b, 0) >= 0) {
		d.err = fmt.Errorf("%w: a text that is not UTF-8, or holds NUL", ErrFormat)
		return nil
	}
	return b
}

// count reads how many texts a list has.
func (d *decoder) count() uint64 {
	n := d.length()
	if n > uint64(len(d.rest)) { // every text has a length of at least one byte
		d.bytes(n)
		return 0
	}
	return n
}

// end checks that nothing follows.
func (d *decoder) end() error {
	if d.err == nil && len(d.rest) > 0 {
		d.err = fmt.Errorf("%w: %d bytes after its end", ErrFormat, len(d.rest))
	}
	return d.err
}

// version checks the first byte.
func (d *decoder) version() {
	if v := d.bytes(1); d.err == nil && v[0] != Version {
		d.err = fmt.Errorf("%w: version %d, want %d", ErrFormat, v[0], Version)
	}
}

func text[T ~string](d *decoder) T { return T(d.text()) }

func list[T ~string](d *decoder) (texts []T) {
	for range d.count() {
		texts = append(texts, text[T](d))
	}
	return texts
}

// pseudonym returns the person of an opening; nobody when there is none.
func pseudonym(opening []byte) (governance.Pseudonym, error) {
	switch len(opening) {
	case 0:
		return "", nil
	case OpeningSize:
		return governance.Pseudonym(hex.EncodeToString(opening[:pseudonymSize])), nil
	}
	return "", fmt.Errorf("%w: an opening of %d bytes, want %d", ErrFormat, len(opening), OpeningSize)
}
