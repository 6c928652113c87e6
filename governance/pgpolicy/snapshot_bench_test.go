package pgpolicy_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgpolicy"
)

// wide is a manifest of tables with ten columns each, and the SQL that makes them.
func wide(tables int) (pgpolicy.Config, string) {
	m := governance.Manifest{
		Classes: []governance.Class{{Category: "c0", Personal: true}, {Category: "c1"}},
		Rules: []governance.Rule{
			{Roles: []string{"r"}, Categories: []governance.Category{"c0"}, Actions: governance.Actions(), Own: true},
			{Roles: []string{"r"}, Categories: []governance.Category{"c1"}, Actions: governance.Actions(), Mask: []string{"b"}},
		},
	}
	var ddl strings.Builder
	for i := range tables {
		name := fmt.Sprint("t", i)
		m.Datasets = append(m.Datasets, governance.Dataset{Store: governance.PostgreSQL, Name: name,
			Category: governance.Category(fmt.Sprint("c", i%2)), Subject: "owner"})
		fmt.Fprintf(&ddl, "CREATE TABLE %s (id bigserial PRIMARY KEY, owner uuid, a text, b text, c int, d int, e jsonb, f timestamptz, "+
			"g real[], h boolean); ", name)
	}
	return pgpolicy.Config{Manifest: m}, strings.TrimSuffix(ddl.String(), "; ")
}

// BenchmarkDrift compares a database of 200 tables and 2,000 columns: the whole, and the server's part of it.
func BenchmarkDrift(b *testing.B) {
	c, ddl := wide(200)
	p := newPlace(b, ddl)
	policy := p.apply(b, c)
	b.Run("drift", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if r, err := policy.Drift(b.Context(), p.admin); err != nil {
				b.Fatal(err)
			} else if len(r.Differences) > 0 {
				b.Fatal(r)
			}
		}
	})
	s, err := policy.Snapshot(b.Context(), p.admin)
	if err != nil {
		b.Fatal(err)
	}
	text, _ := s.MarshalJSON()
	b.Run("snapshot", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := policy.Snapshot(b.Context(), p.admin); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(len(text)), "json-bytes")
	})
	b.Run("compare", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			policy.Compare(s)
		}
	})
}
