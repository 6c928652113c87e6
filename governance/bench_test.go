package governance

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

// manifestOf returns a manifest with about n rules, none of them redundant: each is the only one for its role, category
// and action.
func manifestOf(n int) Manifest {
	m := Manifest{Classes: []Class{{Category: "bench", Classification: "behavioural", Personal: true}}}
	m.Datasets = []Dataset{{Store: "memory", Name: "bench", Category: "bench", Subject: "id"}}
	m.Rules = []Rule{
		{Roles: []string{"owner"}, Categories: []Category{"bench"}, Actions: []Action{Read}, Own: true},
		{Roles: []string{"reader"}, Categories: []Category{"bench"}, Actions: []Action{Read}, Purposes: []Purpose{"work"}},
	}
	for i := 0; len(m.Rules) < n; i++ {
		c := Category(fmt.Sprintf("category-%d", i))
		m.Classes = append(m.Classes, Class{Category: c, Classification: "other"})
		for role := range 8 {
			for _, a := range Actions() {
				rule := Rule{Roles: []string{fmt.Sprintf("role-%d", role)}, Categories: []Category{c}, Actions: []Action{a}}
				m.Rules = append(m.Rules, rule)
			}
		}
	}
	m.Rules = m.Rules[:n]
	return m
}

// noSink takes every event and does nothing.
type noSink struct{}

func (noSink) Record(context.Context, Event) error { return nil }

func (noSink) Guarantee() Guarantee { return Durable }

func benchGuard(b *testing.B, m Manifest, clock func() time.Time) *Guard {
	b.Helper()
	g, err := New(Config{Manifest: m, Audit: noSink{}, Clock: clock})
	if err != nil {
		b.Fatal(err)
	}
	return g
}

// BenchmarkDecide measures the decision that a wrapped call makes: rules of all the caller's roles, purpose and owner.
func BenchmarkDecide(b *testing.B) {
	for _, n := range []int{10, 1000, 10_000} {
		b.Run(fmt.Sprintf("rules=%d", n), func(b *testing.B) {
			g := benchGuard(b, manifestOf(n), nil)
			e := g.current.Load()
			state := &callerState{caller: Caller{ID: "learner-1", Roles: []string{"owner", "reader"}}}
			m := matter{edition: e, plan: e.scopes[e.vocabulary.categories["bench"]][actionIndex(Read)], state: state}
			m.about = "learner-1"
			ctx := b.Context()
			b.ReportAllocs()
			for b.Loop() {
				if no := g.judge(ctx, &m); no != nil {
					b.Fatal(no.reason)
				}
			}
		})
	}
}

// BenchmarkDecideQuestion measures Guard.Decide: the same decision with the caller and the names looked up.
func BenchmarkDecideQuestion(b *testing.B) {
	g := benchGuard(b, manifestOf(1000), nil)
	ctx := WithCaller(b.Context(), Caller{ID: "learner-1", Roles: []string{"owner", "reader"}})
	q := Question{Category: "bench", Action: Read, Subject: "learner-1"}
	b.ReportAllocs()
	for b.Loop() {
		if d := g.Decide(ctx, q); !d.Allowed {
			b.Fatal(d.Reason)
		}
	}
}

type benchRequest struct{ owner Subject }

// BenchmarkWrap measures a call without and with the guard, with a sink that does nothing, and apart from the clock.
func BenchmarkWrap(b *testing.B) {
	bare := func(_ context.Context, r benchRequest) (int, error) { return len(r.owner), nil }
	op := Operation[benchRequest, int]{
		Name: "bench.read", Dataset: "bench", Action: Read, Subject: func(r benchRequest) Subject { return r.owner },
	}
	fixed := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name string
		call Call[benchRequest, int]
	}{
		{"bare", bare},
		{"guarded", Wrap(benchGuard(b, manifestOf(100), nil), op, bare)},
		{"guarded-fixed-clock", Wrap(benchGuard(b, manifestOf(100), func() time.Time { return fixed }), op, bare)},
	} {
		b.Run(c.name, func(b *testing.B) {
			ctx := WithCaller(b.Context(), Caller{ID: "learner-1", Roles: []string{"owner", "reader"}})
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.call(ctx, benchRequest{"learner-1"}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("clock", func(b *testing.B) {
		var last time.Time
		for b.Loop() {
			last = time.Now()
		}
		_ = last
	})
}

// BenchmarkWrapDenied measures a refusal, which is recorded and returned as an error.
func BenchmarkWrapDenied(b *testing.B) {
	op := Operation[benchRequest, int]{
		Name: "bench.read", Dataset: "bench", Action: Read, Subject: func(r benchRequest) Subject { return r.owner },
	}
	next := func(context.Context, benchRequest) (int, error) { return 0, nil }
	call := Wrap(benchGuard(b, manifestOf(100), nil), op, next)
	ctx := WithCaller(b.Context(), Caller{ID: "learner-1", Roles: []string{"owner"}})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := call(ctx, benchRequest{"learner-2"}); !errors.Is(err, ErrDenied) {
			b.Fatal(err)
		}
	}
}
