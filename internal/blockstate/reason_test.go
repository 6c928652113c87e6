package blockstate

import (
	"context"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/internal/servertest"
)

// TestReasons changes what a state rests on, and wants the table read whole, for that reason.
func TestReasons(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		before  string
		sql     string
		request func(*Request)
		state   func([]byte) []byte
		want    Reason
		keeps   bool // a state can be kept again
	}{
		"none":                   {state: func([]byte) []byte { return nil }, want: NoState, keeps: true},
		"empty":                  {state: func([]byte) []byte { return []byte{} }, want: DamagedState, keeps: true},
		"damaged":                {state: func(b []byte) []byte { b[len(b)/2] ^= 1; return b }, want: DamagedState, keeps: true},
		"cut":                    {state: func(b []byte) []byte { return b[:len(b)-1] }, want: DamagedState, keeps: true},
		"truncate":               {sql: "TRUNCATE items", want: OtherTable, keeps: true},
		"vacuum full":            {sql: "VACUUM FULL items", want: OtherTable, keeps: true},
		"cluster":                {sql: "CLUSTER items USING items_pkey", want: OtherTable, keeps: true},
		"another of a name":      {sql: "ALTER TABLE items RENAME TO old; CREATE TABLE items (LIKE old)", want: OtherTable, keeps: true},
		"another type":           {sql: "ALTER TABLE items ALTER x TYPE smallint", want: OtherTable, keeps: true},
		"a default":              {sql: "ALTER TABLE items DROP x, ADD x bigint DEFAULT 7", want: OtherColumns, keeps: true},
		"another collation":      {sql: `ALTER TABLE items ALTER pad TYPE text COLLATE "C"`, want: OtherColumns, keeps: true},
		"names":                  {sql: "ALTER TABLE items RENAME id TO was; ALTER TABLE items RENAME x TO id; ALTER TABLE items RENAME was TO x", want: OtherColumns, keeps: true},
		"labels of an enum":      {before: "CREATE TYPE mood AS ENUM ('a', 'b'); ALTER TABLE items ADD m mood[]", sql: "ALTER TYPE mood RENAME VALUE 'a' TO 'c'", want: OtherColumns, keeps: true},
		"columns of other kinds": {state: otherKinds, want: DamagedState, keeps: true},
		"another argument":       {request: func(r *Request) { r.Args = []any{int64(6)} }, want: OtherRequest, keeps: true},
		"another aggregate":      {request: func(r *Request) { r.Aggregates[0].SQL = "count(x)" }, want: OtherRequest, keeps: true},
		"one less":               {request: func(r *Request) { r.Aggregates = r.Aggregates[:3] }, want: OtherRequest, keeps: true},
		"unknown argument":       {request: func(r *Request) { r.Args = []any{new(int64)} }, want: UnknownArg},
		"unlogged":               {sql: "ALTER TABLE items SET UNLOGGED", want: NotLogged},
		"a view":                 {sql: "ALTER TABLE items RENAME TO old; CREATE VIEW items AS SELECT * FROM old", want: NotHeap},
		"partitioned":            {sql: "ALTER TABLE items RENAME TO old; CREATE TABLE items (LIKE old) PARTITION BY RANGE (id); CREATE TABLE p PARTITION OF items DEFAULT; INSERT INTO items SELECT * FROM old", want: NotHeap},
		"inherited":              {sql: "CREATE TABLE more () INHERITS (items); INSERT INTO more SELECT * FROM items", want: Inherited},
	}
	database := newDatabase(t, "")
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pool, req := inSchema(t, database, itemsSQL+"SELECT fill(1, 700);"+test.before)
			run(t, pool, "VACUUM items")
			previous, _ := refreshed(t, pool, req, nil)
			run(t, pool, test.sql)
			if test.request != nil {
				test.request(&req)
			}
			if test.state != nil {
				previous = test.state(previous)
			}
			next, account := refreshed(t, pool, req, previous)
			if account.Incremental || account.Reason != test.want || next != nil != test.keeps {
				t.Errorf("%+v and %d bytes of state: want %q and a state %v", account, len(next), test.want, test.keeps)
			}
			if !test.keeps {
				return
			}
			if _, account = refreshed(t, pool, req, next); !account.Incremental {
				t.Errorf("the state that follows is of no use: %+v", account)
			}
		})
	}
}

