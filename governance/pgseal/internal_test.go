package pgseal

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// SealIn seals in a transaction, which stays open.
func SealIn(ctx context.Context, s *Sealer, tx pgx.Tx) error {
	_, err := s.seal(ctx, session{tx, s.schema})
	return err
}
