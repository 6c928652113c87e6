package pgcatalog_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/servertest"
)

// maker makes up statements, of which a server refuses some.
type maker struct {
	rng                                                         *rand.Rand
	types, tables, views, materials, functions, plain, numerals []string
	columns                                                     map[string][]string
	n                                                           int
}

func (m *maker) pick(from []string) string {
	if len(from) == 0 {
		return "nothing"
	}
	return from[m.rng.IntN(len(from))]
}

// name makes up a qualified name whose order says nothing about when it was made.
func (m *maker) name() string {
	m.n++
	schema := m.pick([]string{"a", `"B b"`, "z"})
	return fmt.Sprintf(`%s."%c%d%s"`, schema, 'a'+rune(m.rng.IntN(26)), m.n, m.pick([]string{"", " x", `""q`, "あ", ";"}))
}

func (m *maker) typ() string {
	return m.pick(append([]string{"int", "text", "numeric(8,2)", "date", "int[]", "text COLLATE \"C\""}, m.types...))
}

func (m *maker) statement() string {
	kinds := []func() string{m.enum, m.domain, m.composite, m.table, m.table, m.child, m.partition, m.view, m.view, m.materialized, m.function,
		m.function, m.rowFunction, m.atomic, m.defaults, m.defaults, m.check, m.check, m.foreignKey, m.foreignKey, m.index, m.index, m.trigger, m.policy, m.remark,
		m.grant, m.drop, m.replace, m.sequence, m.rangeType, m.alter}
	return kinds[m.rng.IntN(len(kinds))]()
}

func (m *maker) enum() string {
	name := m.name()
	m.types = append(m.types, name)
	return "CREATE TYPE " + name + " AS ENUM ('x', 'y''z')"
}

func (m *maker) rangeType() string {
	name := m.name()
	m.types = append(m.types, name)
	return "CREATE TYPE " + name + " AS RANGE (SUBTYPE = " + m.typ() + ")"
}

// domain makes domains whose checks need nothing that comes after the data: the server adds no check to a domain that a
// composite uses.
func (m *maker) domain() string {
	name := m.name()
	base := m.typ()
	m.types = append(m.types, name)
	return fmt.Sprintf("CREATE DOMAIN %s AS %s %s", name, base, m.pick([]string{"", "CHECK (VALUE IS NOT NULL)", "CHECK (" + m.pick(m.plain) + "(1) > 0)", "DEFAULT NULL"}))
}

func (m *maker) composite() string {
	name := m.name()
	text := fmt.Sprintf("CREATE TYPE %s AS (f %s, g %s)", name, m.typ(), m.typ())
	m.types = append(m.types, name, name+"[]")
	return text
}

