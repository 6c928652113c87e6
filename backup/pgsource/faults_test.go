package pgsource_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/pgsource"
	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/internal/servertest"
)

func source(t testing.TB, config pgsource.Config) *pgsource.Source {
	t.Helper()
	s, err := pgsource.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func database(t testing.TB, config pgsource.DatabaseConfig) *pgsource.Database {
	t.Helper()
	d, err := pgsource.NewDatabase(config)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func connect(t testing.TB, address string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

// cutter cancels or fails after a number of chunks.
type cutter struct {
	backup.Writer
	backup.Reader
	left atomic.Int32
	do   func() error
}

func (c *cutter) Create(ctx context.Context, name, kind string) (backup.ItemWriter, error) {
	w, err := c.Writer.Create(ctx, name, kind)
	return cutItem{w, c}, err
}

type cutItem struct {
	backup.ItemWriter
	of *cutter
}

func (w cutItem) Append(ctx context.Context, chunk backup.Chunk) error {
	if w.of.left.Add(-1) < 0 {
		if err := w.of.do(); err != nil {
			return err
		}
	}
	return w.ItemWriter.Append(ctx, chunk)
}

func (c *cutter) Chunk(ctx context.Context, item string, number int) ([]byte, error) {
	if strings.HasPrefix(item, "rows") && c.left.Add(-1) < 0 {
		if err := c.do(); err != nil {
			return nil, err
		}
	}
	return c.Reader.Chunk(ctx, item, number)
}

const someSQL = `CREATE TABLE things (id int PRIMARY KEY, t text); INSERT INTO things SELECT g, repeat('x', 100) FROM generate_series(1, 200000) AS g;
CREATE TABLE other (id int PRIMARY KEY, thing int REFERENCES things); INSERT INTO other SELECT g, g FROM generate_series(1, 1000) AS g; CREATE SCHEMA s; CREATE VIEW s.v AS SELECT * FROM things;`

// A backup that is cancelled or whose place fails half way is no snapshot.
func TestBackupEndsHalfWay(t *testing.T) {
	t.Parallel()
	address := made(t, someSQL)
	failure := errors.New("the place is full")
	for _, want := range []error{failure, context.Canceled} {
		ctx, cancel := context.WithCancel(t.Context())
		var repository backuptest.Repository
		s := source(t, pgsource.Config{URL: address})
		_, err := repository.Write(ctx, s.Name(), func(ctx context.Context, w backup.Writer) (backup.Cut, error) {
			c := &cutter{Writer: w, do: func() error {
				if want == failure {
					return failure
				}
				cancel()
				return nil
			}}
			c.left.Store(3)
			return s.Backup(ctx, c)
		})
		cancel()
		if !errors.Is(err, want) {
			t.Errorf("%v, expected %v", err, want)
		}
		if want == failure && !strings.Contains(err.Error(), failure.Error()) {
			t.Errorf("%v does not say what is wrong", err)
		}
		if all, _ := repository.Snapshots(t.Context()); len(all) != 0 {
			t.Errorf("%d snapshots", len(all))
		}
	}
}

// A restore that is cancelled or that reads what is corrupt takes back what it made, and another can follow.
func TestRestoreEndsHalfWay(t *testing.T) {
	t.Parallel()
	var repository backuptest.Repository
	r := backedUp(t, &repository, pgsource.Config{URL: made(t, someSQL)})
	address := servertest.Database(t)
	d := database(t, pgsource.DatabaseConfig{URL: address})
	for _, want := range []error{backup.ErrCorrupt, context.Canceled} {
		ctx, cancel := context.WithCancel(t.Context())
		c := &cutter{Reader: r, do: func() error {
			if want == backup.ErrCorrupt {
				return &backup.CorruptError{Object: "x"}
			}
			cancel()
			return ctx.Err()
		}}
		c.left.Store(2)
		err := d.Restore(ctx, c, backup.Goal{})
		cancel()
		if !errors.Is(err, want) {
			t.Errorf("%v, expected %v", err, want)
		}
		if n := query[int64](t, address, "SELECT count(*) FROM pg_class WHERE relname IN ('things', 'other', 'v')"); n != 0 {
			t.Errorf("%d relations are left", n)
		}
	}
	if err := d.Restore(t.Context(), r, backup.Goal{}); err != nil {
		t.Fatal(err)
	}
	if n := query[int64](t, address, "SELECT count(*) FROM s.v"); n != 200_000 {
		t.Errorf("%d rows", n)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	var repository backuptest.Repository
	from := made(t, "CREATE TABLE a (b int)")
	r := backedUp(t, &repository, pgsource.Config{URL: from})
	cut := r.Snapshot().Cut
	for _, c := range []struct {
		name, sql string
		goal      backup.Goal
		want      error
	}{
		{"a table", "CREATE TABLE x ()", backup.Goal{}, backup.ErrNotEmpty},
		{"a function", "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", backup.Goal{}, backup.ErrNotEmpty},
		{"a schema", "CREATE SCHEMA x", backup.Goal{}, backup.ErrNotEmpty},
		{"a large object", "SELECT lo_create(7)", backup.Goal{}, backup.ErrNotEmpty},
		{"another position", "SELECT 1", backup.Goal{LSN: cut.LSN + 1}, backup.ErrUnreachable},
		{"an earlier time", "SELECT 1", backup.Goal{Time: cut.Time.Add(-1)}, backup.ErrUnreachable},
		{"a named point", "SELECT 1", backup.Goal{Point: "x"}, backup.ErrUnreachable},
		{"its own position", "SELECT 1", backup.Goal{LSN: cut.LSN, Time: cut.Time.Add(1)}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := database(t, pgsource.DatabaseConfig{URL: made(t, c.sql)})
			if err := d.Restore(t.Context(), r, c.goal); !errors.Is(err, c.want) {
				t.Errorf("%v, expected %v", err, c.want)
			}
		})
	}
	t.Run("no snapshot of a database", func(t *testing.T) {
		t.Parallel()
		var other backuptest.Repository
		s, err := other.Write(t.Context(), "x", func(context.Context, backup.Writer) (backup.Cut, error) { return backup.Cut{}, nil })
		if err != nil {
			t.Fatal(err)
		}
		r, err := other.Open(t.Context(), s.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := database(t, pgsource.DatabaseConfig{URL: servertest.Database(t)}).Restore(t.Context(), r, backup.Goal{}); !errors.Is(err, backup.ErrNotFound) {
			t.Error(err)
		}
	})
	t.Run("a restore that was killed", func(t *testing.T) {
		t.Parallel()
		address := servertest.Database(t)
		conn := connect(t, address)
		const comment = "shugo: a restore has begun here and has not ended; nothing in this database is to be relied upon"
		if _, err := conn.Exec(t.Context(), "COMMENT ON DATABASE "+pgx.Identifier{conn.Config().Database}.Sanitize()+" IS '"+comment+"'"); err != nil {
			t.Fatal(err)
		}
		d := database(t, pgsource.DatabaseConfig{URL: address})
		if err := d.Restore(t.Context(), r, backup.Goal{}); !errors.Is(err, backup.ErrNotEmpty) {
			t.Error(err)
		}
		if _, err := d.Examine(t.Context()); !errors.Is(err, pgsource.ErrUnfinished) {
			t.Error(err)
		}
	})
	t.Run("somebody changes a table", func(t *testing.T) {
		t.Parallel()
		address := made(t, "CREATE TABLE a (b int)")
		conn := connect(t, address)
		if _, err := conn.Exec(t.Context(), "BEGIN; DROP TABLE a", pgx.QueryExecModeSimpleProtocol); err != nil {
			t.Fatal(err)
		}
		var repository backuptest.Repository
		s := source(t, pgsource.Config{URL: address, Binding: pgsource.BindNear, LockWait: 50 * time.Millisecond})
		if _, err := repository.Write(t.Context(), s.Name(), s.Backup); !errors.Is(err, backup.ErrChanged) {
			t.Error(err)
		}
	})
	t.Run("a dataset that is no table", func(t *testing.T) {
		t.Parallel()
		var repository backuptest.Repository
		s := source(t, pgsource.Config{URL: from, Datasets: []governance.Dataset{{Name: "none", Subject: "x"}}})
		if _, err := repository.Write(t.Context(), s.Name(), s.Backup); !errors.Is(err, backup.ErrNotFound) {
			t.Error(err)
		}
	})
}

// An examination sees what is not as it was.
func TestExamineDiffers(t *testing.T) {
	t.Parallel()
	var repository backuptest.Repository
	r := backedUp(t, &repository, pgsource.Config{URL: made(t, someSQL)})
	address := servertest.Database(t)
	d := database(t, pgsource.DatabaseConfig{URL: address})
	if err := d.Restore(t.Context(), r, backup.Goal{}); err != nil {
		t.Fatal(err)
	}
	execute(t, address, "UPDATE things SET t = 'y' WHERE id = 7; ALTER TABLE other DROP CONSTRAINT other_thing_fkey")
	x, err := d.Examine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	facts, err := backup.ReadFacts(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	differ := 0
	for n, f := range facts {
		if x.Facts[n].Name != f.Name {
			t.Fatalf("fact %s, expected %s", x.Facts[n].Name, f.Name)
		}
		if x.Facts[n].Value != f.Value {
			differ++
		}
	}
	if differ != 2 { // the table and the definition
		t.Errorf("%d of %d facts differ, expected 2", differ, len(facts))
	}
	for _, f := range x.Findings {
		if f.Passed == (f.Check == "foreign keys resolve") {
			t.Errorf("%+v", f)
		}
	}
}

// Findings are what they say: an index that is not valid, and one that finds little.
func TestFindings(t *testing.T) {
	t.Parallel()
	address := made(t, `CREATE TABLE points (id int PRIMARY KEY, v vector(64));
SELECT setseed(0.5);
INSERT INTO points SELECT g, (SELECT array_agg(random() - 0.5)::vector FROM generate_series(1, 64) AS n WHERE g > 0) FROM generate_series(1, 5000) AS g;
CREATE INDEX poor ON points USING hnsw (v vector_l2_ops) WITH (m = 2, ef_construction = 4);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'points_pkey'::regclass`)
	x, err := database(t, pgsource.DatabaseConfig{URL: address, MinRecall: 1}).Examine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	passed := map[string]bool{}
	for _, f := range x.Findings {
		passed[f.Check] = f.Passed
	}
	want := map[string]bool{
		`index "public"."poor" is valid`:               true,
		`index "public"."points_pkey" is valid`:        false,
		`index "public"."poor" finds the nearest rows`: false,
	}
	if diff := cmp.Diff(want, passed); diff != "" {
		t.Errorf("%s\n%+v", diff, x.Findings)
	}
}
