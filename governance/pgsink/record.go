package pgsink

import (
	"errors"
	"fmt"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/internal/leaf"
)

// key is what no two events share.
type key struct {
	id   governance.EventID
	kind int16 // see kindNumber
}

// row is a record on its way into the log.
type row struct {
	leaf.Entry
	key
}

// maxKey is how long a name may be that is a key of an index: PostgreSQL refuses keys of more than a third of a page, and
// one record that it refuses would stop the index.
const maxKey = 1024

// errMalformed is what a record is that no Guard makes.
var errMalformed = errors.New("pgsink: malformed record")

// rowOf returns what is stored of an event: persons are pseudonyms from here on.
func (s *Sink) rowOf(e governance.Event) (row, error) {
	r := e.Record(s.pseudonyms)
	if err := check(&r); err != nil {
		return row{}, err
	}
	return row{leaf.New(r), key{r.ID, kindNumber(r.Kind)}}, nil
}

// check reports what keeps a record from being indexed.
func check(r *governance.Record) error {
	if kindNumber(r.Kind) == 0 {
		return fmt.Errorf("%w: its kind is none of attempt, denial, effect, failure", errMalformed)
	}
	if y := r.Time.UTC().Year(); y < 1 || y > 9999 { // what RFC 3339 can write
		return fmt.Errorf("%w: a time in the year %d, want 1 to 9999", errMalformed, y)
	}
	if len(r.Action) > maxKey {
		return fmt.Errorf("%w: an action of %d bytes, want at most %d", errMalformed, len(r.Action), maxKey)
	}
	for _, c := range r.Categories {
		if len(c) > maxKey {
			return fmt.Errorf("%w: a category of %d bytes, want at most %d", errMalformed, len(c), maxKey)
		}
	}
	return nil
}

// read returns the record of an entry of the log.
func read(e leaf.Entry) (governance.Record, error) {
	r, err := e.Record()
	if err != nil {
		return governance.Record{}, err
	}
	return r, check(&r)
}

// kindNumber returns the number of a kind in the tables, 0 for one that is none of the four.
func kindNumber(k governance.Kind) int16 { return int16(leaf.KindNumber(k)) }
