package quality

import "fmt"

// groups keeps a state for each group of rows.
type groups[S any] struct {
	fields []string
	limit  int
	hasher *hasher
	states map[fingerprint]*S
	broken string // why the test cannot be answered
}

func newGroups[S any](fields []string, limit int) groups[S] {
	return groups[S]{fields: fields, limit: limit, hasher: newHasher(), states: map[fingerprint]*S{}}
}

// of returns the state of the group of a row, and whether it is new. It is nil where a field of the group is NULL, and when the test
// cannot be answered.
func (g *groups[S]) of(row Row) (state *S, fresh bool) {
	mark, readable := g.hasher.of(row, g.fields)
	if readable == isUnreadable {
		g.spoil("a field of the group has a value of a type that no row has")
	}
	if readable != isReadable {
		return nil, false
	}
	if state = g.states[mark]; state != nil {
		return state, false
	}
	if len(g.states) == g.limit {
		g.spoil(fmt.Sprintf("there are more than %d groups of rows", g.limit))
		return nil, false
	}
	state = new(S)
	g.states[mark] = state
	return state, true
}

func (g *groups[S]) spoil(why string) { g.broken, g.states = why, nil }

// sequenceGauge follows the numbers of each group.
type sequenceGauge struct {
	test   Sequence
	groups groups[int64] // the last number
	counts rowGauge
}

func (g *sequenceGauge) take(row Row) Truth {
	value := row.Value(g.test.Field)
	if value == nil || g.groups.broken != "" {
		return Unknown
	}
	number, isWhole := whole(value)
	if !isWhole {
		return g.counts.count(false)
	}
	last, fresh := g.groups.of(row)
	if last == nil {
		return Unknown
	}
	expected := g.test.First
	if !fresh {
		if expected = *last + 1; number < *last {
			g.groups.spoil("the rows of a group do not come in the order of " + g.test.Field)
			return Unknown
		}
	}
	*last = number
	return g.counts.count(number == expected)
}

func (g *sequenceGauge) result() Result { return g.groups.result(g.counts) }

// count counts a row.
func (g *rowGauge) count(good bool) Truth {
	if g.judged++; !good {
		g.bad++
	}
	return truth(good)
}

func (g *groups[S]) result(counts rowGauge) Result {
	if g.broken != "" {
		return Result{Verdict: NotAssessed, Reason: g.broken}
	}
	return counts.result()
}

// monotoneGauge follows the values of each group.
type monotoneGauge struct {
	test   Monotone
	groups groups[neighbour]
	counts rowGauge
}

// neighbour is the row before, of its group.
type neighbour struct {
	value any   // nil: there is none that has an order
	by    []any // nil: there is none
}

func newMonotoneGauge(t Monotone, limit int) *monotoneGauge {
	return &monotoneGauge{test: t, groups: newGroups[neighbour](t.Within, limit)}
}

func (g *monotoneGauge) take(row Row) Truth {
	value := row.Value(g.test.Field)
	if value == nil || g.groups.broken != "" || g.unplaced(row) {
		return Unknown
	}
	last, fresh := g.groups.of(row)
	if last == nil {
		return Unknown
	}
	if fresh {
		last.by = make([]any, len(g.test.By))
	}
	if !g.follows(row, last, fresh) {
		return Unknown
	}
	if !ordered(value) {
		return g.counts.count(false)
	}
	if last.value == nil {
		last.value = value
		return g.counts.count(true)
	}
	order, ok := compare(last.value, value)
	if !ok {
		return g.counts.count(false)
	}
	last.value = value
	return g.counts.count(g.rises(order))
}

func (g *monotoneGauge) unplaced(row Row) bool {
	for _, field := range g.test.By {
		if row.Value(field) == nil {
			return true
		}
	}
	return false
}

// follows says whether a row does not come before the last one in the given order, and notes its place.
func (g *monotoneGauge) follows(row Row, last *neighbour, fresh bool) bool {
	decided := fresh
	for i, field := range g.test.By {
		value := row.Value(field)
		if !ordered(value) {
			g.groups.spoil(field + " has a value that has no order")
			return false
		}
		if !decided {
			order, ok := compare(last.by[i], value)
			if !ok || order > 0 {
				g.groups.spoil("the rows do not come in the order of " + field)
				return false
			}
			decided = order < 0
		}
		last.by[i] = value
	}
	return true
}

// rises says whether a value may follow another, of which it is known how it compares with the value.
func (g *monotoneGauge) rises(order int) bool {
	if g.test.Falling {
		order = -order
	}
	return order < 0 || order == 0 && !g.test.Strict
}

func (g *monotoneGauge) result() Result { return g.groups.result(g.counts) }