func (m *maker) table() string {
	name := m.name()
	columns := []string{"id int " + m.pick([]string{"PRIMARY KEY", "PRIMARY KEY", "UNIQUE", "GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "", "NOT NULL"})}
	m.columns[name] = []string{"id"}
	for i := range m.rng.IntN(5) {
		column := fmt.Sprintf("c%d", i)
		m.columns[name] = append(m.columns[name], column)
		columns = append(columns, column+" "+m.typ()+m.pick([]string{"", "", " NOT NULL", " DEFAULT NULL", " UNIQUE"}))
	}
	if m.rng.IntN(4) == 0 {
		columns = append(columns, "g int GENERATED ALWAYS AS ("+m.pick(append(m.plain, "abs"))+"(id)) STORED")
	}
	tail := m.pick([]string{"", "", "", " PARTITION BY RANGE (id)", " PARTITION BY LIST (id)", " WITH (fillfactor = 50)"})
	m.tables = append(m.tables, name)
	m.types = append(m.types, name)
	return "CREATE " + m.pick([]string{"", "", "UNLOGGED "}) + "TABLE " + name + " (" + strings.Join(columns, ", ") + ")" + tail
}

func (m *maker) child() string {
	parent, name := m.pick(m.tables), m.name()
	m.tables, m.columns[name] = append(m.tables, name), m.columns[parent]
	return fmt.Sprintf("CREATE TABLE %s (%s) INHERITS (%s)", name, m.pick([]string{"", "own int DEFAULT 3", "id int NOT NULL", "c0 text"}), parent)
}

func (m *maker) partition() string {
	parent, name := m.pick(m.tables), m.name()
	m.tables, m.columns[name] = append(m.tables, name), m.columns[parent]
	return fmt.Sprintf("CREATE TABLE %s PARTITION OF %s %s%s", name, parent, m.pick([]string{"DEFAULT", fmt.Sprintf("FOR VALUES FROM (%d) TO (%d)", m.n*10, m.n*10+10),
		fmt.Sprintf("FOR VALUES IN (%d)", m.n)}), m.pick([]string{"", "", " PARTITION BY LIST (id)"}))
}

func (m *maker) relation() string { return m.pick(append(m.tables, m.views...)) }

func (m *maker) query() string {
	switch m.rng.IntN(5) {
	case 0:
		return "SELECT t.id, t.*::text AS whole FROM " + m.relation() + " AS t"
	case 1:
		return "SELECT id, count(*) AS n FROM " + m.relation() + " AS t GROUP BY id"
	case 2:
		table := m.pick(m.tables)
		return "SELECT t.* FROM " + table + " AS t GROUP BY id" // needs the primary key
	case 3:
		return "SELECT a.id, " + m.pick(m.functions) + "(b.id) AS f FROM " + m.relation() + " AS a JOIN " + m.relation() + " AS b USING (id)"
	}
	return "SELECT * FROM " + m.relation()
}

func (m *maker) view() string {
	name := m.name()
	query := m.query()
	m.views = append(m.views, name)
	m.types = append(m.types, name)
	return "CREATE VIEW " + name + m.pick([]string{"", " WITH (security_barrier)"}) + " AS " + query
}

func (m *maker) materialized() string {
	name := m.name()
	query := m.query()
	m.views, m.materials = append(m.views, name), append(m.materials, name)
	return "CREATE MATERIALIZED VIEW " + name + " AS " + query
}

// replace makes cycles: a view of something that reads the view. One that reads itself, which can never be read, is not made
// again by pg_dump either.
func (m *maker) replace() string {
	view, query := m.pick(m.views), m.query()
	if strings.Contains(query, view) {
		query = "SELECT 1 AS id"
	}
	return "CREATE OR REPLACE VIEW " + view + " AS " + query
}

func (m *maker) function() string {
	name := m.name()
	text := fmt.Sprintf("CREATE FUNCTION %s(int) RETURNS int LANGUAGE sql IMMUTABLE AS $f$ SELECT $1 + 1 %s $f$", name, m.pick([]string{"", "-- $$"}))
	m.functions, m.plain = append(m.functions, name), append(m.plain, name)
	return text
}

func (m *maker) rowFunction() string {
	return fmt.Sprintf("CREATE FUNCTION %s(%s) RETURNS %s LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN NULL; END'", m.name(), m.relation(), m.typ())
}

func (m *maker) atomic() string {
	name := m.name()
	text := fmt.Sprintf("CREATE FUNCTION %s(int) RETURNS int LANGUAGE sql IMMUTABLE BEGIN ATOMIC %s; END", name,
		m.pick([]string{"SELECT " + m.pick(m.functions) + "($1)", "SELECT id FROM (" + m.query() + ") AS q LIMIT 1"}))
	m.functions = append(m.functions, name)
	return text
}

func (m *maker) sequence() string {
	name := m.name()
	m.numerals = append(m.numerals, "nextval('"+name+"')")
	return "CREATE SEQUENCE " + name + m.pick([]string{"", " CYCLE INCREMENT 2", " OWNED BY " + m.pick(m.tables) + ".id"})
}

func (m *maker) column(table string) string { return m.pick(m.columns[table]) }

func (m *maker) defaults() string {
	table := m.pick(append(m.tables, m.views...))
	return fmt.Sprintf("ALTER TABLE %s%s ALTER COLUMN %s SET DEFAULT %s", m.pick([]string{"", "ONLY "}), table, m.column(table),
		m.pick(append(m.numerals, "1", "NULL", m.pick(m.functions)+"(1)")))
}

func (m *maker) check() string {
	table := m.pick(m.tables)
	return fmt.Sprintf("ALTER TABLE %s ADD CHECK (%s > 0) %s", table, m.pick([]string{"id", m.pick(m.functions) + "(id)"}), m.pick([]string{"", "", "NOT VALID", "NO INHERIT"}))
}

func (m *maker) foreignKey() string {
	m.n++ // under names of their own: those that the server gives can collide in every order, also for pg_dump
	return fmt.Sprintf("ALTER TABLE %s ADD CONSTRAINT fk%d FOREIGN KEY (id) REFERENCES %s (id) %s", m.pick(m.tables), m.n, m.pick(m.tables),
		m.pick([]string{"", "ON DELETE CASCADE", "DEFERRABLE INITIALLY DEFERRED", "NOT VALID", "ON UPDATE SET NULL"}))
}

func (m *maker) index() string {
	table := m.relation()
	return fmt.Sprintf("CREATE %sINDEX ON %s%s (%s) %s", m.pick([]string{"", "", "UNIQUE "}), m.pick([]string{"", "", "ONLY "}), table,
		m.pick([]string{"id", "id DESC NULLS LAST", m.column(table), "(" + m.pick(m.functions) + "(id))", "id, " + m.column(table)}), m.pick([]string{"", "WHERE id > 3"}))
}

func (m *maker) trigger() string {
	return fmt.Sprintf(`CREATE TRIGGER "t%d" AFTER INSERT ON %s FOR EACH ROW EXECUTE FUNCTION a.fire('x''%d')`, m.n, m.pick(m.tables), m.n)
}

func (m *maker) policy() string {
	table := m.pick(m.tables)
	return fmt.Sprintf("ALTER TABLE %[1]s %[2]s ROW LEVEL SECURITY; CREATE POLICY p%[3]d ON %[1]s USING (%[4]s)", table, m.pick([]string{"ENABLE", "FORCE"}), m.rng.IntN(1000),
		m.pick([]string{"id > 1", "EXISTS (SELECT FROM " + m.relation() + " AS r WHERE r.id = 1)"}))
}

func (m *maker) remark() string {
	table := m.pick(m.tables)
	return m.pick([]string{"COMMENT ON TABLE " + table + " IS 'it''s'", "COMMENT ON COLUMN " + table + "." + m.column(table) + " IS E'a\\nb'",
		"COMMENT ON FUNCTION " + m.pick(m.functions) + " IS 'f'", "COMMENT ON TYPE " + m.pick(m.types) + " IS 't'"})
}

func (m *maker) grant() string {
	return m.pick([]string{"GRANT SELECT ON " + m.relation() + " TO PUBLIC", "GRANT UPDATE (id) ON " + m.pick(m.tables) + " TO PUBLIC",
		"REVOKE ALL ON FUNCTION " + m.pick(m.functions) + " FROM PUBLIC", "REVOKE INSERT ON " + m.pick(m.tables) + " FROM CURRENT_USER",
		"GRANT USAGE ON SCHEMA a TO PUBLIC", "ALTER DEFAULT PRIVILEGES IN SCHEMA a GRANT SELECT ON TABLES TO PUBLIC"})
}

func (m *maker) drop() string {
	table := m.pick(m.tables)
	return "ALTER TABLE " + table + " DROP COLUMN " + m.column(table)
}

func (m *maker) alter() string {
	table := m.pick(m.tables)
	return "ALTER TABLE " + m.pick([]string{"", "ONLY "}) + table + " ALTER COLUMN " + m.column(table) + " " + m.pick([]string{"SET NOT NULL", "DROP NOT NULL", "DROP DEFAULT", "SET STATISTICS 7", "SET STORAGE EXTERNAL",
		"ADD GENERATED BY DEFAULT AS IDENTITY"})
}

// TestRandomSchemas restores schemas that were made up, and compares what pg_dump prints.
func TestRandomSchemas(t *testing.T) {
	t.Parallel()
	program := dumper(t)
	for seed := range servertest.Count(10, 300) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			testRandomSchema(t, uint64(seed), servertest.Database(t), servertest.Database(t), program)
		})
	}
}

