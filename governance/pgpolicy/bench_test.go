package pgpolicy_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgpolicy"
)

// benchPlace is the tutor's database with a hundred persons, who have a thousand figures each.
func benchPlace(b *testing.B) place {
	b.Helper()
	p := newPlace(b, tutorSQL(b), standingTable)
	p.exec(b,
		`INSERT INTO users SELECT 'u' || i, 'n', 'e' || i, 'ja', 'N5', '2026-01-01' FROM generate_series(1, 100) i`,
		`INSERT INTO user_learning_progress SELECT 'u' || i, 'item' || j, 0.5, 1, now()
			FROM generate_series(1, 100) i, generate_series(1, 1000) j`,
		`INSERT INTO consent.standing SELECT 'u' || i, 'tutoring', true, i = 7, false FROM generate_series(1, 100) i`,
		`ANALYZE`)
	return p
}

// BenchmarkRead reads one record by its primary key, and all of one person's. bare: no row security. handed: none, with the
// caller handed over in the same batch. secured: with row security. admin: somebody who reads another's. view: support, through the masking view, by a key that is not masked.
func BenchmarkRead(b *testing.B) {
	p := benchPlace(b)
	const one = `SELECT mastery FROM user_learning_progress WHERE user_id = $1 AND item = $2`
	const mine = `SELECT count(mastery) FROM user_learning_progress WHERE user_id = $1`
	const view = `SELECT length(level || coalesce(email, '')) FROM governed.users WHERE id = $1`
	learner := as(b.Context(), "u5", "", governance.RoleLearner)
	admin := as(b.Context(), "root", governance.PurposeAdministration, governance.RoleAdmin)
	support := as(b.Context(), "sam", governance.PurposeSupport, governance.RoleSupport)
	run := func(name string, pool *pgxpool.Pool, ctx context.Context, hand bool, sql string, args ...any) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					batch := &pgx.Batch{}
					if hand {
						if err := pgpolicy.Hand(ctx, batch, governance.Read); err != nil {
							b.Error(err)
						}
					}
					rows := 0.0
					batch.Queue(sql, args...).QueryRow(func(row pgx.Row) error { return row.Scan(&rows) })
					if err := pool.SendBatch(ctx, batch).Close(); err != nil || rows == 0 {
						b.Error(rows, err)
					}
				}
			})
		})
	}
	p.exec(b, fmt.Sprintf("GRANT SELECT ON user_learning_progress TO %s", quote(p.app)))
	run("one/bare", p.application, b.Context(), false, one, "u5", "item9")
	run("one/handed", p.application, learner, true, one, "u5", "item9")
	run("mine/bare", p.application, b.Context(), false, mine, "u5")
	run("mine/handed", p.application, learner, true, mine, "u5")
	p.apply(b, tutor())
	run("one/secured", p.application, learner, true, one, "u5", "item9")
	run("mine/secured", p.application, learner, true, mine, "u5")
	run("one/view", p.application, support, true, view, "u5")
	run("one/admin", p.application, admin, true, one, "u5", "item9")
	run("mine/admin", p.application, admin, true, mine, "u5")
}
