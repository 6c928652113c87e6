package pgseal

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/leaf"
)

// Lag says how far the seals are behind the log.
type Lag struct {
	Records int           // that are not sealed
	Age     time.Duration // since the decision of the first of them, by Config.Clock; 0: there is none
	Holder  *Holder       // the oldest transaction of the server that has not ended: it keeps later ones from being sealed; nil: none
}

// Holder is a transaction that has not ended.
type Holder struct {
	PID      int           // of its server process; 0: it was prepared, and waits for COMMIT PREPARED or ROLLBACK PREPARED
	Prepared string        // its name, when it was prepared
	Age      time.Duration // since it began, or was prepared; 0: this role may not see it
}

const selectLag = `
WITH "log" AS (
	SELECT "era", "tx", "seq" FROM %[1]s."audit_log"
	UNION ALL SELECT 1, '0', 0 WHERE NOT EXISTS (SELECT FROM %[1]s."audit_log")
	ORDER BY "era" DESC LIMIT 1
), "behind" AS (
	SELECT r."leaf" FROM %[1]s."audit_record" AS r, "log" AS l
	WHERE r."era" = l."era" AND (r."tx", r."seq") > (l."tx", l."seq") ORDER BY r."tx", r."seq"
)
SELECT (SELECT count(*) FROM "behind"), (SELECT "leaf" FROM "behind" LIMIT 1)`

const selectHolder = `
SELECT pid, '', coalesce(clock_timestamp() - xact_start, interval '0'), age(backend_xid) FROM pg_stat_activity
WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()
UNION ALL SELECT 0, gid, clock_timestamp() - prepared, age(transaction) FROM pg_prepared_xacts
ORDER BY 4 DESC LIMIT 1`

// Lag reports how far sealing is behind. Errors: ErrNotMigrated, ErrDamaged, or what the driver returns, wrapped.
func (s *Sealer) Lag(ctx context.Context) (Lag, error) {
	var l Lag
	var first []byte
	if err := s.config.Pool.QueryRow(ctx, s.schema.sql(selectLag)).Scan(&l.Records, &first); err != nil {
		return Lag{}, fail("lag", err)
	}
	if l.Records == 0 {
		return l, nil
	}
	f, err := leaf.Decode(first)
	if err != nil {
		return Lag{}, damaged(err)
	}
	l.Age = max(0, s.config.Clock().Sub(f.Time))
	var h Holder
	var transactions int
	switch err := s.config.Pool.QueryRow(ctx, selectHolder).Scan(&h.PID, &h.Prepared, &h.Age, &transactions); err {
	case nil:
		l.Holder = &h
	case pgx.ErrNoRows:
	default:
		return Lag{}, fail("lag", err)
	}
	return l, nil
}
