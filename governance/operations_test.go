package governance_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/governancetest"
)

func TestOperationsAreThoseBound(t *testing.T) {
	t.Parallel()
	g, err := governance.New(governance.Config{
		Manifest: governance.Tutor(), Audit: &governancetest.Sink{}, Register: &governancetest.Register{},
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(g.Operations()); n != 0 {
		t.Fatalf("%d operations before any is bound", n)
	}
	fields := []string{"name"}
	none := func(context.Context, string) (string, error) { return "", nil }
	governance.Wrap(g, governance.Operation[string, string]{Name: "b", Dataset: "users", Action: governance.Read, Fields: fields}, none)
	governance.Wrap(g, governance.Operation[string, string]{Name: "a", Store: governance.PostgreSQL, Dataset: "users",
		Action: governance.Update, Fields: fields}, none)
	want := []governance.OperationInfo{
		{Name: "b", Dataset: "users", Action: governance.Read, Fields: []string{"name"}},
		{Name: "a", Store: governance.PostgreSQL, Dataset: "users", Action: governance.Update, Fields: []string{"name"}},
	}
	g.Operations()[0].Fields[0] = "changed" // the caller's own
	if diff := cmp.Diff(want, g.Operations()); diff != "" {
		t.Errorf("operations (-want +got):\n%s", diff)
	}
}