// TestOldestRelease does so on the oldest server that is supported.
func TestOldestRelease(t *testing.T) {
	t.Parallel()
	c := servertest.NewClusterWith(t, servertest.ClusterConfig{Bin: servertest.Release(t, "14.23.0")})
	program := func(args ...string) (string, error) { return c.Program("pg_dump", args...) }
	for seed := range servertest.Count(2, 20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			testRandomSchema(t, uint64(1000+seed), databaseIn(t, c, fmt.Sprintf("source_%d", seed)), databaseIn(t, c, fmt.Sprintf("target_%d", seed)), program)
		})
	}
}

func testRandomSchema(t *testing.T, seed uint64, source, target string, dumper func(...string) (string, error)) {
	t.Helper()
	from, to := connect(t, source), connect(t, target)
	made := fill(t, source, from, seed)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("made of:\n%s", strings.Join(made, ";\n"))
		}
	})
	c := read(t, from)
	if len(c.Unsupported) > 0 {
		t.Errorf("unsupported: %q", c.Unsupported)
	}
	restore(t, from, c, to)
	compareWith(t, dumper, source, target)
	compareFacts(t, from, c, to, read(t, to))
}

// fill executes 100 statements that are made up, and more until the server took 30. It returns those that it took.
func fill(t *testing.T, address string, conn *pgx.Conn, seed uint64) (made []string) {
	t.Helper()
	m := &maker{rng: rand.New(rand.NewPCG(seed, 7)), columns: map[string][]string{}}
	load(t, address, `CREATE SCHEMA a; CREATE SCHEMA "B b"; CREATE SCHEMA z; CREATE FUNCTION a.fire() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`)
	for tries := 0; tries < 100 || len(made) < 30; tries++ {
		if tries == 1000 {
			t.Fatalf("only %d statements of %d succeeded", len(made), tries)
		}
		before := *m
		statement := m.statement()
		if _, err := conn.PgConn().Exec(context.Background(), statement).ReadAll(); err == nil {
			made = append(made, statement)
		} else { // what it named is not there
			before.n = m.n
			*m = before
		}
	}
	return append(made, empty(t, conn, m.materials)...)
}

// empty empties materialized views whose queries fail, because they read a view that a cycle was made of since, or one that is
// empty: nothing that restores them could fill them. It returns the statements.
func empty(t *testing.T, conn *pgx.Conn, views []string) (made []string) {
	t.Helper()
	for at := 0; at < len(views); at++ {
		refresh := "REFRESH MATERIALIZED VIEW " + views[at]
		if _, err := conn.Exec(context.Background(), refresh); err == nil {
			continue
		}
		if _, err := conn.Exec(context.Background(), refresh+" WITH NO DATA"); err != nil {
			t.Fatal(err)
		}
		made = append(made, refresh+" WITH NO DATA")
		views, at = slices.Delete(slices.Clone(views), at, at+1), -1
	}
	return made
}
