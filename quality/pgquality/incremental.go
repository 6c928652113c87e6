package pgquality

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/shugo-data/shugo/internal/blockstate"
	"github.com/shugo-data/shugo/quality"
)

// States keeps the states of suites between assessments. A state is a few bytes for each range of 128 blocks: counts, no value but the
// greatest and least of those fields whose extremes a suite asks for. It is safe for concurrent use.
type States interface {
	// Load returns the last state that was saved under a name, or nil when there is none.
	Load(ctx context.Context, name string) ([]byte, error)
	// Save keeps a state under a name, in place of an earlier one.
	Save(ctx context.Context, name string, state []byte) error
}

// prepare decides how rows are read.
func (p *planner) prepare() {
	switch {
	case p.config.Sample > 0 && p.table.Kind != "m" && !p.table.enforced() || p.config.Sample > 0 && p.table.Kind == "p":
		p.notes = append(p.notes, "every row was read: only a table by itself can be sampled by its pages")
	case p.config.Sample > 0:
		p.sampled = p.newSampled()
	case p.config.States != nil:
		p.kept = p.newPass(p.table)
		p.kept.kept = true
		p.kept.step.run = p.refresh
	}
}

// passFor returns the pass that answers a check: the one that is kept, if its answer can be.
func (p *planner) passFor(check quality.Check) *pass {
	if p.kept != nil && p.keeps(check) {
		return p.kept
	}
	return p.shared
}

// keeps says whether the counts of a check can be kept: they add up over ranges of blocks, and do not depend on the time.
func (p *planner) keeps(check quality.Check) bool {
	if check.When != nil && relative(check.When) {
		return false
	}
	switch test := check.Test.(type) {
	case quality.RowTest:
		return !relative(test)
	case quality.RowCount, quality.Fresh:
		return true
	case quality.Statistic:
		col, err := p.table.column(test.Field)
		if err != nil {
			return false
		}
		switch test.Of {
		case quality.TotalSum, quality.Mean:
			return col.class() == whole || col.class() == exact
		case quality.Minimum, quality.Maximum:
			return col.class() == whole || col.class() == double || col.class() == moment || col.class() == wall
		}
	}
	return false
}

// refresh reads what changed since the last assessment, and gives the aggregates of the kept pass their values.
func (p *planner) refresh(ctx context.Context) error {
	previous, err := p.config.States.Load(ctx, placeOf(p.suite))
	if err != nil {
		p.notes = append(p.notes, "the earlier state could not be loaded")
		previous = nil
	}
	request := blockstate.Request{Table: pgx.Identifier{p.table.Schema, p.table.Name}, Args: p.kept.args.values}
	for _, sql := range p.kept.aggregates {
		request.Aggregates = append(request.Aggregates, blockstate.Aggregate{SQL: sql, Kind: kindOf(sql)})
	}
	totals, state, account, err := blockstate.Refresh(ctx, p.tx, request, previous)
	if err != nil {
		return err
	}
	for i, total := range totals {
		if err := assign(p.kept.targets[i], total); err != nil {
			return err
		}
	}
	p.kept.state = state
	p.account(account)
	return nil
}

// account tells the report what was read.
func (p *planner) account(account blockstate.Account) {
	p.kept.incremental = account.Incremental
	if !account.Incremental {
		p.notes = append(p.notes, "everything was read: "+string(account.Reason))
		return
	}
	if account.Pages > 0 {
		p.kept.step.reads = p.kept.step.reads * account.PagesRead / account.Pages
	}
	p.notes = append(p.notes, fmt.Sprintf("incremental: %d of %d ranges of blocks were read (%d of %d pages)",
		account.RangesRead, account.Ranges, account.PagesRead, account.Pages))
}

// kindOf returns how values of an aggregate are merged.
func kindOf(sql string) blockstate.Kind {
	switch {
	case strings.HasPrefix(sql, "count("):
		return blockstate.Count
	case strings.HasPrefix(sql, "min("):
		return blockstate.Min
	case strings.HasPrefix(sql, "max("):
		return blockstate.Max
	}
	return blockstate.Sum
}

// assign gives the target of an aggregate its value.
func assign(target, total any) error {
	switch target := target.(type) {
	case *int64:
		*target, _ = total.(int64)
	case **int64:
		if n, ok := total.(int64); ok {
			*target = &n
		}
	case **float64:
		if f, ok := total.(float64); ok {
			*target = &f
		}
	case *pgtype.Numeric:
		if text, ok := total.(string); ok {
			return target.Scan(text)
		}
	case *pgtype.Timestamptz:
		switch at := total.(type) {
		case time.Time:
			*target = pgtype.Timestamptz{Time: at, Valid: true}
		case pgtype.InfinityModifier:
			*target = pgtype.Timestamptz{InfinityModifier: at, Valid: true}
		}
	default:
		return fmt.Errorf("pgquality: an aggregate of type %T cannot be kept", target)
	}
	return nil
}
