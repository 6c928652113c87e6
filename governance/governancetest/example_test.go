package governancetest_test

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/governancetest"
)

// What does a program do when its effects cannot be put on record? The fourth event is the effect
// of the second call.
func ExampleSink() {
	sink := &governancetest.Sink{Faults: []governancetest.Fault{
		{Call: 4, Err: errors.New("the disk is full")},
	}}
	guard, err := governance.New(governance.Config{
		Manifest: governance.Tutor(), Audit: sink, Register: &governancetest.Register{}, Clock: new(governancetest.Clock).Now,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	profile := governance.Wrap(guard, governance.Operation[governance.Subject, string]{
		Name: "users.profile", Dataset: "users", Action: governance.Read, Fields: []string{"name"},
		Subject: func(id governance.Subject) governance.Subject { return id },
	}, func(context.Context, governance.Subject) (string, error) { return "Aiko", nil })

	caller := governance.Caller{ID: "learner-7", Roles: []string{governance.RoleLearner}}
	ctx := governance.WithCaller(context.Background(), caller)
	for range 2 {
		name, err := profile(ctx, "learner-7")
		fmt.Printf("%q, not on record: %t\n", name, errors.Is(err, governance.ErrUnrecorded))
	}
	for _, e := range sink.Events() {
		fmt.Println(e.Time.Format("15:04:05"), e.Kind, e.Operation, e.Actor)
	}
	// Output:
	// "Aiko", not on record: false
	// "", not on record: true
	// 00:00:00 attempt users.profile [redacted]
	// 00:00:00 effect users.profile [redacted]
	// 00:00:00 attempt users.profile [redacted]
}

// A host's tests call TestSink; CheckSink does the same without package testing, here for a sink that keeps everything
// and one that, like many tables of logs, knows a call by its identifier alone.
func ExampleCheckSink() {
	pseudonyms, err := governance.NewPseudonyms([]byte("a key of at least 32 random bytes"))
	if err != nil {
		fmt.Println(err)
		return
	}
	open := func(broken bool) func() (governancetest.SinkHarness, error) {
		return func() (governancetest.SinkHarness, error) {
			store := &governancetest.Sink{}
			h := governancetest.SinkHarness{Sink: store, Pseudonyms: pseudonyms}
			h.Records = func(context.Context) ([]governance.Record, error) { return store.Records(pseudonyms), nil }
			if broken {
				h.Sink = oneEventForEachCall(store)
			}
			return h, nil
		}
	}
	for _, broken := range []bool{false, true} {
		err := governancetest.CheckSink(context.Background(), open(broken))
		var found governancetest.Violations
		if !errors.As(err, &found) {
			fmt.Println("accepted")
			continue
		}
		for _, v := range found {
			fmt.Println("rejected by", v.Check)
		}
	}
	// Output:
	// accepted
	// rejected by EveryKind
	// rejected by Repeated
}

// oneEventForEachCall returns a sink that takes the first kind of event of each call and drops the others.
func oneEventForEachCall(store governance.AuditSink) governance.AuditSink {
	var calls sync.Map
	return governance.AuditSinkFunc(func(ctx context.Context, e governance.Event) error {
		if first, _ := calls.LoadOrStore(e.ID, e.Kind); first != e.Kind {
			return nil
		}
		return store.Record(ctx, e)
	})
}
