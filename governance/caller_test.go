package governance_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
)

func TestCallerFrom(t *testing.T) {
	t.Parallel()
	roles := []string{"writer", "nurse"}
	want := governance.Caller{ID: "ann", Roles: []string{"writer", "nurse"}, Purpose: "care"}
	ctx := governance.WithCaller(t.Context(), governance.Caller{ID: "ann", Roles: roles, Purpose: "care"})
	roles[0] = "guest"
	got, ok := governance.CallerFrom(ctx)
	if diff := cmp.Diff(want, got); diff != "" || !ok {
		t.Errorf("caller differs (-want +got):\n%s", diff)
	}
	got.Roles[0] = "guest"
	if got, _ := governance.CallerFrom(ctx); got.Roles[0] != "writer" {
		t.Error("who is given the caller can change its roles")
	}
	want.Purpose = "coaching"
	got, ok = governance.CallerFrom(governance.WithPurpose(ctx, "coaching"))
	if diff := cmp.Diff(want, got); diff != "" || !ok {
		t.Errorf("caller with a purpose differs (-want +got):\n%s", diff)
	}
}

func TestCallerFromNobody(t *testing.T) {
	t.Parallel()
	for name, ctx := range map[string]context.Context{
		"nothing":         t.Context(),
		"without ID":      as("", "care", "writer"),
		"only a purpose":  governance.WithPurpose(t.Context(), "care"),
		"only a trace":    governance.WithTrace(t.Context(), func(governance.Explanation) {}),
		"another's value": context.WithValue(t.Context(), collectorKey{}, governance.Caller{ID: "ann"}),
	} {
		if got, ok := governance.CallerFrom(ctx); ok || got.ID != "" || got.Roles != nil {
			t.Errorf("%s: got %+v, %t", name, got, ok)
		}
	}
}

// TestCallerIsShared uses one context from many goroutines, under two manifests: the first call resolves the roles.
func TestCallerIsShared(t *testing.T) {
	t.Parallel()
	first, _ := guard(t)
	second, _ := guard(t, func(c *governance.Config) { c.Manifest.Rules[0].Roles = []string{"author", "writer"} })
	ctx := as("ann", "", "writer")
	var wait sync.WaitGroup
	for i := range 16 {
		wait.Go(func() {
			for _, g := range []*governance.Guard{first, second} {
				d := g.Decide(ctx, governance.Question{Category: "entries", Action: governance.Read, Subject: "ann"})
				if !d.Allowed || d.Rule != "writers-own" {
					t.Errorf("goroutine %d: %+v", i, d)
				}
			}
		})
	}
	wait.Wait()
}

func TestContextWithCallerPrintsNoPerson(t *testing.T) {
	t.Parallel()
	ctx := governance.WithCaller(t.Context(), governance.Caller{ID: canary, Roles: []string{"writer"}})
	ctx = governance.WithTrace(governance.WithPurpose(ctx, "care"), func(governance.Explanation) {})
	for _, c := range []context.Context{ctx, governance.WithCaller(ctx, governance.Caller{ID: canary})} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
			requireNoCanary(t, verb, fmt.Sprintf(verb, c), fmt.Sprintf(verb, []context.Context{c}),
				fmt.Sprintf(verb, struct{ ctx context.Context }{c}))
		}
	}
}
