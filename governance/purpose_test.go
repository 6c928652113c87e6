package governance_test

import (
	"context"
	"errors"
	"testing"

	"github.com/shugo-data/shugo/governance"
)

// TestUnknownPurposeIsNotOnRecord refuses a purpose that the manifest does not know, and keeps its text out of the trail.
func TestUnknownPurposeIsNotOnRecord(t *testing.T) {
	t.Parallel()
	var got []governance.Event
	g, err := governance.New(governance.Config{
		Manifest: governance.Manifest{
			Classes:  []governance.Class{{Category: "c"}},
			Datasets: []governance.Dataset{{Store: "s", Name: "d", Category: "c"}},
			Rules: []governance.Rule{{
				Roles: []string{"r"}, Categories: []governance.Category{"c"}, Actions: []governance.Action{governance.Read},
			}},
		},
		Audit: governance.Vouch(governance.AuditSinkFunc(func(_ context.Context, e governance.Event) error {
			got = append(got, e)
			return nil
		}), governance.Durable),
	})
	if err != nil {
		t.Fatal(err)
	}
	op := governance.Operation[int, int]{Name: "o", Dataset: "d", Action: governance.Read}
	call := governance.Wrap(g, op, func(context.Context, int) (int, error) { return 0, nil })
	for _, c := range []governance.Caller{
		{ID: "x", Roles: []string{"r"}, Purpose: "mail aiko@example.org"}, {Roles: []string{"r"}, Purpose: "mail aiko@example.org"},
	} {
		if _, err := call(governance.WithCaller(t.Context(), c), 1); !errors.Is(err, governance.ErrDenied) {
			t.Errorf("error %v, want a denial", err)
		}
	}
	if len(got) != 2 || got[0].Purpose != "" || got[1].Purpose != "" {
		t.Errorf("events %+v, want two without a purpose", got)
	}
}
