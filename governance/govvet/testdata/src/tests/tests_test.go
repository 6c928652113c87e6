package tests

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
)

func TestDelete(t *testing.T) {
	new(pgxpool.Pool).Exec(context.Background(), "DELETE FROM notes") // want `Exec is not governed: tests.TestDelete is not given`
}