// otherKinds makes a whole state of another, with the kinds of its columns reversed.
func otherKinds(b []byte) []byte {
	s, err := decode(b)
	if err != nil {
		return nil
	}
	slices.Reverse(s.values)
	return s.encode()
}

// TestReasonsOfDatabase changes the settings of all sessions, and takes away what Schema installed.
func TestReasonsOfDatabase(t *testing.T) {
	t.Parallel()
	pool := newDatabase(t, itemsSQL+"SELECT fill(1, 700)")
	previous, _ := refreshed(t, pool, itemsRequest(), nil)
	for _, test := range []struct {
		sql  string
		want Reason
	}{
		{`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone = ''Asia/Tokyo''', current_database()); END $$`, OtherRequest},
		{"DROP FUNCTION shugo_blockstate.observe", Unobservable},
	} {
		run(t, pool, test.sql)
		pool.Reset()
		if _, account := refreshed(t, pool, itemsRequest(), previous); account.Reason != test.want {
			t.Errorf("%.30s: %+v: want %q", test.sql, account, test.want)
		}
	}
}

// TestRedefined alters the table between the snapshot and the refresh, where the snapshot sees the catalog as it was.
func TestRedefined(t *testing.T) {
	t.Parallel()
	database := newDatabase(t, "")
	for name, sql := range map[string]string{
		"default":       "ALTER TABLE items DROP x, ADD x bigint DEFAULT 7",
		"rewritten":     "VACUUM FULL items",
		"truncated":     "TRUNCATE items",
		"made":          "DROP TABLE items; CREATE TABLE items (id bigint, x bigint, n numeric, v float8, at timestamptz, pad text)",
		"row security":  "ALTER TABLE items ENABLE ROW LEVEL SECURITY",
		"collation":     `ALTER TABLE items ALTER pad TYPE text COLLATE "C"`,
		"renamed twice": "ALTER TABLE items RENAME id TO was; ALTER TABLE items RENAME x TO id; ALTER TABLE items RENAME was TO x",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pool, req := inSchema(t, database, itemsSQL+"SELECT fill(1, 700)")
			run(t, pool, "VACUUM items")
			previous, _ := refreshed(t, pool, req, nil)
			tx := begin(t, pool)
			run(t, pool, sql)
			totals, next, account, err := Refresh(t.Context(), tx, req, previous)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(scan(t, tx, req), totals, bitwise()); diff != "" {
				t.Errorf("not what a scan gives (-scan +refresh):\n%s", diff)
			}
			if next != nil || account.Reason != Redefined {
				t.Errorf("%+v and %d bytes of state: want %q and none", account, len(next), Redefined)
			}
		})
	}
}

// TestRestart ends the server, and one of its processes, at once: what was not yet written of the log is lost, and its positions
// are used again.
func TestRestart(t *testing.T) {
	t.Parallel()
	cluster := servertest.NewCluster(t)
	pool := servertest.Pool(t, cluster.URL, 4)
	run(t, pool, Schema(), itemsSQL+"SELECT fill(1, 700)", "VACUUM items")
	previous, _ := refreshed(t, pool, itemsRequest(), nil)
	check := func(what string) {
		t.Helper()
		var account Account
		if previous, account = refreshed(t, pool, itemsRequest(), previous); account.Reason != OtherServer {
			t.Errorf("after %s: %+v: want %q", what, account, OtherServer)
		}
		if _, account = refreshed(t, pool, itemsRequest(), previous); !account.Incremental {
			t.Errorf("after %s: the state that follows is of no use: %+v", what, account)
		}
	}

	cluster.StopImmediate(t)
	cluster.Start(t)
	pool.Reset()
	check("a restart")

	// A process that dies has the others begin anew, within the same server.
	conn, err := pgx.Connect(t.Context(), cluster.URL)
	if err != nil {
		t.Fatal(err)
	}
	before := checkpointer(t, cluster.URL)
	if err := syscall.Kill(int(conn.PgConn().PID()), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	for since := before; since == "" || since == before; { // each waits for an answer
		since = checkpointer(t, cluster.URL)
	}
	pool.Reset()
	check("the death of a process")
}

// checkpointer returns when the process of that name was started, or nothing while the server takes no sessions.
func checkpointer(t *testing.T, url string) (since string) {
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		return ""
	}
	defer conn.Close(t.Context())
	const sql = `SELECT backend_start::text FROM pg_stat_activity WHERE backend_type = 'checkpointer'`
	if err := conn.QueryRow(t.Context(), sql).Scan(&since); err != nil {
		return ""
	}
	return since
}

