package neoerror

import (
	"context"
	"fmt"
)

// Within is Wrap for what was done within a context: the driver hides that an error came of its end.
func Within(ctx context.Context, what string, err error) error {
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("%s: %w", what, ctx.Err())
	}
	return Wrap(what, err)
}
