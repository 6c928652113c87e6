package walsink_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/walsink"
)

// A guard puts a read on record; the entries are shipped, here to a function that counts them.
func Example() {
	dir, err := os.MkdirTemp("", "walsink")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	pseudonyms, err := governance.NewPseudonyms([]byte("32 random bytes from the secrets"))
	if err != nil {
		log.Fatal(err)
	}
	shipped := 0
	sink, err := walsink.New(walsink.Config{Dir: dir, Pseudonyms: pseudonyms,
		Ship: func(_ context.Context, _ string, _ int64, entries [][]byte) error {
			shipped += len(entries)
			return nil
		}})
	if err != nil {
		log.Fatal(err)
	}
	ctx := governance.WithCaller(context.Background(), governance.Caller{ID: "learner-7", Roles: []string{"learner"}})
	guard, err := governance.New(governance.Config{Audit: sink, Manifest: governance.Manifest{
		Classes:  []governance.Class{{Category: "messages", Classification: "PII", Personal: true}},
		Datasets: []governance.Dataset{{Store: "postgresql", Name: "message", Category: "messages", Subject: "learner"}},
		Rules: []governance.Rule{{Roles: []string{"learner"}, Categories: []governance.Category{"messages"},
			Actions: []governance.Action{governance.Read}, Own: true}},
	}})
	if err != nil {
		log.Fatal(err)
	}
	latest := governance.Wrap(guard, governance.Operation[governance.Subject, string]{
		Name: "messages.latest", Dataset: "message", Action: governance.Read,
		Subject: func(s governance.Subject) governance.Subject { return s },
	}, func(context.Context, governance.Subject) (string, error) { return "おはよう", nil })
	text, err := latest(ctx, "learner-7")
	fmt.Println(text, err)
	fmt.Println(sink.Status().Entries, "entries on the disk,", shipped, "shipped")
	err = sink.Shutdown(ctx)
	fmt.Println(shipped, "shipped,", err)
	// Output:
	// おはよう <nil>
	// 2 entries on the disk, 0 shipped
	// 2 shipped, <nil>
}

// Records reads a directory back, without a sink.
func ExampleRecords() {
	dir, err := os.MkdirTemp("", "walsink")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	pseudonyms, err := governance.NewPseudonyms([]byte("32 random bytes from the secrets"))
	if err != nil {
		log.Fatal(err)
	}
	sink, err := walsink.New(walsink.Config{Dir: dir, Pseudonyms: pseudonyms})
	if err != nil {
		log.Fatal(err)
	}
	for _, kind := range []governance.Kind{governance.Attempt, governance.Effect} {
		err := sink.Record(context.Background(), governance.Event{
			Facts: governance.Facts{ID: governance.EventID{1}, Kind: kind, Action: governance.Read, Operation: "messages.latest"},
			Actor: "learner-7",
		})
		if err != nil {
			log.Fatal(err)
		}
	}
	for r, err := range walsink.Records(dir) {
		fmt.Println(r.Kind, r.Operation, "by", r.Actor, err)
	}
	// Output:
	// attempt messages.latest by a1251198abca6bd98c430239a5135a7b <nil>
	// effect messages.latest by a1251198abca6bd98c430239a5135a7b <nil>
}
