package blockstate

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Totals are the values of a request's aggregates over the whole table, in the order of the request.
//
// A Count is an int64. A Sum is a string, the decimal number as PostgreSQL writes it. A Min or Max is an int64, a float64, or
// a time.Time in UTC (a pgtype.InfinityModifier at the ends of time). Sum, Min and Max of no value are nil. Of 0 and -0, which are
// equal, it is that of the later row, as a serial scan gives it; a parallel one may give either.
type Totals []any

// Account says how the totals were obtained.
type Account struct {
	// Incremental is whether parts of the earlier state were used. If not, the table was read whole.
	Incremental bool
	// Reason says why it was read whole.
	Reason Reason
	// Detail is what the server said of it, where it said something.
	Detail string
	// Ranges is the number of ranges of blocks, RangesRead how many were read.
	Ranges, RangesRead int
	// Pages is the length of the table in pages of 8 KiB, PagesRead how many were read; 0 where the server was not asked.
	Pages, PagesRead int64
	// PagesExamined is the number of pages of which only the position in the log was read.
	PagesExamined int64
	// StateBytes is the size of the new state, 0 without one.
	StateBytes int
}

// Refresh returns the aggregates of a table as of the snapshot of tx, and the state from which the next refresh goes on.
//
// The transaction is REPEATABLE READ (or SERIALIZABLE); it is left as it was but for a lock of the table, ACCESS SHARE, to
// its end. The state previous is what an earlier call returned, or nil: one that does not fit is no error, and the
// account says so. The new state is nil if none can be kept. One call reads by one connection, from its goroutine.
//
// Errors are those of a bad request, of the connection, and of the statements of the aggregates; after these the
// transaction is of no more use.
func Refresh(ctx context.Context, tx pgx.Tx, req Request, previous []byte) (Totals, []byte, Account, error) {
	return refresh(ctx, tx, req, previous, everyCondition())
}

func refresh(ctx context.Context, tx pgx.Tx, req Request, previous []byte, c conditions) (Totals, []byte, Account, error) {
	if err := req.check(); err != nil {
		return nil, nil, Account{}, err
	}
	r := &refresher{tx: tx, req: req, conditions: c}
	// Parsing the statement locks the table, which from here on nobody rewrites, truncates or alters.
	if err := r.prepare(ctx); err != nil {
		return nil, nil, Account{}, err
	}
	now, why, err := r.observe(ctx)
	if err != nil {
		return nil, nil, Account{}, err
	}
	if why != "" {
		r.account.Reason = why
		totals, err := r.readWhole(ctx)
		return totals, nil, r.account, err
	}
	next, err := r.bring(ctx, now, r.usable(previous))
	if err != nil {
		return nil, nil, Account{}, err
	}
	totals, err := r.totals(next.values)
	if err != nil {
		return nil, nil, Account{}, err
	}
	encoded := next.encode()
	r.account.StateBytes = len(encoded)
	return totals, encoded, r.account, nil
}

// refresher is one call of Refresh.
type refresher struct {
	tx         pgx.Tx
	req        Request
	conditions conditions
	types      []columnType
	selected   string // the aggregates, cast
	facts      facts
	marks      state // with the digests that a state of now has, and nothing else
	account    Account
}

// prepare has the server check the aggregates, and learns their types.
func (r *refresher) prepare(ctx context.Context) error {
	var texts []string
	for _, a := range r.req.Aggregates {
		texts = append(texts, a.SQL)
	}
	d, err := r.tx.Conn().Prepare(ctx, "", "SELECT "+strings.Join(texts, ", ")+" FROM "+r.req.Table.Sanitize())
	if err != nil {
		return fmt.Errorf("blockstate: preparing the aggregates of %s: %w", r.req.Table.Sanitize(), err)
	}
	if len(d.Fields) != len(texts) {
		return fmt.Errorf("blockstate: %d aggregates give %d columns", len(texts), len(d.Fields))
	}
	var problems []error
	for i, a := range r.req.Aggregates {
		as, cast, err := castOf(a.Kind, d.Fields[i].DataTypeOID)
		if err != nil {
			problems = append(problems, fmt.Errorf("aggregate %d %w", i, err))
		}
		r.types = append(r.types, as)
		texts[i] = fmt.Sprintf("(%s)::pg_catalog.%s", a.SQL, cast)
	}
	if len(problems) > 0 {
		return fmt.Errorf("blockstate: request: %w", errors.Join(problems...))
	}
	r.selected = strings.Join(texts, ", ")
	return nil
}

