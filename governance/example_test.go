package governance_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/shugo-data/shugo/governance"
)

// message is a row of the examples, and byUser asks for the messages of a user.
type (
	message struct {
		User governance.Subject
		Text string
	}
	byUser struct{ User governance.Subject }
)

// printing is a sink for examples; a program uses one that keeps what it takes.
func printing(_ context.Context, e governance.Event) error {
	fmt.Printf("on record: %s of %s by rule %q, reason %q\n", e.Kind, e.Operation, e.Rule, e.Reason)
	return nil
}

// exampleGuard is a guard of a manifest with one category and two rules.
func exampleGuard(sink governance.AuditSinkFunc) *governance.Guard {
	g, err := governance.New(governance.Config{
		Manifest: governance.Manifest{
			Classes: []governance.Class{
				{Category: "messages", Classification: "PII", Personal: true, Keep: governance.Period{Years: 3}},
			},
			Datasets: []governance.Dataset{
				{Store: governance.PostgreSQL, Name: "messages", Category: "messages", Subject: "user_id"},
			},
			Rules: []governance.Rule{
				{Name: "own", Roles: []string{"learner"}, Categories: []governance.Category{"messages"},
					Actions: []governance.Action{governance.Read, governance.Erase}, Own: true},
				{Name: "study", Roles: []string{"analyst"}, Categories: []governance.Category{"messages"},
					Actions: []governance.Action{governance.Read}, Purposes: []governance.Purpose{"analytics"},
					Mask: []string{"user_id", "text"}},
			},
		},
		Audit: governance.Vouch(sink, governance.Durable),
		Clock: func() time.Time { return time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC) },
	})
	if err != nil {
		panic(err)
	}
	return g
}

func listMessages() governance.Operation[byUser, message] {
	return governance.Operation[byUser, message]{
		Name: "messages.list", Dataset: "messages", Action: governance.Read,
		Subject: func(q byUser) governance.Subject { return q.User },
		Mask: map[string]func(*message){
			"user_id": func(m *message) { m.User = "" },
			"text":    func(m *message) { m.Text = "***" },
		},
	}
}

func silent(context.Context, governance.Event) error { return nil }

func ExampleWrap() {
	first := governance.Wrap(exampleGuard(printing), listMessages(), func(_ context.Context, q byUser) (message, error) {
		return message{User: q.User, Text: "こんにちは"}, nil
	})

	ctx := governance.WithCaller(context.Background(), governance.Caller{ID: "u1", Roles: []string{"learner"}})
	m, err := first(ctx, byUser{User: "u1"})
	fmt.Println(m.Text, err)

	_, err = first(ctx, byUser{User: "u2"})
	fmt.Println(err)
	fmt.Println(errors.Is(err, governance.ErrDenied))
	// Output:
	// on record: attempt of messages.list by rule "own", reason ""
	// on record: effect of messages.list by rule "own", reason ""
	// こんにちは <nil>
	// on record: denial of messages.list by rule "own", reason "not_owner"
	// governance: messages.list denied at access: not_owner (own) to read messages
	// true
}

func ExampleWrapErr() {
	erase := governance.WrapErr(exampleGuard(printing), governance.Operation[byUser, governance.Nothing]{
		Name: "messages.erase", Dataset: "messages", Action: governance.Erase,
		Subject: func(q byUser) governance.Subject { return q.User },
	}, func(context.Context, byUser) error { return nil })

	ctx := governance.WithCaller(context.Background(), governance.Caller{ID: "u1", Roles: []string{"learner"}})
	fmt.Println(erase(ctx, byUser{User: "u1"}))
	// Output:
	// on record: attempt of messages.erase by rule "own", reason ""
	// on record: effect of messages.erase by rule "own", reason ""
	// <nil>
}

func ExampleWrapSeq() {
	list := governance.WrapSeq(exampleGuard(printing), listMessages(),
		func(context.Context, byUser) iter.Seq2[message, error] {
			return func(yield func(message, error) bool) {
				for _, text := range []string{"一", "二", "三"} {
					if !yield(message{User: "u1", Text: text}, nil) {
						return
					}
				}
			}
		})

	ctx := governance.WithCaller(context.Background(),
		governance.Caller{ID: "u7", Roles: []string{"analyst"}, Purpose: "analytics"})
	n := 0
	for m, err := range list(ctx, byUser{}) {
		if n++; err != nil || n == 3 {
			break
		}
		fmt.Printf("%q wrote %s\n", m.User, m.Text)
	}
	// Output:
	// on record: attempt of messages.list by rule "study", reason ""
	// "" wrote ***
	// "" wrote ***
	// on record: effect of messages.list by rule "study", reason "left_early"
}

func ExampleEach() {
	blank := governance.Each(func(m *message) { m.Text = "" })
	page := []message{{Text: "一"}, {Text: "二"}}
	blank(&page)
	fmt.Printf("%q %q\n", page[0].Text, page[1].Text)
	// Output: "" ""
}

func ExampleNew() {
	_, err := governance.New(governance.Config{
		Manifest: governance.Manifest{
			Classes: []governance.Class{{Category: "messages", BackupEvery: "fortnightly"}},
			Rules:   []governance.Rule{{Categories: []governance.Category{"message"}, Actions: governance.Actions()}},
		},
	})
	var faulty *governance.ManifestError
	if errors.As(err, &faulty) {
		for _, fault := range faulty.Faults {
			fmt.Println(fault)
		}
	}
	fmt.Println(err != nil)
	// Output:
	// classes[0].backup_every: unknown value "fortnightly": want one of continuous, hourly, daily, weekly, monthly
	// rules[0].categories[0]: unknown category "message": no class declares it
	// true
}

