package pgcatalog_test

import (
	"context"
	"os/exec"
	"testing"

	"github.com/shugo-data/shugo/internal/pgcatalog"
)

// BenchmarkRead reads the definition of the hard cases, and has pg_dump read it.
func BenchmarkRead(b *testing.B) {
	address := hard(b)
	conn := connect(b, address)
	b.Run("pgcatalog", func(b *testing.B) {
		for b.Loop() {
			if _, err := pgcatalog.Read(context.Background(), conn, pgcatalog.Filter{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("pg_dump", func(b *testing.B) {
		for b.Loop() {
			if err := exec.Command("pg_dump", "--schema-only", "--file", "/dev/null", address).Run(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
