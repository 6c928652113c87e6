package pgseal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/note"

	"github.com/shugo-data/shugo/internal/leaf"
	"github.com/shugo-data/shugo/internal/merkle"
)

// Verified says what VerifyExport has verified.
type Verified struct {
	Logs        int      // that were there
	Leaves      uint64   // whose bytes were hashed, all under a checkpoint
	Checkpoints int      // whose signature and root hold
	Proofs      int      // of inclusion and consistency that hold
	Last        []string // the note of the last checkpoint of each log: hold it against one from outside
}

// maxLine bounds a line of an export: a checkpoint with many signatures, or a leaf with its path.
const maxLine = 16 << 20

// VerifyExport verifies an export without the database: every leaf, root, signature and proof in it. It trusts the keys
// and nothing else. Everything must hold, and every leaf must be under a checkpoint: errors wrap ErrExport and say in which
// line what does not.
//
// An export that was made of a log whose end had been cut off, before a checkpoint that is elsewhere, is consistent in
// itself: Verified.Last is there to be held against what was kept outside.
func VerifyExport(r io.Reader, keys note.Verifiers) (Verified, error) {
	if keys == nil {
		return Verified{}, fmt.Errorf("%w: no keys to trust", ErrExport)
	}
	v := exportVerifier{keys: keys}
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 1<<16), maxLine)
	for lines.Scan() {
		v.line++
		if err := v.take(lines.Bytes()); err != nil {
			return Verified{}, fmt.Errorf("%w: line %d: %w", ErrExport, v.line, err)
		}
	}
	if err := lines.Err(); err != nil {
		return Verified{}, fmt.Errorf("%w: line %d: %w", ErrExport, v.line+1, err)
	}
	if !v.ended {
		return Verified{}, fmt.Errorf("%w: it ends in line %d without an end", ErrExport, v.line)
	}
	return v.done, nil
}

// exportVerifier reads an export line by line.
type exportVerifier struct {
	keys   note.Verifiers
	line   int
	done   Verified
	ended  bool
	log    *line // the log that is being read; nil: none yet
	tree   merkle.Range
	signed map[uint64]merkle.Hash // roots that checkpoints of the log say, by size
	unmet  map[uint64]int         // checkpoints of sizes that the tree does not have yet
	last   Checkpoint
}

func (v *exportVerifier) take(text []byte) error {
	var l line
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&l); err != nil {
		return errors.New("not a line in JSON of this format")
	}
	switch {
	case v.ended:
		return errors.New("it goes on after its end")
	case (v.line == 1) != (l.Type == "header"), l.Type == "header" && l.Format != exportFormat:
		return fmt.Errorf("type %q, format %q: want the header of %q first", l.Type, l.Format, exportFormat)
	case v.log == nil && l.Type != "header" && l.Type != "log" && l.Type != "end":
		return fmt.Errorf("type %q before any log", l.Type)
	}
	switch l.Type {
	case "header":
		return nil
	case "log":
		return v.begin(l)
	case "checkpoint":
		return v.checkpoint(l)
	case "consistency":
		return v.consistency(l)
	case "leaf":
		return v.leaf(l)
	case "end":
		v.ended = true
		if l.Leaves == nil || *l.Leaves != v.done.Leaves {
			return fmt.Errorf("its end does not count the %d leaves that were there", v.done.Leaves)
		}
		if err := v.finish(); err != nil {
			return err
		}
		if v.done.Checkpoints == 0 {
			return errors.New("nothing in it is signed")
		}
		return nil
	}
	return fmt.Errorf("type %q is none of this format", l.Type)
}

// begin ends the log before, and begins the next.
func (v *exportVerifier) begin(l line) error {
	want := ""
	if v.log != nil {
		if err := v.finish(); err != nil {
			return err
		}
		want = Checkpoint{Origin: v.log.Origin, Size: v.tree.Size(), Root: v.tree.Root()}.link()
	}
	if l.Previous != want {
		return fmt.Errorf("the log names %q, the log before is %q", l.Previous, want)
	}
	v.done.Logs++
	v.log, v.tree, v.last = &l, merkle.Range{}, Checkpoint{}
	v.signed, v.unmet = map[uint64]merkle.Hash{}, map[uint64]int{}
	return nil
}

