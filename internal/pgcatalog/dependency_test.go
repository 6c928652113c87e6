package pgcatalog_test

import (
	"testing"

	"github.com/shugo-data/shugo/internal/servertest"
)

// late makes a function that can only come after the data: its body needs a primary key.
const late = `CREATE TABLE k (id int PRIMARY KEY, v int);
CREATE FUNCTION late(int) RETURNS int LANGUAGE sql IMMUTABLE BEGIN ATOMIC SELECT v FROM k GROUP BY id LIMIT 1; END;
`

// TestDependencies restores small schemas of which each needs an order of its own.
func TestDependencies(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, sql string }{
		{"a child inherits a check that comes late", late + `
CREATE TABLE p (id int CONSTRAINT c CHECK (late(id) > 0));
CREATE TABLE q () INHERITS (p);
COMMENT ON CONSTRAINT c ON q IS 'as in p'`},
		{"a child has a check that comes late as its parents do", late + `
CREATE TABLE a (id int CONSTRAINT c CHECK (late(id) > 0));
CREATE TABLE b (id int CONSTRAINT c CHECK (late(id) > 0)) INHERITS (a);
CREATE TABLE d () INHERITS (b)`},
		{"partitions have a check that comes late", late + `
CREATE TABLE p (id int CHECK (late(id) > 0)) PARTITION BY LIST (id);
CREATE TABLE q PARTITION OF p DEFAULT PARTITION BY LIST (id);
CREATE TABLE r PARTITION OF q DEFAULT`},
		{"a check reads one of the partitions", `
CREATE TABLE p (id int) PARTITION BY LIST (id);
CREATE TABLE q PARTITION OF p DEFAULT;
CREATE TABLE r PARTITION OF p FOR VALUES IN (1);
CREATE FUNCTION f(int) RETURNS int LANGUAGE sql IMMUTABLE BEGIN ATOMIC SELECT id FROM q LIMIT 1; END;
ALTER TABLE p ADD CHECK (f(id) > 0)`},
		{"children were made after a check that is not valid", `
CREATE TABLE p (id int);
ALTER TABLE p ADD CONSTRAINT c CHECK (id > 0) NOT VALID;
CREATE TABLE q () INHERITS (p);
CREATE TABLE r (CONSTRAINT c CHECK (id > 0)) INHERITS (p);
COMMENT ON CONSTRAINT c ON q IS 'valid'`},
		{"functions call themselves", `
CREATE FUNCTION f(n int, m int DEFAULT 2) RETURNS SETOF int LANGUAGE sql BEGIN ATOMIC SELECT 1; END;
CREATE OR REPLACE FUNCTION f(n int, m int DEFAULT 2) RETURNS SETOF int LANGUAGE sql BEGIN ATOMIC SELECT f(n - 1) WHERE n > 0; END;
CREATE FUNCTION g(n int) RETURNS int LANGUAGE sql RETURN 1;
CREATE OR REPLACE FUNCTION g(n int) RETURNS int LANGUAGE sql RETURN CASE WHEN n > 0 THEN n * g(n - 1) ELSE 1 END`},
		{"a materialized view reads one that was emptied", `
CREATE MATERIALIZED VIEW z AS SELECT 1 AS n;
CREATE VIEW v AS SELECT n FROM z;
CREATE MATERIALIZED VIEW a AS SELECT n FROM v;
REFRESH MATERIALIZED VIEW z WITH NO DATA`},
		{"a materialized view has a column of the type of a view that reads it", `
CREATE VIEW v AS SELECT 1 AS n;
CREATE TABLE t (v v);
CREATE MATERIALIZED VIEW a AS SELECT v FROM t;
CREATE MATERIALIZED VIEW z AS SELECT n FROM v;
CREATE OR REPLACE VIEW v AS SELECT n FROM z WHERE EXISTS (SELECT FROM a)`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			source, target := servertest.Database(t), servertest.Database(t)
			load(t, source, test.sql)
			from, to := connect(t, source), connect(t, target)
			c := read(t, from)
			if len(c.Unsupported) > 0 {
				t.Errorf("unsupported: %q", c.Unsupported)
			}
			restore(t, from, c, to)
			compare(t, source, target)
			compareFacts(t, from, c, to, read(t, to))
		})
	}
}
