package neoquality

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/quality"
)

const (
	batch     = 5_000 // ids that are looked up at once
	unindexed = 1_000 // up to how many records are searched for each batch without an index
)

// mirror plans a comparison with the ids of another store.
func (s *sheet) mirror(check int, t Mirror) quality.Result {
	w := work{checks: []int{check}, reads: s.rows, statement: statement{stage: s.suite.ID() + ": " + s.suite.Checks[check].ID()}}
	p := property(t.Field)
	if t.Of == Theirs {
		if s.rows > unindexed && !s.schema.sought(s.element, t.Field) {
			return notAssessed("no range index on " + t.Field + " is online, without which each id would be looked for in all records")
		}
		w.cypher = "UNWIND $ids AS id\nWITH id WHERE NOT EXISTS { MATCH " + s.element.pattern() + " WHERE " + p + " = id }\nRETURN id"
		w.params = map[string]any{"ids": nil}
		w.run = func(ctx context.Context, st store, w work) error { return s.lookUp(ctx, st, w, check, t) }
	} else {
		w.cypher = "MATCH " + s.element.pattern() + " WHERE " + p + " IS NOT NULL\nRETURN " + p + " AS id ORDER BY id"
		w.run = func(ctx context.Context, st store, w work) error { return s.merge(ctx, st, w, check, t) }
	}
	s.works = append(s.works, w)
	return quality.Result{}
}

// lookUp looks for the ids of the other store in the graph, a batch at a time.
func (s *sheet) lookUp(ctx context.Context, st store, w work, check int, t Mirror) error {
	m := tally{s: s, check: check}
	ids := make([]string, 0, batch)
	ask := func() error {
		q := w.statement
		q.params = map[string]any{"ids": ids}
		m.judged += int64(len(ids))
		err := st.each(ctx, q, func(cells []any) error {
			m.absent(text(cells[0]))
			return nil
		})
		ids = ids[:0]
		return err
	}
	for id, err := range t.IDs {
		if err := cmp.Or(err, ctx.Err()); err != nil {
			return fmt.Errorf("%w: %w", ErrIDs, err)
		}
		if ids = append(ids, id); len(ids) == batch {
			if err := ask(); err != nil {
				return err
			}
		}
	}
	if len(ids) > 0 {
		if err := ask(); err != nil {
			return err
		}
	}
	m.settle()
	return nil
}

// merge reads both stores in ascending order, each once.
func (s *sheet) merge(ctx context.Context, st store, w work, check int, t Mirror) error {
	result, err := st.tx.Run(ctx, w.cypher, w.params)
	if err != nil {
		return failure(ctx, w.stage, err)
	}
	nodes := cursor{result: result, stage: w.stage}
	m := tally{s: s, check: check, ignore: t.Of == Graph}
	if err := nodes.next(ctx); err != nil {
		return err
	}
	last, first := "", true
	for id, err := range t.IDs {
		switch err := cmp.Or(err, ctx.Err()); {
		case err != nil:
			return fmt.Errorf("%w: %w", ErrIDs, err)
		case !first && id < last:
			return fmt.Errorf("%w: those of the other store", ErrOrder)
		case !first && id == last:
			continue
		}
		last, first = id, false
		found, err := m.advance(ctx, &nodes, id)
		if err != nil {
			return err
		}
		if !found {
			m.missing(id)
		}
	}
	for nodes.open {
		m.alien(nodes.value)
		if err := nodes.next(ctx); err != nil {
			return err
		}
	}
	m.settle()
	return m.nameFirst(ctx, st, t.Field)
}

// advance counts nodes up to an id of the other store, and says whether one has it.
func (m *tally) advance(ctx context.Context, nodes *cursor, id string) (bool, error) {
	found := false
	for nodes.open && nodes.text && nodes.id <= id {
		if nodes.id == id {
			found = true
			m.judged++
		} else {
			m.alien(nodes.value)
		}
		if err := nodes.next(ctx); err != nil {
			return found, err
		}
	}
	return found, nil
}

// cursor is where the stream of nodes stands. Ids that are no text come in a block before or after those that are.
type cursor struct {
	result neo4j.ResultWithContext
	stage  string
	open   bool
	text   bool
	value  any    // the id
	id     string // the id, when it is a text
}

func (c *cursor) next(ctx context.Context) error {
	last, ordered := c.id, c.open && c.text
	if c.open = c.result.Next(ctx); !c.open {
		if err := c.result.Err(); err != nil {
			return failure(ctx, c.stage, err)
		}
		return nil
	}
	c.value = c.result.Record().Values[0]
	c.id, c.text = c.value.(string)
	if ordered && c.text && c.id < last {
		return fmt.Errorf("%w: those of the graph", ErrOrder)
	}
	return nil
}

// tally is the result of a mirror while it is counted.
type tally struct {
	s       *sheet
	check   int
	ignore  bool // ids that have no node
	judged  int64
	aliens  int64 // nodes whose id is not in the other store
	first   []any // ids of the first of them
	absents int64 // ids of the other store that have no node
}

// alien counts a node whose id is not in the other store.
func (m *tally) alien(id any) {
	m.judged++
	m.aliens++
	if len(m.first) < m.s.suite.Examples() {
		m.first = append(m.first, id)
	}
}

// nameFirst names the first nodes whose id is not in the other store, ahead of ids that have no node.
func (m *tally) nameFirst(ctx context.Context, st store, field string) error {
	if len(m.first) == 0 {
		return nil
	}
	r := &m.s.results[m.check]
	absent := r.Examples
	r.Examples = nil
	err := m.s.nameAll(ctx, st, m.check, statement{stage: m.s.suite.ID() + ": examples", params: map[string]any{"ids": m.first},
		cypher: "MATCH " + m.s.element.pattern() + " WHERE " + property(field) + " IN $ids RETURN " + m.s.identity() +
			" ORDER BY " + property(field) + " LIMIT " + strconv.Itoa(m.s.suite.Examples())})
	room := m.s.suite.Examples() - len(r.Examples)
	r.Examples = append(r.Examples, absent[:min(room, len(absent))]...)
	return err
}

// missing counts an id that has no node.
func (m *tally) missing(id string) {
	if !m.ignore {
		m.judged++
		m.absent(id)
	}
}

func (m *tally) absent(id string) {
	m.absents++
	r := &m.s.results[m.check]
	if len(r.Examples) < m.s.suite.Examples() {
		r.Examples = append(r.Examples, "only in the other store: "+m.s.shown(id))
	}
}

func (m *tally) settle() {
	r := &m.s.results[m.check]
	r.Judged, r.Unexpected, r.Method = m.judged, m.aliens+m.absents, quality.ByFull
	var found []string
	if m.aliens > 0 {
		found = append(found, fmt.Sprintf("%d %s with an id that the other store has not", m.aliens, m.s.element.plural()))
	}
	if m.absents > 0 {
		found = append(found, fmt.Sprintf("%d ids of the other store that none of the %s has", m.absents, m.s.element.plural()))
	}
	r.Observed = strings.Join(found, "; ")
}
