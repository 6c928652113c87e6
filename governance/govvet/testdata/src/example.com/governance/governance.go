// Package governance has the names of the guard's package, and is another.
package governance

import "context"

type Call[In, Out any] func(context.Context, In) (Out, error)

func Wrap[In, Out any](guard, operation any, next Call[In, Out]) Call[In, Out] { return next }
