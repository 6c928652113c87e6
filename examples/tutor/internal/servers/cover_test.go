package servers

import (
	"context"
	"testing"

	"github.com/shugo-data/shugo/examples/internal/data"
	"github.com/shugo-data/shugo/examples/tutor/internal/day"
	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/governancetest"
	"github.com/shugo-data/shugo/internal/servertest"
)

// TestEverythingIsCovered finds every table, column, label, type and property of the tutor, and its category.
func TestEverythingIsCovered(t *testing.T) {
	t.Parallel()
	var at Addresses
	at.Postgres = servertest.Database(t)
	at.Neo4j, at.Neo4jUser, at.Neo4jPassword = servertest.Neo4j(t)
	set, err := data.Load()
	if err != nil {
		t.Fatal(err)
	}
	var undo closers
	t.Cleanup(func() {
		if err := undo.close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	db, err := openDatabase(t.Context(), at.Postgres, set, &undo)
	if err != nil {
		t.Fatal(err)
	}
	graph, err := openGraph(t.Context(), at, db.run, set, &undo)
	if err != nil {
		t.Fatal(err)
	}
	policy, err := graphPolicy()
	if err != nil {
		t.Fatal(err)
	}
	guard, err := governance.New(governance.Config{
		Manifest: day.Manifest(), Audit: &governancetest.Sink{}, Register: day.NewRegister(nil, governance.PurposeTutoring),
	})
	if err != nil {
		t.Fatal(err)
	}
	governancetest.Cover(t, governancetest.CoverConfig{Guard: guard, Inventories: []governancetest.Inventory{
		governancetest.InventoryFunc(func(ctx context.Context) ([]governance.StoredField, error) { return db.policy.Fields(ctx, db.admin) }),
		governancetest.InventoryFunc(func(ctx context.Context) ([]governance.StoredField, error) { return policy.Fields(ctx, graph.driver) }),
	}})
}