// TestPrivileges has roles with less than everything refresh.
func TestPrivileges(t *testing.T) {
	t.Parallel()
	pool := newDatabase(t, itemsSQL+`SELECT fill(1, 700)`)
	suffix := strings.TrimPrefix(pool.Config().ConnConfig.Database, "test_")
	name := func(role string) string { return role + "_" + suffix }
	roles := []string{name("monitor"), name("columns"), name("policy"), name("stranger")}
	for _, role := range roles {
		run(t, pool, "CREATE ROLE "+role)
	}
	t.Cleanup(func() {
		ctx := context.Background()
		for _, role := range roles {
			if _, err := pool.Exec(ctx, "DROP OWNED BY "+role+"; DROP ROLE "+role); err != nil {
				t.Error(err)
			}
		}
	})
	run(t, pool, Schema(roles[:3]...), `CREATE TABLE guarded (LIKE items); INSERT INTO guarded SELECT * FROM items;
		ALTER TABLE guarded ENABLE ROW LEVEL SECURITY; CREATE POLICY even ON guarded USING (id % 2 = 0);
		GRANT SELECT ON items TO `+roles[0]+`, `+roles[3]+`;
		GRANT SELECT (id, x, n, v, at, pad) ON items TO `+roles[1]+`; GRANT SELECT ON guarded TO `+roles[2],
		"VACUUM items", "VACUUM guarded")
	guarded := itemsRequest()
	guarded.Table = pgx.Identifier{"public", "guarded"}
	previous, _ := refreshed(t, pool, itemsRequest(), nil)
	ofGuarded, _ := refreshed(t, pool, guarded, nil)

	for _, test := range []struct {
		role     string
		req      Request
		previous []byte
		want     Reason
	}{
		{roles[0], itemsRequest(), previous, ""},
		{roles[1], itemsRequest(), previous, Unobservable},
		{roles[2], guarded, ofGuarded, RowSecurity},
		{roles[3], itemsRequest(), previous, Unobservable},
	} {
		t.Run(test.role[:strings.Index(test.role, "_")], func(t *testing.T) {
			as := asRole(t, pool, test.role)
			if _, account := refreshed(t, as, test.req, test.previous); account.Reason != test.want {
				t.Errorf("%+v: want %q", account, test.want)
			}
			for _, function := range []string{"observe($1)", "positions($1, '{0}', '{1}')"} {
				_, err := as.Exec(t.Context(), "SELECT shugo_blockstate."+function, pgx.QueryExecModeSimpleProtocol, oidOf(t, pool, test.req))
				if (err == nil) != (test.want == "") {
					t.Errorf("%s: %v", function, err)
				}
			}
		})
	}
}

// asRole is a pool of sessions with SET ROLE.
func asRole(t *testing.T, pool *pgxpool.Pool, role string) *pgxpool.Pool {
	config := pool.Config()
	config.ConnConfig.RuntimeParams["role"] = role
	as, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(as.Close)
	return as
}

func oidOf(t *testing.T, pool *pgxpool.Pool, req Request) (oid uint32) {
	if err := pool.QueryRow(t.Context(), "SELECT $1::text::regclass::oid", req.Table.Sanitize()).Scan(&oid); err != nil {
		t.Fatal(err)
	}
	return oid
}
