package pgsink_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgsink"
	"github.com/shugo-data/shugo/internal/servertest"
)

// events are one of each shape, minutes apart.
func events() []governance.Event {
	at := func(i int) governance.Facts {
		f := governance.Facts{
			Kind: governance.Attempt, Time: time.Date(2026, 11, 24, 9, i, 0, 123456000, time.UTC), Operation: "notes.list",
			Store: "postgresql", Dataset: "notes", Categories: []governance.Category{"notes"}, Action: governance.Read,
			Version: "sha256:00", Rows: governance.NotCounted,
		}
		f.ID[15] = byte(i)
		return f
	}
	read, empty, denied, hostile := at(1), at(2), at(3), at(4)
	read.Kind, read.Rows, read.Rule, read.Masked = governance.Effect, 12, "own", []string{"body", "subject"}
	empty.Kind, empty.Rows, empty.Reason = governance.Effect, 0, governance.ReasonLeftEarly
	denied.Kind, denied.Stage, denied.Reason, denied.Purpose = governance.Denial, governance.StageAccess, governance.ReasonNoRule, "work"
	hostile.Operation, hostile.Action = `x'; DROP TABLE "shugo.audit" -- 100%_\ 守護`, governance.Erase
	hostile.Categories = []governance.Category{"b", "a", `{"c,d"}`}
	return []governance.Event{
		{Facts: read, Actor: "mika", Subject: "mika"},
		{Facts: empty, Actor: "sato", Subject: "mika"},
		{Facts: denied, Subject: "jun"},
		{Facts: hostile, Actor: "mika"},
	}
}

