package neosource_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/neosource"
)

// BenchmarkBackup exports a graph of 100,000 words and 300,000 relationships, beside reading the same in the same way and
// throwing it away; and restores it.
func BenchmarkBackup(b *testing.B) {
	const nodes, perNode = 100_000, 3
	g := newGraph(b)
	fill(b, g, nodes, perNode)
	s, err := neosource.New(neosource.Config{Name: "graph", Driver: g.driver})
	if err != nil {
		b.Fatal(err)
	}
	per := func(b *testing.B) {
		b.ReportMetric(float64(nodes*(1+perNode))*float64(b.N)/b.Elapsed().Seconds(), "entities/s")
	}
	b.Run("discard", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if found := discard(b, g); found != nodes*(1+perNode) {
				b.Fatalf("%d entities", found)
			}
		}
		per(b)
	})
	var in backuptest.Repository
	var last backup.Snapshot
	b.Run("export", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if last, err = in.Write(b.Context(), s.Name(), s.Backup); err != nil {
				b.Fatal(err)
			}
		}
		per(b)
	})
	b.Run("restore", func(b *testing.B) {
		b.ReportAllocs()
		r, err := in.Open(b.Context(), last.ID)
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			b.StopTimer()
			g.wipe(b)
			b.StartTimer()
			d, err := neosource.NewGraph(neosource.GraphConfig{Driver: g.driver})
			if err == nil {
				err = d.Restore(b.Context(), r, backup.Goal{})
			}
			if err != nil {
				b.Fatal(err)
			}
		}
		per(b)
	})
}

// fill makes words that know of each other.
func fill(t testing.TB, g *graph, nodes, perNode int) {
	t.Helper()
	const batch = 10_000
	for from := 0; from < nodes; from += batch {
		g.ask(t, `UNWIND range($from, $from + $batch - 1) AS i CREATE (:Governed:Word {gid: 'word ' + i, gseq: i, reading: 'よみ' + i,
			level: i % 5, since: datetime('2026-11-25T09:00:00Z'), gloss: 'a word that a learner met ' + i})`, map[string]any{"from": from, "batch": batch})
	}
	for n := range perNode {
		for from := 0; from < nodes; from += batch {
			g.ask(t, `MATCH (n) WHERE id(n) IN range($from, $from + $batch - 1) MATCH (m) WHERE id(m) = (id(n) * 7 + $n * 31 + 1) % $nodes
				CREATE (n)-[:RELATED {gid: 'r' + id(n) + '-' + $n, gseq: id(n), weight: id(n) / 7.0}]->(m)`,
				map[string]any{"from": from, "batch": batch, "n": n, "nodes": nodes})
		}
	}
}

// discard reads all entities as a source does, in two sessions, and returns how many there are.
func discard(t testing.TB, g *graph) int {
	t.Helper()
	const window = 1 << 13
	found := 0
	for _, kind := range []struct{ last, read string }{
		{`MATCH (n) RETURN max(id(n))`, `MATCH (n) WHERE id(n) IN range($from, $to) RETURN n`},
		{`MATCH ()-[r]->() RETURN max(id(r))`, `MATCH ()-[r]->() WHERE id(r) IN range($from, $to) RETURN r`},
	} {
		last := g.ask(t, kind.last, nil)[0].Values[0].(int64)
		var all sync.WaitGroup
		counts := make([]int, 2)
		for worker := range counts {
			all.Go(func() {
				ctx := context.Background()
				session := g.driver.NewSession(ctx, neo4j.SessionConfig{FetchSize: 10_000, AccessMode: neo4j.AccessModeRead})
				defer session.Close(ctx)
				for from := int64(worker) * window; from <= last; from += 2 * window {
					result, err := session.Run(ctx, kind.read, map[string]any{"from": from, "to": from + window - 1})
					if err != nil {
						t.Error(fmt.Errorf("read: %w", err))
						return
					}
					for result.Next(ctx) {
						counts[worker]++
					}
					if err := result.Err(); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		found += counts[0] + counts[1]
	}
	return found
}
