package governance_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
)

// TestReachOfTheTutor tells how far its roles reach.
func TestReachOfTheTutor(t *testing.T) {
	t.Parallel()
	masked := []string{"content", "content_embedding", "session_summary", "session_summary_embedding", "user_id"}
	for name, test := range map[string]struct {
		caller   governance.Caller
		target   governance.Target
		standing governance.Standing
		want     governance.Reach
	}{
		"a learner's own": {caller: governance.Caller{ID: "mika", Roles: []string{governance.RoleLearner}},
			target: governance.Target{Dataset: "conversation_messages", Action: governance.Read},
			want:   governance.Reach{Own: governance.Every}},
		"own data under a hold": {caller: governance.Caller{ID: "mika", Roles: []string{governance.RoleLearner}},
			target: governance.Target{Dataset: "conversation_messages", Action: governance.Erase}, standing: governance.Standing{Held: true}},
		"without consent": {
			caller: governance.Caller{ID: "mika", Roles: []string{governance.RoleLearner}, Purpose: governance.PurposeTutoring},
			target: governance.Target{Dataset: "conversation_messages", Action: governance.Create}},
		"with consent": {
			caller: governance.Caller{ID: "mika", Roles: []string{governance.RoleLearner}, Purpose: governance.PurposeTutoring},
			target: governance.Target{Dataset: "conversation_messages", Action: governance.Create}, standing: governance.Standing{Consented: true},
			want: governance.Reach{Own: governance.Every}},
		"an analyst": {
			caller: governance.Caller{ID: "sato", Roles: []string{governance.RoleAnalyst}, Purpose: governance.PurposeAnalytics},
			target: governance.Target{Dataset: "conversation_messages", Action: governance.Read},
			want:   governance.Reach{Own: governance.Every, Others: governance.Every, OwnMask: masked, OthersMask: masked}},
		"some fields": {
			caller: governance.Caller{ID: "sato", Roles: []string{governance.RoleAnalyst}, Purpose: governance.PurposeAnalytics},
			target: governance.Target{Dataset: "conversation_messages", Action: governance.Read, Fields: []string{"id", "content"}},
			want: governance.Reach{Own: governance.Every, Others: governance.Every, OwnMask: []string{"content"},
				OthersMask: []string{"content"}}},
		"the wrong purpose": {
			caller: governance.Caller{ID: "sato", Roles: []string{governance.RoleAnalyst}},
			target: governance.Target{Dataset: "conversation_messages", Action: governance.Read}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, _ := guard(t, func(c *governance.Config) {
				c.Manifest = governance.Tutor()
				c.Register = governance.RegisterFunc(func(context.Context, governance.Subject, governance.Purpose) (governance.Standing, error) {
					return test.standing, nil
				})
			})
			got, err := g.Reach(governance.WithCaller(t.Context(), test.caller), test.target)
			if err != nil {
				t.Fatal(err)
			}
			got.Target, got.Dataset, got.Caller, got.Purpose, got.Version, got.Standing = governance.Target{}, governance.Dataset{}, "", "", "", false
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestReachRefuses has callers and targets that nobody knows.
func TestReachRefuses(t *testing.T) {
	t.Parallel()
	g, _ := guard(t, func(c *governance.Config) { c.Manifest, c.Register = governance.Tutor(), consenting() })
	target := governance.Target{Dataset: "users", Action: governance.Read}
	if _, err := g.Reach(t.Context(), target); !errors.Is(err, governance.ErrDenied) {
		t.Errorf("no caller: %v", err)
	}
	ctx := governance.WithCaller(t.Context(), governance.Caller{ID: "a", Roles: []string{"stranger"}})
	if _, err := g.Reach(ctx, target); !errors.Is(err, governance.ErrDenied) {
		t.Errorf("unknown role: %v", err)
	}
	ctx = governance.WithCaller(t.Context(), governance.Caller{ID: "a", Roles: []string{governance.RoleLearner}})
	for _, target := range []governance.Target{{Dataset: "secrets", Action: governance.Read}, {Dataset: "users", Action: "look"}, {}} {
		if _, err := g.Reach(ctx, target); !errors.Is(err, governance.ErrWiring) {
			t.Errorf("%v: %v", target, err)
		}
	}
}

// TestReachEqualsTheOracle compares Reach with the oracle, record by record, on random manifests: whoever the subject of a
// record is, and whatever their standing, the record is within reach exactly when a call about it would be allowed.
func TestReachEqualsTheOracle(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(20260302, 11))
	cases, within := 0, 0
	persons := []governance.Subject{"ann", "bob", "cid", ""}
	for cases < 20_000 {
		m := randomManifest(rng)
		if len(m.Rules) == 0 {
			continue
		}
		m.Datasets[0].Subject = "owner"
		standing := map[governance.Subject]governance.Standing{}
		g, _ := guard(t, func(c *governance.Config) {
			c.Manifest = m
			c.Register = governance.RegisterFunc(func(_ context.Context, s governance.Subject, _ governance.Purpose) (
				governance.Standing, error) {
				return standing[s], nil
			})
		})
		for range 20 {
			s := randomSituation(rng)
			s.action, s.fields = pick(rng, worldActions()), some(rng, worldFields(), 0)
			s.age, s.policy = 0, governance.Verdict{}
			s.categories = categoriesOf(m.Datasets[0], s.fields)
			for _, person := range persons[:3] {
				standing[person] = governance.Standing{Consented: rng.IntN(2) == 0, Restricted: rng.IntN(4) == 0, Held: rng.IntN(4) == 0}
			}
			r, err := g.Reach(governance.WithCaller(t.Context(), s.caller), governance.Target{
				Dataset: "d", Action: s.action, Fields: s.fields,
			})
			for _, s.subject = range persons {
				s.standing = standing[s.subject]
				want, got := oracle{m}.answer(s), err == nil && reaches(r, s)
				cases++
				if got {
					within++
				}
				if got != want.Allowed {
					t.Fatalf("within reach %v, oracle %v: subject %q of %+v\nreach %+v, error %v",
						got, want, string(s.subject), s, r, err)
				}
			}
		}
	}
	share := float64(within) / float64(cases)
	t.Logf("%d cases, %.2f within reach", cases, share)
	if share < 0.05 || share > 0.95 {
		t.Error("the cases are degenerate")
	}
}

// reaches applies a Reach to one record as a query would.
func reaches(r governance.Reach, s situation) bool {
	if s.subject == s.caller.ID {
		return r.Own == governance.Every
	}
	if r.Standing && s.subject != "" {
		erases := s.action == governance.Delete || s.action == governance.Erase
		if s.standing.Restricted || erases && s.standing.Held {
			return false
		}
	}
	return r.Others == governance.Every || r.Others == governance.Consenting && s.subject != "" && s.standing.Consented
}