func TestSearch(t *testing.T) {
	t.Parallel()
	f := newFixture(t, 2)
	pseudonyms, err := governance.NewPseudonyms(bytes.Repeat([]byte("k"), 32))
	if err != nil {
		t.Fatal(err)
	}
	var all []governance.Record
	for _, e := range events() {
		for range 2 { // the second time changes nothing
			if err := f.sink.Record(t.Context(), e); err != nil {
				t.Fatal(err)
			}
		}
		all = append(all, e.Record(pseudonyms))
	}
	pick := func(i ...int) (picked []governance.Record) {
		for _, i := range i {
			picked = append(picked, all[i])
		}
		return picked
	}
	minute := func(i int) time.Time { return time.Date(2026, 11, 24, 9, i, 0, 0, time.UTC) }
	for name, test := range map[string]struct {
		query pgsink.Query
		want  []governance.Record
	}{
		"all, newest first": {pgsink.Query{}, pick(3, 2, 1, 0)},
		"oldest first":      {pgsink.Query{Oldest: true}, all},
		"limit":             {pgsink.Query{Oldest: true, Limit: 2}, pick(0, 1)},
		"subject":           {pgsink.Query{Subject: "mika"}, pick(1, 0)},
		"actor":             {pgsink.Query{Actor: "mika"}, pick(3, 0)},
		"actor and subject": {pgsink.Query{Actor: "mika", Subject: "mika"}, pick(0)},
		"unknown subject":   {pgsink.Query{Subject: "nobody"}, nil},
		"kind":              {pgsink.Query{Kind: governance.Denial}, pick(2)},
		"category":          {pgsink.Query{Category: `{"c,d"}`}, pick(3)},
		"action":            {pgsink.Query{Action: governance.Erase}, pick(3)},
		"operation":         {pgsink.Query{Operation: all[3].Operation}, pick(3)},
		"call":              {pgsink.Query{ID: all[1].ID}, pick(1)},
		"time":              {pgsink.Query{From: minute(2), To: minute(3)}, pick(1)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []governance.Record
			for r, err := range f.sink.Search(t.Context(), test.query) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, r)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("records (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSearchRefuses(t *testing.T) {
	t.Parallel()
	f := newFixture(t, 1)
	now := time.Now()
	for name, q := range map[string]pgsink.Query{
		"negative limit": {Limit: -1},
		"empty span":     {From: now, To: now},
	} {
		for _, err := range f.sink.Search(t.Context(), q) {
			if err == nil || !strings.HasPrefix(err.Error(), "pgsink: query: ") {
				t.Errorf("%s: error %v", name, err)
			}
		}
	}
}

// TestSearchLeavesConnection stops early more often than there are connections.
func TestSearchLeavesConnection(t *testing.T) {
	t.Parallel()
	f := newFixture(t, 1)
	for _, e := range events() {
		if err := f.sink.Record(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	for range 10 {
		for _, err := range f.sink.Search(t.Context(), pgsink.Query{}) {
			if err != nil {
				t.Fatal(err)
			}
			break
		}
	}
}

// TestSearchUsesIndexes asks the planner about a trail of 10,000 records.
func TestSearchUsesIndexes(t *testing.T) {
	t.Parallel()
	f := newFixture(t, 1)
	fill := `INSERT INTO shugo.audit (id, kind, decided_at, operation, store, dataset, categories, action, purpose, version,
			stage, rule, reason, masked, actor, subject)
		SELECT gen_random_uuid(), 'attempt', now() - i * interval '1 second', 'op', '', '', ARRAY['c' || i % 100], 'read', '', '', '',
			'', '', '{}', md5((i % 500)::text), md5((i % 1000)::text)
		FROM generate_series(1, 10000) AS i`
	for _, sql := range []string{fill, "ANALYZE shugo.audit"} {
		if _, err := f.pool.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	for name, q := range map[string]pgsink.Query{
		"audit_subject":    {Subject: "mika"},
		"audit_actor":      {Actor: "mika"},
		"audit_categories": {Category: "c7"},
		"audit_time":       {From: time.Now().Add(-time.Minute)},
		"audit_id_kind":    {ID: governance.EventID{1}},
	} {
		plan, err := f.sink.Plan(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(plan, name) {
			t.Errorf("the plan does not use %s:\n%s", name, plan)
		}
	}
}

func TestAppendOnly(t *testing.T) {
	t.Parallel()
	f := newFixture(t, 1)
	if err := f.sink.Record(t.Context(), events()[0]); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{"UPDATE shugo.audit SET rule = 'x'", "DELETE FROM shugo.audit", "TRUNCATE shugo.audit"} {
		if _, err := f.pool.Exec(t.Context(), sql); err == nil || !strings.Contains(err.Error(), "the audit trail takes no") {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

func TestMigrateTogetherAndAgain(t *testing.T) {
	t.Parallel()
	pool := servertest.Pool(t, servertest.Database(t), 8)
	errs := make(chan error)
	for range 8 {
		go func() { errs <- pgsink.Migrate(t.Context(), pool) }()
	}
	for range 8 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

func TestNotMigrated(t *testing.T) {
	t.Parallel()
	f := &fixture{address: servertest.Database(t)}
	f.open(t, 1)
	if err := f.sink.Record(t.Context(), events()[0]); !errors.Is(err, pgsink.ErrNotMigrated) {
		t.Errorf("error %v, want %v", err, pgsink.ErrNotMigrated)
	}
	for _, err := range f.sink.Search(t.Context(), pgsink.Query{}) {
		if !errors.Is(err, pgsink.ErrNotMigrated) {
			t.Errorf("error %v, want %v", err, pgsink.ErrNotMigrated)
		}
	}
}

func TestNewSaysAllThatIsMissing(t *testing.T) {
	t.Parallel()
	_, err := pgsink.New(pgsink.Config{})
	if want := "pgsink: config: no pool; no pseudonyms"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// TestSharedCommit records many events at once, some of whose callers go away.
func TestSharedCommit(t *testing.T) {
	t.Parallel()
	f := newFixture(t, 1)
	const callers = 200
	type outcome struct {
		id  governance.EventID
		err error
	}
	outcomes := make(chan outcome)
	for i := range callers {
		go func() {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			if i%10 == 0 {
				cancel()
			}
			e := events()[0]
			e.ID[0], e.ID[1] = byte(i), byte(i>>8)
			outcomes <- outcome{e.ID, f.sink.Record(ctx, e)}
		}()
	}
	for range callers {
		o := <-outcomes
		if o.err == nil && len(f.kinds(t, pgsink.Query{ID: o.id})) != 1 {
			t.Errorf("event %s: no error, and not on record", o.id)
		}
		if o.err != nil && !errors.Is(o.err, context.Canceled) {
			t.Error(o.err)
		}
	}
}
