package servers

import (
	"context"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/examples/tutor/internal/day"
	"github.com/shugo-data/shugo/governance"
)

// register is the register in the table that the rules in PostgreSQL read too.
type register struct {
	pool    *pgxpool.Pool
	schemas schemas
}

var _ day.Register = (*register)(nil)

const selectStanding = `
	SELECT coalesce(bool_or(consented) FILTER (WHERE purpose = $2), false), coalesce(bool_or(restricted), false),
	       coalesce(bool_or(held), false)
	FROM {register}.standing WHERE subject = $1`

// Standing implements governance.Register.
//
//shugo:ungoverned it is what the guard asks before it lets a call run
func (r *register) Standing(ctx context.Context, about governance.Subject, p governance.Purpose) (s governance.Standing, err error) {
	err = r.pool.QueryRow(ctx, r.schemas.sql(selectStanding), string(about), string(p)).Scan(&s.Consented, &s.Restricted, &s.Held)
	return s, err
}

const updateConsent = `UPDATE {register}.standing SET consented = false WHERE subject = $1 AND purpose = $2`

// Withdraw implements day.Register. The desk for the rights of persons is where this belongs.
//
//shugo:ungoverned it is what the guard asks before it lets a call run
func (r *register) Withdraw(ctx context.Context, who governance.Subject, p governance.Purpose) error {
	_, err := r.pool.Exec(ctx, r.schemas.sql(updateConsent), string(who), string(p))
	return err
}
