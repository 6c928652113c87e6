// Package ports has the interfaces between a service and its repositories.
package ports

import "context"

type Repository interface {
	Find(ctx context.Context, id int) (string, error)
	Save(ctx context.Context, text string) error
}
