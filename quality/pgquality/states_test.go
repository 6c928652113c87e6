package pgquality_test

import (
	"context"
	"errors"
	"testing"

	"github.com/shugo-data/shugo/internal/servertest"
	"github.com/shugo-data/shugo/quality/pgquality"
	"github.com/shugo-data/shugo/quality/qualitytest"
)

func TestMemoryStates(t *testing.T) {
	t.Parallel()
	qualitytest.TestStates(t, func(*testing.T) qualitytest.States { return new(pgquality.MemoryStates) })
}

func TestTableStates(t *testing.T) {
	t.Parallel()
	pool := servertest.Pool(t, servertest.Database(t), 8)
	for range 2 { // twice does no harm
		if err := pgquality.Migrate(context.Background(), pool, "states"); err != nil {
			t.Fatal(err)
		}
	}
	qualitytest.TestStates(t, func(t *testing.T) qualitytest.States {
		if _, err := pool.Exec(context.Background(), "TRUNCATE states.assessment_state"); err != nil {
			t.Fatal(err)
		}
		return pgquality.TableStates{Pool: pool, Schema: "states"}
	})
	if _, err := (pgquality.TableStates{Pool: pool}).Load(context.Background(), "x"); !errors.Is(err, pgquality.ErrDataset) {
		t.Errorf("without Migrate: %v", err)
	}
}
