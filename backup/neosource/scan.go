package neosource

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/internal/neoerror"
)

// window is how many ids one statement of a scan covers. The server's ids are dense, since it uses those that were freed again.
const window = 1 << 13

// The statements of a scan. Returning whole entities costs the server and the driver less than lists of their fields.
const (
	scanNodes         = `MATCH (n) WHERE id(n) IN range($from, $to) RETURN n`
	scanRelationships = `MATCH ()-[r]->() WHERE id(r) IN range($from, $to) RETURN r`
	lastNode          = `MATCH (n) RETURN coalesce(max(id(n)), -1)`
	lastRelationship  = `MATCH ()-[r]->() RETURN coalesce(max(id(r)), -1)`
)

// nodeID and relationshipID are the server's own ids, by which its store is ordered. They serve within one scan alone.
func nodeID(n neo4j.Node) int64 {
	return n.Id //lint:ignore SA1019 an element id has no order, and the number is not kept
}

func relationshipID(r neo4j.Relationship) int64 {
	return r.Id //lint:ignore SA1019 see nodeID
}

func ends(r neo4j.Relationship) (from, to int64) {
	return r.StartId, r.EndId //lint:ignore SA1019 see nodeID
}

// scan reads every entity of a kind in several sessions, a window of ids at a time, and calls use with those of a window,
// ordered by id. Calls with the same worker's number follow one another.
func scan[T any](ctx context.Context, s *server, workers int, statement string, last int64, id func(T) int64,
	use func(ctx context.Context, worker int, window int64, entities []T) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var all sync.WaitGroup
	for worker := range workers {
		all.Go(func() {
			session := s.session(ctx, neo4j.AccessModeRead)
			defer session.Close(context.WithoutCancel(ctx))
			var entities []T
			for {
				n := next.Add(1) - 1
				if n*window > last || ctx.Err() != nil {
					return
				}
				var err error
				entities, err = read(ctx, session, statement, n*window, entities[:0])
				if err == nil {
					slices.SortFunc(entities, func(a, b T) int { return cmp.Compare(id(a), id(b)) })
					err = use(ctx, worker, n, entities)
				}
				if err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	all.Wait()
	return context.Cause(ctx)
}

// read appends the entities of the window that begins at an id.
func read[T any](ctx context.Context, session neo4j.SessionWithContext, statement string, from int64, entities []T) ([]T, error) {
	result, err := session.Run(ctx, statement, map[string]any{"from": from, "to": from + window - 1})
	if err != nil {
		return nil, neoerror.Within(ctx, "neosource: read", err)
	}
	for result.Next(ctx) {
		if e, is := result.Record().Values[0].(T); is {
			entities = append(entities, e)
		}
	}
	return entities, neoerror.Within(ctx, "neosource: read", result.Err())
}