// observe looks at the table without reading it. The reason that it returns is why nothing can be kept of it.
func (r *refresher) observe(ctx context.Context) (*observation, Reason, error) {
	var err error
	if r.facts, err = readFacts(ctx, r.tx, r.req.Table); err != nil {
		return nil, "", err
	}
	if why := r.facts.unfit(); why != "" {
		return nil, why, nil
	}
	request, ok := r.req.digest(r.types)
	if !ok {
		return nil, UnknownArg, nil
	}
	now := &observation{}
	var server *string
	err = r.attempt(ctx, func() error {
		return r.tx.QueryRow(ctx, `SELECT server, (lsn - '0/0')::int8, next, blocks, map FROM shugo_blockstate.observe($1)`,
			r.facts.OID).Scan(&server, &now.lsn, &now.next, &now.blocks, &now.pages)
	})
	if refused(ctx, err) {
		r.account.Detail = err.Error()
		return nil, Unobservable, nil
	}
	if err != nil {
		return nil, "", fmt.Errorf("blockstate: the visibility map of %s: %w", r.req.Table.Sanitize(), err)
	}
	if server == nil {
		return nil, Unobservable, nil
	}
	if err := now.parse(); err != nil {
		r.account.Detail = err.Error()
		return nil, UnknownLayout, nil
	}
	r.marks = state{server: digestOf(*server), columns: digestOf(r.facts.Columns),
		table:   digestOf(fmt.Sprint(r.facts.OID, " ", r.facts.Filenode)),
		request: digestOf(string(request[:]), r.facts.Settings)}
	return now, "", nil
}

// usable decodes the earlier state, if it is one of the same table and request.
func (r *refresher) usable(previous []byte) *state {
	if previous == nil {
		r.account.Reason = NoState
		return nil
	}
	s, err := decode(previous)
	switch {
	case err != nil || s.request == r.marks.request && !s.hasKinds(r.req.Aggregates):
		r.account.Reason = DamagedState
	case s.server != r.marks.server:
		r.account.Reason = OtherServer
	case s.table != r.marks.table:
		r.account.Reason = OtherTable
	case s.columns != r.marks.columns:
		r.account.Reason = OtherColumns
	case s.request != r.marks.request:
		r.account.Reason = OtherRequest
	default:
		r.account.Incremental = true
		return s
	}
	return nil
}

// bring makes the state of now: from the earlier one what is unchanged, the rest from the table.
func (r *refresher) bring(ctx context.Context, now *observation, before *state) (*state, error) {
	next := r.marks
	next.lsn, next.next, next.maps, next.extent = now.lsn, now.next, now.maps, divide(now.blocks, before)
	next.visible = now.visible(next.extent)
	for _, a := range r.req.Aggregates {
		next.values = append(next.values, newColumn(a.Kind, len(next.visible)))
	}
	if before != nil && before.extent.width != next.extent.width {
		r.account.Incremental, r.account.Reason, before = false, OtherRanges, nil
	}
	oldest := r.facts.OldestRunning
	p := r.conditions.plan(&next, before, oldest)
	unchanged, err := r.examine(ctx, &p, next.extent, before)
	if err != nil {
		return nil, err
	}
	for _, i := range p.keep {
		for k := range next.values {
			next.values[k].copy(i, &before.values[k])
		}
	}
	next.settle(before, unchanged, oldest)
	r.account.Ranges, r.account.RangesRead = len(next.visible), len(p.read)
	r.account.Pages, r.account.PagesRead = now.blocks, next.extent.pages(p.read)
	return &next, r.read(ctx, p.read, next.extent, next.values)
}

func (r *refresher) totals(values []column) (Totals, error) {
	totals := make(Totals, len(values))
	for i := range values {
		var err error
		if totals[i], err = values[i].total(r.types[i]); err != nil {
			return nil, fmt.Errorf("blockstate: aggregate %d: %w", i, err)
		}
	}
	return totals, nil
}