func ExampleParseManifest() {
	_, err := governance.ParseManifest([]byte(`{
		"classes": [
			{"category": "messages", "keep": "7 minutes"}
		],
		"rules": [
			{"name": "own", "categories": ["messages"], "actions": ["read"], "onw": true}
		]
	}`))
	var faulty *governance.ManifestError
	if errors.As(err, &faulty) {
		for _, fault := range faulty.Faults {
			fmt.Printf("%d:%d %s\n", fault.Line, fault.Column, fault.Path)
		}
	}
	// Output:
	// 3:37 classes[0].keep
	// 6:69 rules[0].onw
}

func ExampleManifest_WithClass() {
	m := governance.Tutor().WithClass(governance.Class{
		Category: governance.UserData, Classification: "PII", Personal: true, Keep: governance.Period{Months: 18},
	})
	fmt.Println(m.Classes[0].Category, "is kept", m.Classes[0].Keep)
	fmt.Println(m.Check())
	// Output:
	// user_data is kept 18 months
	// <nil>
}

func ExampleManifest_Version() {
	a, b := governance.Tutor(), governance.Tutor()
	b.Classes[0], b.Classes[1] = b.Classes[1], b.Classes[0]
	fmt.Println(a.Version() == b.Version())
	b.Rules = b.Rules[1:]
	fmt.Println(a.Version() == b.Version())
	// Output:
	// true
	// false
}

func ExampleDiff() {
	before, after := governance.Tutor(), governance.Tutor()
	after.Rules = append(after.Rules, governance.Rule{
		Name: "support-exports", Roles: []string{governance.RoleSupport}, Categories: []governance.Category{governance.UserData},
		Actions: []governance.Action{governance.Export}, Purposes: []governance.Purpose{governance.PurposeSupport}, Own: true,
	})
	changes, err := governance.Diff(before, after)
	if err != nil {
		panic(err)
	}
	for _, change := range changes {
		fmt.Println(change)
	}
	// Output:
	// + support may export user_data, their own, for support (support-exports)
	// + support may export user_data, their own, with consent, for support (support-exports)
}

func ExampleExplain() {
	ctx := governance.WithCaller(context.Background(),
		governance.Caller{ID: "u7", Roles: []string{"analyst"}, Purpose: "analytics"})
	e, err := governance.Explain(ctx, exampleGuard(silent), listMessages(), byUser{User: "u1"})
	if err != nil {
		panic(err)
	}
	fmt.Println(e)
	fmt.Println("masked:", e.Masked)
	// Output:
	// messages.list: allowed (study)
	//   access      passed (study)
	//   compliance  not assessed (no register is wired)
	//   retention   not assessed (the operation does not say when the record was created)
	//   quality     not assessed (no checks are wired)
	//   audit       not assessed (the call was not made)
	// masked: [text user_id]
}

func ExampleWithTrace() {
	first := governance.Wrap(exampleGuard(silent), listMessages(), func(context.Context, byUser) (message, error) {
		return message{}, nil
	})
	ctx := governance.WithCaller(context.Background(), governance.Caller{ID: "u1", Roles: []string{"learner"}})
	ctx = governance.WithTrace(ctx, func(e governance.Explanation) {
		fmt.Println(e.Operation, e.Allowed, e.Stages[0].Reason)
	})
	_, _ = first(ctx, byUser{User: "u2"})
	// Output: messages.list false not_owner
}

func ExampleGuard_Swap() {
	g := exampleGuard(silent)
	m := g.Manifest()
	m.Rules = m.Rules[:1] // analysts may no longer read
	m.Rules[0].Actions = append(m.Rules[0].Actions, governance.Export)
	fmt.Println(g.Swap(m), g.Version() == m.Version())

	m.Rules[0].Actions = nil
	fmt.Println(g.Swap(m))
	fmt.Println("the old manifest stays:", g.Version() != m.Version())
	// Output:
	// <nil> true
	// governance: manifest: rules[0].actions: none: name the actions that the rule is for
	// the old manifest stays: true
}

func ExampleGuard_Decide() {
	ctx := governance.WithCaller(context.Background(), governance.Caller{ID: "u1", Roles: []string{"learner"}})
	g := exampleGuard(silent)
	own := g.Decide(ctx, governance.Question{Category: "messages", Action: governance.Erase, Subject: "u1"})
	other := g.Decide(ctx, governance.Question{Category: "messages", Action: governance.Erase, Subject: "u2"})
	fmt.Println(own.Allowed, other.Allowed, other.Reason)
	// Output: true false not_owner
}

func ExamplePeriod_After() {
	leap := time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)
	fmt.Println(governance.Period{Years: 1}.After(leap).Format(time.DateOnly))
	fmt.Println(leap.AddDate(1, 0, 0).Format(time.DateOnly), "says time.AddDate")
	// Output:
	// 2025-02-28
	// 2025-03-01 says time.AddDate
}

func ExampleParsePeriod() {
	p, err := governance.ParsePeriod("6 months 1 year")
	fmt.Println(p, err)
	_, err = governance.ParsePeriod("7 minutes")
	fmt.Println(err)
	// Output:
	// 1 year 6 months <nil>
	// period "7 minutes": unknown unit "minutes": want years, months or days
}

func ExampleSubject() {
	s := governance.Subject("u1")
	fmt.Println(s, message{User: s, Text: "一"})
	fmt.Println(string(s))
	// Output:
	// [redacted] {[redacted] 一}
	// u1
}

func ExamplePseudonyms_Of() {
	p, err := governance.NewPseudonyms([]byte("32 random bytes, kept by the host"))
	if err != nil {
		panic(err)
	}
	first, again, other := p.Of("u1"), p.Of("u1"), p.Of("u2")
	fmt.Println(first == again, first == other, len(first))
	// Output: true false 32
}
