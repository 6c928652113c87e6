package pgsink

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/internal/leaf"
)

// matcher answers a query about records that are not indexed. It means what the conditions of searchSQL mean.
type matcher struct {
	Query
	subject, actor governance.Pseudonym
}

func (s *Sink) matcher(q Query) matcher {
	return matcher{q, s.pseudonyms.Of(q.Subject), s.pseudonyms.Of(q.Actor)}
}

func (m *matcher) matches(r governance.Record) bool {
	switch {
	case m.subject != "" && r.Subject != m.subject, m.actor != "" && r.Actor != m.actor,
		m.ID != governance.EventID{} && r.ID != m.ID,
		m.Kind != "" && codeOf(r.Kind) != codeOf(m.Kind),
		m.Operation != "" && r.Operation != leaf.Clean(m.Operation),
		m.Action != "" && string(r.Action) != leaf.Clean(string(m.Action)),
		m.Category != "" && !slices.Contains(r.Categories, governance.Category(leaf.Clean(string(m.Category)))),
		!m.From.IsZero() && r.Time.Before(ceil(m.From)), !m.To.IsZero() && !r.Time.Before(ceil(m.To)):
		return false
	}
	return m.After.Kind == "" || m.order(m.After, r) < 0
}

// order compares records as the query orders them.
func (m *matcher) order(a, b governance.Record) int {
	c := cmp.Or(a.Time.Compare(b.Time), bytes.Compare(a.ID[:], b.ID[:]), cmp.Compare(codeOf(a.Kind), codeOf(b.Kind)))
	if m.OldestFirst {
		return c
	}
	return -c
}

// page keeps the first records of all that are added.
type page struct {
	matcher matcher
	size    int
	kept    []governance.Record
}

func (p *page) add(r governance.Record) {
	p.kept = append(p.kept, r)
	if len(p.kept) >= 2*p.size+64 {
		p.kept = p.records()
	}
}

// records returns the first records in their order. One that was handed over twice is there once.
func (p *page) records() []governance.Record {
	slices.SortStableFunc(p.kept, p.matcher.order)
	kept := slices.CompactFunc(p.kept, func(a, b governance.Record) bool { return a.ID == b.ID && a.Kind == b.Kind })
	return kept[:min(len(kept), p.size)]
}
