package day

import (
	"context"
	"slices"
	"sync"

	"github.com/shugo-data/shugo/governance"
)

// Trail is an audit trail that can be searched.
type Trail interface {
	governance.AuditSink
	// Find returns the records that meet what is set in the query, oldest first.
	Find(ctx context.Context, q Query) ([]governance.Record, error)
}

// Query says which records to find.
type Query struct {
	Subject, Actor governance.Subject
	Category       governance.Category
	Action         governance.Action
	Kind           governance.Kind
}

// Memory is a trail in the process. It is safe for concurrent use.
type Memory struct {
	Pseudonyms governance.Pseudonyms

	mu      sync.Mutex
	records []governance.Record
}

// Record implements governance.AuditSink.
func (m *Memory) Record(_ context.Context, e governance.Event) error {
	r := e.Record(m.Pseudonyms)
	r.Categories, r.Masked = slices.Clone(r.Categories), slices.Clone(r.Masked)
	m.mu.Lock()
	defer m.mu.Unlock()
	if !slices.ContainsFunc(m.records, func(old governance.Record) bool { return old.ID == r.ID && old.Kind == r.Kind }) {
		m.records = append(m.records, r)
	}
	return nil
}

// Guarantee implements governance.AuditSink. The data is in this process too, and is lost with its trail.
func (m *Memory) Guarantee() governance.Guarantee { return governance.Durable }

// Find implements Trail.
func (m *Memory) Find(_ context.Context, q Query) ([]governance.Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	subject, actor := m.Pseudonyms.Of(q.Subject), m.Pseudonyms.Of(q.Actor)
	var found []governance.Record
	for _, r := range m.records {
		if (subject == "" || r.Subject == subject) && (actor == "" || r.Actor == actor) &&
			(q.Category == "" || slices.Contains(r.Categories, q.Category)) &&
			(q.Action == "" || r.Action == q.Action) && (q.Kind == "" || r.Kind == q.Kind) {
			found = append(found, r)
		}
	}
	return found, nil
}
