package neoquality

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j/dbtype"
)

// few is up to how many failing records of a check are gathered by the server in the one pass for examples. With more, a scan of its own
// meets the first ones soon, and stops there.
const few = 1000

// examples names failing records of the checks of the pass.
func (s *sheet) examples(ctx context.Context, st store) error {
	most := s.suite.Examples()
	if most == 0 {
		return nil
	}
	var rare []column
	for _, c := range s.columns {
		switch bad := s.results[c.check].Unexpected; {
		case !c.truth || bad == 0:
		case bad <= few:
			rare = append(rare, c)
		default:
			if err := s.scan(ctx, st, c, most); err != nil {
				return err
			}
		}
	}
	if len(rare) == 0 {
		return nil
	}
	return s.gather(ctx, st, rare, most)
}

// gather names failing records of several checks in one pass.
func (s *sheet) gather(ctx context.Context, st store, rare []column, most int) error {
	match, values := s.hoisted(rare)
	lists := make([]string, len(rare))
	for i := range rare {
		values[i] += " AS t" + strconv.Itoa(i)
		lists[i] = fmt.Sprintf("collect(CASE WHEN NOT t%d THEN %s END)[..%d] AS e%d", i, s.identity(), most, i)
	}
	cells, err := st.only(ctx, statement{stage: s.suite.ID() + ": examples", params: s.writer.params,
		cypher: match + "WITH n, " + strings.Join(values, ",\n\t") + "\nRETURN " + strings.Join(lists, ", ")})
	if err != nil {
		return err
	}
	s.read += s.rows
	for i, c := range rare {
		list, ok := cells[i].([]any)
		if !ok {
			return unexpected("examples", cells[i], "a list")
		}
		for _, identity := range list {
			s.name(c.check, identity)
		}
	}
	return nil
}

// scan names the first failing records of one check.
func (s *sheet) scan(ctx context.Context, st store, c column, most int) error {
	s.read += s.rows // at most: the server stops at the last example
	return s.nameAll(ctx, st, c.check, statement{stage: s.suite.ID() + ": examples", params: s.writer.params,
		cypher: "MATCH " + s.element.pattern() + " WHERE NOT (" + c.value + ") RETURN " + s.identity() + " LIMIT " + strconv.Itoa(most)})
}

// nameAll takes the records that a statement returns, by their identity, for examples.
func (s *sheet) nameAll(ctx context.Context, st store, check int, q statement) error {
	return st.each(ctx, q, func(cells []any) error {
		s.name(check, cells[0])
		return nil
	})
}

// identity is the list by which a record is named: element id, then the key.
func (s *sheet) identity() string {
	list := []string{"elementId(n)"}
	for _, k := range s.key() {
		list = append(list, property(k))
	}
	return "[" + strings.Join(list, ", ") + "]"
}

func (s *sheet) key() []string {
	if len(s.suite.Key) > 0 {
		return s.suite.Key
	}
	return s.schema.key(s.element)
}

// name adds a record to the examples of a check.
func (s *sheet) name(check int, identity any) {
	list, ok := identity.([]any)
	r := &s.results[check]
	if !ok || len(list) == 0 || len(r.Examples) >= s.suite.Examples() {
		return
	}
	var parts []string
	missing := true
	for _, v := range list[1:] {
		parts = append(parts, keyText(v))
		missing = missing && v == nil
	}
	if missing {
		r.Examples = append(r.Examples, "elementId "+text(list[0]))
		return
	}
	r.Examples = append(r.Examples, s.shown(strings.Join(parts, ", ")))
}

// shown is a key as the report shows it.
func (s *sheet) shown(key string) string {
	if !s.suite.Hashed {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return "sha256:" + hex.EncodeToString(sum[:])
}

func keyText(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return v
	case time.Time:
		return v.Format(time.RFC3339Nano)
	case dbtype.Date:
		return v.String()
	case dbtype.LocalDateTime:
		return v.String()
	}
	return fmt.Sprint(v)
}
