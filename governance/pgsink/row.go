package pgsink

import (
	"strings"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/internal/leaf"
)

// row is an event on its way into the log: persons are pseudonyms, and in the leaf they are commitments.
type row struct {
	key
	leaf.Entry
}

// key is what an event is known by.
type key struct {
	id   governance.EventID
	kind kindCode
}

// kindCode is a kind as the tables hold it.
type kindCode int16

// codeOf returns the code of a kind; 0 for one that package governance does not know.
func codeOf(k governance.Kind) kindCode {
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

// rowOf returns what is stored of an event.
func (s *Sink) rowOf(e governance.Event) row {
	return row{key{e.ID, codeOf(e.Kind)}, leaf.New(e.Record(s.pseudonyms))}
}

// list returns names as the literal of a PostgreSQL array of text, which travels in every query mode of pgx.
func list[T ~string](names []T) string {
	if len(names) == 0 {
		return "{}"
	}
	var b strings.Builder
	for i, name := range names {
		b.WriteByte("{,"[min(i, 1)])
		b.WriteByte('"')
		for _, c := range []byte(leaf.Clean(string(name))) {
			if c == '"' || c == '\\' {
				b.WriteByte('\\')
			}
			b.WriteByte(c)
		}
		b.WriteByte('"')
	}
	b.WriteByte('}')
	return b.String()
}
