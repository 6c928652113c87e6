package repository

import (
	"context"

	"github.com/shugo-data/shugo/backup"
)

func (r *Repository) Verify(context.Context) (backup.Verification, error)       { panic(0) }
func (r *Repository) Prune(context.Context, backup.Keep) (backup.Pruned, error) { panic(0) }
