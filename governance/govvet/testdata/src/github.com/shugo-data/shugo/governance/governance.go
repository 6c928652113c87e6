// Package governance is the form of the real one, without its doings.
package governance

import (
	"context"
	"iter"
)

type Guard struct{}

type Subject string

type Operation[In, Out any] struct {
	Name    string
	Subject func(In) Subject
	Rows    func(Out) int
}

type Call[In, Out any] func(context.Context, In) (Out, error)

type Seq[In, Row any] func(context.Context, In) iter.Seq2[Row, error]

type Nothing = struct{}

func Wrap[In, Out any](g *Guard, op Operation[In, Out], next Call[In, Out], checks ...func(context.Context, In) error) Call[In, Out] {
	return nil
}

func WrapErr[In any](g *Guard, op Operation[In, Nothing], next func(context.Context, In) error, checks ...func(context.Context, In) error) func(context.Context, In) error {
	return nil
}

func WrapSeq[In, Row any](g *Guard, op Operation[In, Row], next Seq[In, Row], checks ...func(context.Context, In) error) Seq[In, Row] {
	return nil
}
