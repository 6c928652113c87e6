package repository

import (
	"cmp"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shugo-data/shugo/backup"
)

// record is a commit record: the whole state of a repository after a commit, chained to the state before.
type record struct {
	Version    int                `json:"version"`
	Repository string             `json:"repository"` // identity
	Sequence   uint64             `json:"sequence"`   // from 1
	Previous   string             `json:"previous"`   // digest of the record before
	Time       time.Time          `json:"time"`
	Writer     string             `json:"writer,omitempty"` // lease that it was committed under
	Snapshots  []entry            `json:"snapshots,omitempty"`
	Indexes    []string           `json:"indexes,omitempty"` // objects that say where chunks are
	Garbage    []garbage          `json:"garbage,omitempty"` // found by a Prune, to be removed by a later one
	Removed    []string           `json:"removed,omitempty"` // by the Prune that committed this record
	Logs       map[string]logMark `json:"logs,omitempty"`
	Oldest     uint64             `json:"oldest,omitempty"` // sequence of the oldest record that is kept; 0: all are
}

// entry is a snapshot with the list of its manifest.
type entry struct {
	backup.Snapshot
	Manifest list `json:"manifest"`
}

// garbage is an object that nothing kept needs.
type garbage struct {
	Name     string    `json:"name"`
	Sequence uint64    `json:"sequence"` // of the record that says so first
	Time     time.Time `json:"time"`     // of that record
}

// logMark is what a record knows of a log.
type logMark struct {
	First uint64 `json:"first"` // sequence of the first object that is kept
	Last  uint64 `json:"last"`  // sequence of the newest that the writer saw: it is there
}

// head is a record as it was read or put.
type head struct {
	record
	digest string
	bytes  []byte // the object
}

const headPrefix = "head/"

func headName(sequence uint64) string { return fmt.Sprintf("%s%016d", headPrefix, sequence) }

// headSequence reads the name of a record, or of a repaired copy of one.
func headSequence(name string) (uint64, bool) {
	text, _ := strings.CutPrefix(name, copyName("", "")[:len("repair/")])
	text, ok := strings.CutPrefix(text, headPrefix)
	text, _, _ = strings.Cut(text, "/")
	n, err := strconv.ParseUint(text, 10, 64)
	return n, ok && err == nil && headName(n) == headPrefix+text
}

// signed is the content of the object of a record.
type signed struct {
	Record    json.RawMessage `json:"record"`
	Signature []byte          `json:"signature"` // Ed25519, of signText and the bytes of Record
}

const signText = "shugo commit record 1\n"

func (r *Repository) encodeHead(rec record) (*head, error) {
	text, err := json.Marshal(rec)
	if err != nil {
		return nil, err
	}
	signature := ed25519.Sign(r.keys.sign, append([]byte(signText), text...))
	whole, err := json.Marshal(signed{text, signature})
	if err != nil {
		return nil, err
	}
	packed, err := pack(whole)
	if err != nil {
		return nil, err
	}
	data, err := r.keys.sealOne(headName(rec.Sequence), r.code, packed)
	return &head{record: rec, digest: digest(text), bytes: data}, err
}

func (r *Repository) decodeHead(sequence uint64, data []byte) (*head, error) {
	packed, err := openOne(r.keys, headName(sequence), slices.Clone(data))
	if err != nil {
		return nil, err
	}
	whole, err := unpack(packed)
	if err != nil {
		return nil, err
	}
	var s signed
	if err := json.Unmarshal(whole, &s); err != nil {
		return nil, err
	}
	public, _ := r.keys.sign.Public().(ed25519.PublicKey)
	if !ed25519.Verify(public, append([]byte(signText), s.Record...), s.Signature) {
		return nil, errors.New("signature is wrong")
	}
	h := &head{digest: digest(s.Record), bytes: data}
	if err := json.Unmarshal(s.Record, &h.record); err != nil {
		return nil, err
	}
	if h.Version != 1 || h.Sequence != sequence || h.Repository != hex.EncodeToString(r.identity[:]) {
		return nil, fmt.Errorf("version %d and sequence %d of a repository, expected 1 and %d of this one", h.Version, h.Sequence, sequence)
	}
	return h, nil
}

func digest(text []byte) string {
	d := sha256.Sum256(text)
	return hex.EncodeToString(d[:])
}

func compare[T cmp.Ordered](a, b T) int { return cmp.Compare(a, b) }

// clone copies what a change of a record may change.
func (rec record) clone() record {
	rec.Snapshots = slices.Clone(rec.Snapshots)
	rec.Indexes = slices.Clone(rec.Indexes)
	rec.Garbage = slices.Clone(rec.Garbage)
	rec.Removed = nil
	logs := map[string]logMark{}
	for name, mark := range rec.Logs {
		logs[name] = mark
	}
	rec.Logs = logs
	return rec
}