func (v *exportVerifier) checkpoint(l line) error {
	c, err := OpenCheckpoint(l.Note, v.keys)
	switch {
	case err != nil:
		return err
	case l.Era != v.log.Era || c.Origin != v.log.Origin || c.Previous != v.log.Previous:
		return errors.New("a checkpoint of another log")
	case c.Number != v.last.Number+1 || c.Size < v.last.Size || c.Time.Before(v.last.Time):
		return fmt.Errorf("checkpoint %d with %d leaves follows checkpoint %d with %d", c.Number, c.Size, v.last.Number, v.last.Size)
	case v.tree.Size() > 0:
		return errors.New("a checkpoint after the first leaf")
	}
	if root, twice := v.signed[c.Size]; twice && root != c.Root {
		return fmt.Errorf("two roots of %d leaves", c.Size)
	}
	v.signed[c.Size] = c.Root
	v.unmet[c.Size]++
	v.last = c
	return v.settle()
}

// settle compares the tree with the checkpoints of its size.
func (v *exportVerifier) settle() error {
	size := v.tree.Size()
	n, due := v.unmet[size]
	if !due {
		return nil
	}
	if v.tree.Root() != v.signed[size] {
		return fmt.Errorf("the first %d leaves have another root than their checkpoint", size)
	}
	v.done.Checkpoints += n
	delete(v.unmet, size)
	return nil
}

func (v *exportVerifier) consistency(l line) error {
	from, known := v.signed[l.From]
	to, alsoKnown := v.signed[l.To]
	if l.Era != v.log.Era || !known || !alsoKnown {
		return errors.New("a proof between trees that no checkpoint has")
	}
	hashes, err := hashesOf(l.Hashes)
	if err == nil {
		err = merkle.VerifyConsistency(l.From, l.To, hashes, from, to)
	}
	if err != nil {
		return err
	}
	v.done.Proofs++
	return nil
}

func (v *exportVerifier) leaf(l line) error {
	switch {
	case l.Era != v.log.Era || l.Index == nil || *l.Index != v.tree.Size():
		return fmt.Errorf("a leaf that is not number %d of the log", v.tree.Size())
	case *l.Index >= v.log.Size:
		return fmt.Errorf("more than the %d leaves of the log", v.log.Size)
	}
	if err := (leaf.Entry{Leaf: l.Leaf, Actor: l.Actor, Subject: l.Subject}).Check(); err != nil {
		return err
	}
	hash := merkle.LeafHash(l.Leaf)
	if l.Proof != nil {
		hashes, err := hashesOf(l.Proof)
		if err == nil {
			err = merkle.VerifyInclusion(hash, *l.Index, v.last.Size, hashes, v.last.Root)
		}
		if err != nil {
			return err
		}
		v.done.Proofs++
	}
	v.tree.Append(hash)
	v.done.Leaves++
	return v.settle()
}

// finish checks that the log is whole.
func (v *exportVerifier) finish() error {
	switch {
	case v.log == nil:
		return nil
	case v.tree.Size() != v.log.Size || !bytes.Equal(v.log.Root, rootBytes(&v.tree)):
		return fmt.Errorf("the log ends with %d leaves, want %d of another root", v.tree.Size(), v.log.Size)
	case len(v.unmet) > 0:
		return errors.New("a checkpoint has more leaves than the log")
	case v.last.Size != v.log.Size:
		return fmt.Errorf("the log has %d leaves, its last checkpoint signs %d", v.log.Size, v.last.Size)
	}
	if v.last.Note != "" {
		v.done.Last = append(v.done.Last, v.last.Note)
	}
	return nil
}

func rootBytes(r *merkle.Range) []byte {
	root := r.Root()
	return root[:]
}

func hashesOf(list [][]byte) ([]merkle.Hash, error) {
	hashes := make([]merkle.Hash, len(list))
	for i, b := range list {
		if len(b) != merkle.HashSize {
			return nil, fmt.Errorf("a hash of %d bytes", len(b))
		}
		hashes[i] = merkle.Hash(b)
	}
	return hashes, nil
}
