package pgpolicy_test

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgpolicy"
)

// A list is bounded in the query itself. Here a learner lists messages; PostgreSQL is told in the same round trip who asks,
// for the row security that a Policy has applied.
func Example() {
	guard, err := governance.New(governance.Config{
		Manifest: governance.Tutor(),
		Audit:    governance.Vouch(governance.AuditSinkFunc(func(context.Context, governance.Event) error { return nil }), governance.Durable),
		Register: governance.RegisterFunc(func(context.Context, governance.Subject, governance.Purpose) (governance.Standing, error) {
			return governance.Standing{}, nil
		}),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := governance.WithCaller(context.Background(), governance.Caller{ID: "ann", Roles: []string{governance.RoleLearner}})
	reach, err := guard.Reach(ctx, governance.Target{Dataset: "conversation_messages", Action: governance.Read})
	if err != nil {
		fmt.Println(err)
		return
	}
	where, args, err := pgpolicy.Predicate(reach, pgpolicy.Query{Alias: "m"})
	if err != nil {
		fmt.Println(err)
		return
	}
	batch := &pgx.Batch{}
	if err := pgpolicy.Hand(ctx, batch, governance.Read); err != nil {
		fmt.Println(err)
		return
	}
	batch.Queue("SELECT content FROM conversation_messages m WHERE "+where+" ORDER BY sent_at DESC LIMIT 20", args...)
	fmt.Println(batch.QueuedQueries[1].SQL)
	fmt.Println(args)
	// Output:
	// SELECT content FROM conversation_messages m WHERE ("m"."user_id" IS NOT NULL AND "m"."user_id" = $1::text) ORDER BY sent_at DESC LIMIT 20
	// [ann]
}

// A configuration is checked when a Policy is made: all that is wrong with it is in one error.
func ExampleNew() {
	_, err := pgpolicy.New(pgpolicy.Config{Manifest: governance.Tutor(), Owner: "tutor", Application: "tutor",
		Standing: pgx.Identifier{"privacy", "standing"}, LockTimeout: -1})
	fmt.Println(err)
	// Output:
	// pgpolicy: config: owner and application are both "tutor": the application's role must own nothing; pgpolicy: config: lock timeout -1ns is negative
}
