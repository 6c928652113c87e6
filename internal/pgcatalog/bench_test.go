package pgcatalog_test

import (
	"context"
	"os/exec"
	"testing"

	"github.com/shugo-data/shugo/internal/pgcatalog"
	"github.com/shugo-data/shugo/internal/servertest"
)

// BenchmarkRead reads the definitions of the hard cases and of many tables, and has pg_dump read them.
func BenchmarkRead(b *testing.B) {
	many := servertest.Database(b)
	load(b, many, `DO $$ BEGIN FOR i IN 1..2000 LOOP
	EXECUTE format('CREATE TABLE t%s (id serial PRIMARY KEY, a int CHECK (a > 0), b text DEFAULT %L, c int)', i, i);
	EXECUTE format('CREATE INDEX ON t%s (a, b)', i);
	EXECUTE format('ALTER TABLE t%s ADD FOREIGN KEY (c) REFERENCES t1', i);
END LOOP; END $$`)
	program := servertest.Tool(b, "pg_dump")
	for _, of := range []struct{ name, address string }{{"hard cases", hard(b)}, {"2000 tables", many}} {
		conn := connect(b, of.address)
		b.Run(of.name+"/pgcatalog", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := pgcatalog.Read(context.Background(), conn, pgcatalog.Filter{}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(of.name+"/pg_dump", func(b *testing.B) {
			for b.Loop() {
				if err := exec.Command(program, "--schema-only", "--file", "/dev/null", of.address).Run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
