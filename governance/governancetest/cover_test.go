package governancetest_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/governancetest"
)

// notebook is a repository.
type notebook interface {
	Add(ctx context.Context, text string) error
	FindAll(ctx context.Context, author string) ([]string, error)
}

// pages is a governed repository.
type pages struct {
	Turn  governance.Call[int, string]
	Count int // is no call
}

// Close is no repository call.
func (*pages) Close() error { return nil }

// host is a program that has forgotten nothing.
func host(t testing.TB) governancetest.CoverConfig {
	t.Helper()
	guard, err := governance.New(governance.Config{Audit: &governancetest.Sink{}, Manifest: governance.Manifest{
		Classes: []governance.Class{{Category: "notes", Personal: true}},
		Datasets: []governance.Dataset{
			{Store: "sql", Name: "notes", Category: "notes", Subject: "author", Fields: []governance.Field{{Name: "text", Sealed: true}}},
			{Store: "graph", Name: "Page", Category: "notes"},
		},
		Rules: []governance.Rule{{Categories: []governance.Category{"notes"}, Actions: governance.Actions()}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"notes.add", "notes.find_all", "pages.turn"} {
		governance.WrapErr(guard, governance.Operation[int, governance.Nothing]{Name: name, Dataset: "notes", Action: governance.Create},
			func(context.Context, int) error { return nil })
	}
	return governancetest.CoverConfig{
		Guard: guard,
		Inventories: []governancetest.Inventory{
			inventory("sql", "notes=notes", "notes/author=notes", "notes/text=notes", "notes/id=notes", "migrations=", "migrations/id="),
			inventory("graph", "Page=notes", "Page/title=notes"),
		},
		Repositories: map[string]any{"notes": (*notebook)(nil), "pages": &pages{}},
		Exempt:       map[string]string{"sql/migrations": "numbers of versions", "pages.Close": "touches no data"},
	}
}

// inventory has what "dataset/name=category" says.
func inventory(store string, items ...string) governancetest.InventoryFunc {
	return func(context.Context) ([]governance.StoredField, error) {
		var list []governance.StoredField
		for _, item := range items {
			at, category, _ := strings.Cut(item, "=")
			dataset, name, _ := strings.Cut(at, "/")
			list = append(list, governance.StoredField{Store: store, Dataset: dataset, Name: name, Category: governance.Category(category)})
		}
		return list, nil
	}
}

func TestCheckCover(t *testing.T) {
	t.Parallel()
	down := errors.New("the server is down")
	for name, c := range map[string]struct {
		forget func(*governancetest.CoverConfig)
		want   []string // nil: nothing
	}{
		"nothing": {func(*governancetest.CoverConfig) {}, nil},
		"a table": {func(c *governancetest.CoverConfig) {
			c.Inventories = append(c.Inventories, inventory("sql", "secrets=", "secrets/key="))
		}, []string{"Categories: sql/secrets has no category: declare it as a dataset, or drop it"}},
		"a column": {func(c *governancetest.CoverConfig) {
			c.Inventories = append(c.Inventories, inventory("sql", "notes=notes", "notes/mood="))
		}, []string{"Categories: sql/notes/mood has no category: name it in its dataset, or drop it"}},
		"a label that only the adapter's manifest has": {func(c *governancetest.CoverConfig) {
			c.Inventories = append(c.Inventories, inventory("graph", "Tag=notes"))
		}, []string{"Categories: graph/Tag has no category: declare it as a dataset, or drop it"}},
		"to make a table": {func(c *governancetest.CoverConfig) { c.Inventories[1] = inventory("graph", "Pages=notes") },
			[]string{"Categories: graph/Pages has no category: declare it as a dataset, or drop it",
				"Datasets: graph/Page is a dataset of the manifest, and its store does not have it"}},
		"to make columns": {func(c *governancetest.CoverConfig) {
			c.Inventories[0] = inventory("sql", "notes=notes", "notes/id=notes", "migrations=")
		}, []string{"Datasets: sql/notes/author is a field of the manifest, and its store does not have it",
			"Datasets: sql/notes/text is a field of the manifest, and its store does not have it"}},
		"an inventory": {func(c *governancetest.CoverConfig) { c.Inventories = c.Inventories[:1] },
			[]string{"Stores: graph is a store of the manifest, and no inventory tells what it has"}},
		"an inventory, with a reason": {func(c *governancetest.CoverConfig) {
			c.Inventories, c.Exempt["graph"] = c.Inventories[:1], "is not deployed yet"
		}, nil},
		"to wrap a method": {func(c *governancetest.CoverConfig) { c.Repositories["drafts"] = (*notebook)(nil) },
			[]string{`Operations: drafts.Add is not bound to the guard: wrap it in an operation "drafts.add"`,
				`Operations: drafts.FindAll is not bound to the guard: wrap it in an operation "drafts.find_all"`}},
		"to wrap a call of a struct": {func(c *governancetest.CoverConfig) { c.Repositories["leaves"] = pages{} },
			[]string{`Operations: leaves.Turn is not bound to the guard: wrap it in an operation "leaves.turn"`}},
		"what a repository is": {func(c *governancetest.CoverConfig) { c.Repositories["none"], c.Repositories["number"] = nil, 1 },
			[]string{"Operations: none has no exported method: want a repository, or a nil pointer to its interface",
				"Operations: number has no exported method: want a repository, or a nil pointer to its interface"}},
		"a reason": {func(c *governancetest.CoverConfig) { c.Exempt["pages.Close"] = " " },
			[]string{"Exemptions: pages.Close is exempt without a reason"}},
		"that it was repaired": {func(c *governancetest.CoverConfig) { c.Exempt["sql/notes/text"] = "later" },
			[]string{"Exemptions: sql/notes/text is exempt, and is not missing"}},
		"the guard":        {func(c *governancetest.CoverConfig) { c.Guard = nil }, []string{"governancetest: cover: no guard"}},
		"to set a pointer": {func(c *governancetest.CoverConfig) { c.Inventories[1] = nil }, []string{"governancetest: cover: inventories[1] is nil"}},
		"to start a server": {func(c *governancetest.CoverConfig) {
			c.Inventories[1] = governancetest.InventoryFunc(func(context.Context) ([]governance.StoredField, error) { return nil, down })
		}, []string{"governancetest: cover: inventories[1]: the server is down"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := host(t)
			c.forget(&config)
			err := governancetest.CheckCover(t.Context(), config)
			if diff := cmp.Diff(c.want, lines(err)); diff != "" {
				t.Errorf("forgotten (-want +got):\n%s", diff)
			}
			var seen told
			seen.TB = t
			governancetest.Cover(&seen, config)
			if diff := cmp.Diff(c.want, seen.texts); diff != "" {
				t.Errorf("told the test (-want +got):\n%s", diff)
			}
		})
	}
}

// told is a test that keeps what it is told.
type told struct {
	testing.TB
	texts []string
}

func (t *told) Error(args ...any) { t.texts = append(t.texts, fmt.Sprint(args...)) }

func lines(err error) []string {
	var found governancetest.Violations
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &found):
		return []string{err.Error()}
	}
	var texts []string
	for _, v := range found {
		texts = append(texts, v.String())
	}
	return texts
}

// What has a program forgotten? The store has got a column, and the repository a method.
func ExampleCheckCover() {
	guard, err := governance.New(governance.Config{
		Manifest: governance.Manifest{
			Classes:  []governance.Class{{Category: "notes", Personal: true}},
			Datasets: []governance.Dataset{{Store: "memory", Name: "notes", Category: "notes", Subject: "author"}},
			Rules:    []governance.Rule{{Categories: []governance.Category{"notes"}, Actions: governance.Actions(), Own: true}},
		},
		Audit: &governancetest.Sink{},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	governance.WrapErr(guard, governance.Operation[string, governance.Nothing]{Name: "notes.add", Dataset: "notes", Action: governance.Create},
		func(context.Context, string) error { return nil })

	store := governancetest.InventoryFunc(func(context.Context) ([]governance.StoredField, error) {
		return []governance.StoredField{
			{Store: "memory", Dataset: "notes", Category: "notes"},
			{Store: "memory", Dataset: "notes", Name: "author", Category: "notes"},
			{Store: "memory", Dataset: "notes", Name: "mood"},
		}, nil
	})
	fmt.Println(governancetest.CheckCover(context.Background(), governancetest.CoverConfig{
		Guard: guard, Inventories: []governancetest.Inventory{store}, Repositories: map[string]any{"notes": (*notebook)(nil)},
	}))
	// Output:
	// governancetest: Categories: memory/notes/mood has no category: name it in its dataset, or drop it
	// Operations: notes.FindAll is not bound to the guard: wrap it in an operation "notes.find_all"
}
