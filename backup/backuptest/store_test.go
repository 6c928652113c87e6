package backuptest_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
)

// store is a source and a destination in memory, sound but for what is set.
type store struct {
	rows map[string]string

	name    func() string
	twice   bool // gives a name twice
	reuses  bool // uses its buffer again before it is released
	large   bool // gives a chunk that is too large, and never minds
	never   bool // never minds what the writer says
	deaf    bool // does not look at its context
	nothing bool // writes nothing
	local   bool // tells the time of a zone
	grows   bool // writes one item more each time
	over    bool // restores over what is there
	loses   bool // loses a row
	hides   bool // never minds what the reader says
	passes  bool // fails a check of its own
	backups int
}

func (s *store) Name() string {
	if s.name != nil {
		return s.name()
	}
	return "memory"
}

func (s *store) facts() []backup.Fact {
	var all []backup.Fact
	for _, name := range slices.Sorted(maps.Keys(s.rows)) {
		all = append(all, backup.Fact{Name: name, Value: fmt.Sprintf("%d bytes", len(s.rows[name]))})
	}
	return all
}

func (s *store) Backup(ctx context.Context, w backup.Writer) (backup.Cut, error) {
	cut := backup.Cut{Time: time.Now().UTC()}
	if s.local {
		cut.Time = cut.Time.In(time.FixedZone("JST", 9*3600))
	}
	s.backups++
	if s.nothing {
		return cut, nil
	}
	buffer := make([]byte, 0, 1000)
	for _, name := range slices.Sorted(maps.Keys(s.rows)) {
		if err := s.item(ctx, w, name, &buffer); err != nil && !s.never {
			return cut, err
		}
		if s.twice {
			_, _ = w.Create(ctx, name, "rows")
		}
	}
	if s.large {
		if i, err := w.Create(ctx, "large", "rows"); err == nil {
			_ = i.Append(ctx, backup.Chunk{Data: make([]byte, backup.MaxChunk+1)})
		}
	}
	if s.grows && s.backups > 1 {
		if err := s.item(ctx, w, "more", &buffer); err != nil {
			return cut, err
		}
	}
	if err := backup.WriteFacts(ctx, w, s.facts()); err != nil && !s.never {
		return cut, err
	}
	if err := ctx.Err(); err != nil && !s.deaf {
		return cut, err
	}
	return cut, nil
}

func (s *store) item(ctx context.Context, w backup.Writer, name string, buffer *[]byte) error {
	if err := ctx.Err(); err != nil && !s.deaf {
		return err
	}
	i, err := w.Create(ctx, name, "rows")
	if err != nil {
		return err
	}
	if !s.reuses {
		*buffer = make([]byte, 0, 1000)
	}
	*buffer = append((*buffer)[:0], s.rows[name]...)
	if err := i.Append(ctx, backup.Chunk{Data: append(*buffer, '\n')}); err != nil {
		return err
	}
	return i.Commit(ctx, nil)
}

func (s *store) Restore(ctx context.Context, r backup.Reader, _ backup.Goal) error {
	if len(s.rows) > 0 && !s.over {
		return backup.ErrNotEmpty
	}
	rows := map[string]string{}
	for _, item := range r.Items() {
		if item.Name == backup.FactsItem || s.loses && item.Name == "b" {
			continue
		}
		if err := ctx.Err(); err != nil && !s.deaf {
			return err
		}
		text, err := r.Chunk(context.WithoutCancel(ctx), item.Name, 0)
		if err != nil && !s.hides {
			return err
		}
		rows[item.Name] = strings.TrimSuffix(string(text), "\n")
	}
	if err := ctx.Err(); err != nil && !s.deaf {
		return err
	}
	s.rows = rows
	return nil
}

func (s *store) Examine(context.Context) (backup.Examination, error) {
	if s.rows == nil {
		return backup.Examination{}, errors.New("nothing is restored")
	}
	return backup.Examination{Facts: s.facts(), Findings: []backup.Finding{{Check: "rows are whole", Passed: !s.passes}}}, nil
}

func rows() map[string]string { return map[string]string{"a": "first", "b": "second", "c": ""} }

func TestSources(t *testing.T) {
	t.Parallel()
	backuptest.TestSource(t, func(testing.TB) backup.Source { return &store{rows: rows()} })
}

func TestDestinations(t *testing.T) {
	t.Parallel()
	backuptest.TestDestination(t, func(testing.TB) backuptest.Restoring {
		return backuptest.Restoring{Source: &store{rows: rows()}, Destination: new(store)}
	})
}

// rejected fails unless the suite found a violation of a check.
func rejected(t *testing.T, err error, killer string) {
	t.Helper()
	var found backuptest.Violations
	if !errors.As(err, &found) {
		t.Fatalf("the suite accepts it: %v", err)
	}
	if !slices.ContainsFunc(found, func(v backuptest.Violation) bool { return v.Check == killer }) {
		t.Errorf("want it rejected by %s, got %v", killer, err)
	}
}

func TestSourceRejects(t *testing.T) {
	t.Parallel()
	n := 0
	for name, m := range map[string]struct {
		killer string
		make   func() *store
	}{
		"bad name":           {"Name", func() *store { return &store{name: func() string { return "A/b" }} }},
		"changing name":      {"Name", func() *store { return &store{name: func() string { n++; return fmt.Sprint(n) }} }},
		"zone":               {"Cut", func() *store { return &store{local: true} }},
		"nothing":            {"Writes", func() *store { return &store{nothing: true} }},
		"twice":              {"Writes", func() *store { return &store{twice: true} }},
		"large":              {"Writes", func() *store { return &store{large: true} }},
		"reuses":             {"Writes", func() *store { return &store{reuses: true} }},
		"grows":              {"Again", func() *store { return &store{grows: true} }},
		"never minds create": {"CreateFails", func() *store { return &store{never: true} }},
		"never minds append": {"AppendFails", func() *store { return &store{never: true} }},
		"never minds commit": {"CommitFails", func() *store { return &store{never: true} }},
		"deaf":               {"EndedContext", func() *store { return &store{deaf: true} }},
		"deaf midway":        {"ContextEndsMidway", func() *store { return &store{deaf: true} }},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			rejected(t, backuptest.CheckSource(t.Context(), func() (backup.Source, error) {
				s := m.make()
				s.rows = rows()
				return s, nil
			}), m.killer)
		})
	}
}

func TestDestinationRejects(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]struct {
		killer string
		make   func() *store
	}{
		"loses a row":           {"Facts", func() *store { return &store{loses: true} }},
		"fails its check":       {"Facts", func() *store { return &store{passes: true} }},
		"over":                  {"NotEmpty", func() *store { return &store{over: true} }},
		"deaf":                  {"EndedContext", func() *store { return &store{deaf: true} }},
		"deaf midway":           {"ContextEndsMidway", func() *store { return &store{deaf: true} }},
		"hides damage":          {"Corrupt", func() *store { return &store{hides: true} }},
		"restored from nothing": {"Facts", func() *store { return &store{rows: rows(), over: true, loses: true} }},
		"takes all for new":     {"EndedContext", func() *store { return &store{rows: rows()} }},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			rejected(t, backuptest.CheckDestination(t.Context(), func() (backuptest.Restoring, error) {
				return backuptest.Restoring{Source: &store{rows: rows()}, Destination: m.make()}, nil
			}), m.killer)
		})
	}
}
