package pgcatalog_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/pgcatalog"
	"github.com/shugo-data/shugo/internal/servertest"
)

// TestReleases restores the hard cases into newer major versions, and there once more from those.
func TestReleases(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"16.15.0", "17.11.0", "18.6.0"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			testRelease(t, version)
		})
	}
}

func testRelease(t *testing.T, version string) {
	bin := servertest.Release(t, version)
	source := hard(t)
	addExtension(t, bin)
	newer := servertest.NewClusterWith(t, servertest.ClusterConfig{Bin: bin})
	first, second := databaseIn(t, newer, "first_restored"), databaseIn(t, newer, "second_restored")
	from, to, last := connect(t, source), connect(t, first), connect(t, second)
	leaveOut(t, from, to)
	c := read(t, from)
	restoreWith(t, from, c, to, pgcatalog.ApplyConfig{MissingRoles: pgcatalog.CreateMissing})
	compareContent(t, from, c, to, read(t, to))
	if strings.HasPrefix(version, "18.") {
		script, err := os.ReadFile(filepath.Join("testdata", "newer.sql"))
		if err != nil {
			t.Fatal(err)
		}
		load(t, first, string(script))
	}
	load(t, first, "CREATE EXTENSION configured SCHEMA ext; INSERT INTO ext.config (name) VALUES ('ours'); CREATE POLICY p ON ext.config USING (true)")
	d := read(t, to)
	if !slices.ContainsFunc(d.Tables, func(t pgcatalog.Table) bool {
		return t.Extension == "configured" && t.Rows && t.Condition == "WHERE NOT own"
	}) {
		t.Error("the rows of a table of configuration are not part of the backup")
	}
	if len(d.Unsupported) > 0 {
		t.Errorf("unsupported: %q", d.Unsupported)
	}
	restoreWith(t, to, d, last, pgcatalog.ApplyConfig{})
	compareWith(t, func(args ...string) (string, error) { return newer.Program("pg_dump", args...) }, first, second)
	compareFacts(t, to, d, last, read(t, last))
}

// addExtension gives a release an extension that has a table of configuration, of which some rows are its own.
func addExtension(t *testing.T, bin string) {
	t.Helper()
	for name, text := range map[string]string{
		"configured.control": "default_version = '1.0'\nrelocatable = true\n",
		"configured--1.0.sql": `CREATE TABLE config (id serial, name text, own bool DEFAULT false);
INSERT INTO config (name, own) VALUES ('from the extension', true);
CREATE TABLE no_config (id int);
ALTER TABLE config ADD PRIMARY KEY (id), ADD CHECK (name <> '');
SELECT pg_extension_config_dump('config', 'WHERE NOT own');
SELECT pg_extension_config_dump('config_id_seq', '');`,
	} {
		folder, err := filepath.Glob(filepath.Join(filepath.Dir(bin), "share", "extension"))
		if err != nil || len(folder) != 1 {
			t.Fatalf("the release has %d folders of extensions, expected one: %v", len(folder), err)
		}
		if err := os.WriteFile(filepath.Join(folder[0], name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// databaseIn makes a database in a cluster.
func databaseIn(t *testing.T, c *servertest.Cluster, name string) string {
	t.Helper()
	load(t, c.URL, "CREATE DATABASE "+name)
	return strings.Replace(c.URL, "/postgres?", "/"+name+"?", 1)
}

// leaveOut drops from one database the extensions that the server of the other does not have, and the collations of ICU if it
// was built without, with all that needs them.
func leaveOut(t *testing.T, from, to *pgx.Conn) {
	t.Helper()
	ctx := context.Background()
	var there []string
	var icu bool
	if err := to.QueryRow(ctx, `SELECT array_agg(name), (SELECT count(*) > 10 FROM pg_collation WHERE collprovider = 'i') FROM pg_available_extensions`).Scan(&there, &icu); err != nil {
		t.Fatal(err)
	}
	rows, err := from.Query(ctx, `SELECT format('DROP EXTENSION %I CASCADE', extname) FROM pg_extension WHERE extname <> ALL ($1)
UNION ALL SELECT format('DROP COLLATION %s CASCADE', oid::regcollation) FROM pg_collation WHERE collprovider = 'i' AND oid >= 16384 AND NOT $2`, there, icu)
	if err != nil {
		t.Fatal(err)
	}
	drops, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for _, drop := range drops {
		t.Log(drop)
		if _, err := from.Exec(ctx, drop); err != nil {
			t.Fatal(err)
		}
	}
}
