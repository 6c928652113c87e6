package pgcatalog_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/pgcatalog"
	"github.com/shugo-data/shugo/internal/pgdigest"
	"github.com/shugo-data/shugo/internal/servertest"
)

// TestSensitive shows that the digest of a definition sees every change to it, and nothing else.
func TestSensitive(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	conn := connect(t, hard(t))
	definition := func(change string) string {
		tx, err := conn.Begin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback(ctx)
		if _, err := tx.Exec(ctx, change, pgx.QueryExecModeSimpleProtocol); err != nil {
			t.Fatalf("%s: %v", change, err)
		}
		c, err := pgcatalog.Read(ctx, tx, pgcatalog.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		return pgdigest.Definition(c).Value
	}
	before := definition("SELECT 1")
	for _, same := range []string{
		"SELECT nextval('app.never')",
		"INSERT INTO app.parent (a, c) VALUES (7, 7)",
		"DROP TABLE app.bookings; CREATE TABLE app.bookings (room int, during tstzrange, EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (room > 0) DEFERRABLE)",
		"SET search_path = app, ext; SET quote_all_identifiers = on; SET DateStyle = 'SQL, DMY'",
	} {
		if definition(same) != before {
			t.Errorf("another digest after %s", same)
		}
	}
	for n, change := range []string{
		`COMMENT ON COLUMN app.point3.x IS 'other'`,
		`ALTER SEQUENCE app.never CACHE 2`,
		`GRANT SELECT ON app.chicken TO hard_reader`,
		`REVOKE GRANT OPTION FOR SELECT ON app."select" FROM hard_granter CASCADE`,
		`ALTER TABLE app.self ENABLE TRIGGER never_fires`,
		`ALTER TABLE app.measure_1 ENABLE TRIGGER on_parts`,
		`ALTER TABLE app.self ENABLE RULE silent`,
		`ALTER TABLE app."select" NO FORCE ROW LEVEL SECURITY`,
		`ALTER POLICY readers ON app."select" TO PUBLIC`,
		`ALTER TABLE app."select" ALTER COLUMN body SET STATISTICS 301`,
		`ALTER TABLE app."select" ALTER COLUMN large SET STORAGE EXTENDED`,
		`ALTER TABLE app."select" ALTER COLUMN body SET COMPRESSION default`,
		`ALTER TABLE app."select" VALIDATE CONSTRAINT "check;it"; ALTER TABLE app."select" DROP CONSTRAINT unproven`,
		`ALTER TABLE app.chicken ALTER CONSTRAINT lays DEFERRABLE`,
		`ALTER TABLE app.egg OWNER TO "hard owner"`,
		`ALTER INDEX app.hnsw SET (m = 9)`,
		`ALTER TABLE app."select" SET WITHOUT CLUSTER`,
		`ALTER TABLE app."select" REPLICA IDENTITY DEFAULT`,
		`ALTER TYPE app.mood RENAME VALUE 'sad' TO 'SAD'`,
		`ALTER DOMAIN app.count SET DEFAULT 2`,
		`ALTER FUNCTION app.rows() COST 8`,
		`ALTER FUNCTION app.rows() NO DEPENDS ON EXTENSION hstore`,
		`ALTER STATISTICS app."Stats" SET STATISTICS 51`,
		`ALTER SERVER dumb OPTIONS (ADD a 'b')`,
		`ALTER PUBLICATION everything SET (publish = 'insert')`,
		`ALTER EVENT TRIGGER always DISABLE`,
		`ALTER DEFAULT PRIVILEGES IN SCHEMA app REVOKE USAGE ON SEQUENCES FROM hard_reader`,
		`ALTER TABLE app.chicken ADD COLUMN more int`,
		`ALTER TABLE app.child NO INHERIT app.mother`,
		`REFRESH MATERIALIZED VIEW app.unfilled`,
		`ALTER TEXT SEARCH CONFIGURATION app.search DROP MAPPING FOR email`,
		`ALTER OPERATOR app.%<% (int, int) SET (RESTRICT = NONE)`,
		`ALTER TABLE app.unlogged SET LOGGED`,
		`COMMENT ON LARGE OBJECT 4711 IS NULL`,
		`ALTER VIEW app.v1 RESET (check_option)`,
		`ALTER EXTENSION hstore SET SCHEMA public`,
	} {
		if n%servertest.Count(4, 1) != 0 {
			continue
		}
		if definition(change) == before {
			t.Errorf("one digest before and after %s", change)
		}
	}
}
