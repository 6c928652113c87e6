package neoquality_test

import (
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/internal/servertest"
	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/neoquality"
)

// edge and world are a small graph, as it was written.
type edge struct {
	from, to int
	kind     string
	weight   int // 0: none
}

type world struct {
	ids   []string // of nodes; empty: none
	isB   []bool   // nodes of label A, or of A and B
	edges []edge
}

func randomWorld(rng *rand.Rand) world {
	w := world{}
	for range 1 + rng.IntN(12) {
		texts := []string{"", "1", "2", "3", "先", "\uff5e", "\U00020BB7", "4"}
		w.ids, w.isB = append(w.ids, texts[rng.IntN(len(texts))]), append(w.isB, rng.IntN(2) == 0)
	}
	for range rng.IntN(25) {
		w.edges = append(w.edges, edge{rng.IntN(len(w.ids)), rng.IntN(len(w.ids)), []string{"R", "S"}[rng.IntN(2)], rng.IntN(3)})
	}
	return w
}

func (w world) write(t testing.TB, g *graph, round int) {
	t.Helper()
	var nodes, edges []any
	for i, id := range w.ids {
		nodes = append(nodes, map[string]any{"i": i, "b": w.isB[i], "id": id})
	}
	for _, e := range w.edges {
		edges = append(edges, map[string]any{"from": e.from, "to": e.to, "s": e.kind == "S", "weight": e.weight})
	}
	params := map[string]any{"nodes": nodes, "edges": edges}
	suffix := func(text string) string { return g.named(fmt.Sprintf(text, round)) }
	g.ask(t, t.Context(), suffix(`UNWIND $nodes AS n CREATE (m:#A%[1]d {i: n.i}) SET m.id = CASE n.id WHEN '' THEN null ELSE n.id END
		FOREACH (_ IN CASE WHEN n.b THEN [1] ELSE [] END | SET m:#B%[1]d)`), params)
	g.ask(t, t.Context(), suffix(`UNWIND $edges AS e MATCH (a:#A%[1]d {i: e.from}), (b:#A%[1]d {i: e.to})
		FOREACH (_ IN CASE WHEN e.s THEN [1] ELSE [] END | CREATE (a)-[r:#S%[1]d]->(b) SET r.weight = CASE e.weight WHEN 0 THEN null ELSE e.weight END)
		FOREACH (_ IN CASE WHEN e.s THEN [] ELSE [1] END | CREATE (a)-[r:#R%[1]d]->(b) SET r.weight = CASE e.weight WHEN 0 THEN null ELSE e.weight END)`), params)
}

// bad counts nodes that are not good.
func (w world) bad(good func(node int) bool) (n int64) {
	for i := range w.ids {
		if !good(i) {
			n++
		}
	}
	return n
}

// degree is the number of relationships of a node. One that leads back to it is one, as for Cypher.
func (w world) degree(node int, kinds string, d neoquality.Direction, toB bool) (n int) {
	for _, e := range w.edges {
		out := e.from == node && d != neoquality.Incoming && (!toB || w.isB[e.to])
		in := e.to == node && d != neoquality.Outgoing && (!toB || w.isB[e.from])
		if (kinds == "" || kinds == e.kind) && (out || in) {
			n++
		}
	}
	return n
}

// figures are what a check came to.
type figures struct{ Judged, Unexpected int64 }

func TestRelationsAgreeWithGo(t *testing.T) {
	t.Parallel()
	g := newGraph(t)
	for round := range servertest.Count(4, 200) {
		rng := rand.New(rand.NewPCG(11, uint64(round)))
		w := randomWorld(rng)
		w.write(t, g, round)
		name := func(text string) string { return g.named(text + fmt.Sprint(round)) }
		d := []neoquality.Direction{neoquality.Both, neoquality.Outgoing, neoquality.Incoming}[rng.IntN(3)]
		low, high := rng.IntN(2), 1+rng.IntN(3)
		sense := []quality.Sense{quality.AffectedRows, quality.ExcessRows, quality.Groups}[rng.IntN(3)]
		theirs := randomIDs(rng)
		nodes := quality.Suite{Dataset: name("#A"), Checks: checks(
			neoquality.Connected{Types: []string{name("#R")}, Direction: d}, neoquality.Connected{},
			neoquality.Connected{Direction: d, To: name("#B")},
			neoquality.Degree{Types: []string{name("#R")}, Direction: d, Min: low, Max: high},
			neoquality.Degree{Types: []string{name("#R"), name("#S")}, Direction: d, To: name("#B"), Max: high},
			neoquality.Degree{Types: []string{name("#S")}, Max: -1},
			quality.Unique{Fields: []string{"id"}, Count: sense},
			quality.Reference{Fields: []string{"id"}, To: name("#B")},
			neoquality.Mirror{Field: "id", IDs: stream(theirs)}, neoquality.Mirror{Field: "id", IDs: stream(theirs), Of: neoquality.Graph},
			neoquality.Mirror{Field: "id", IDs: stream(theirs), Of: neoquality.Theirs},
		)}
		reports := g.assess(t, nodes)
		w.compare(t, round, reports[0], []figures{
			w.all(func(i int) bool { return w.degree(i, "R", d, false) > 0 }),
			w.all(func(i int) bool { return w.degree(i, "", neoquality.Both, false) > 0 }),
			w.all(func(i int) bool { return w.degree(i, "", d, true) > 0 }),
			w.all(func(i int) bool { n := w.degree(i, "R", d, false); return n >= low && n <= high }),
			w.all(func(i int) bool { return w.degree(i, "", d, true) <= high }),
			w.all(func(i int) bool { return w.degree(i, "S", neoquality.Both, false) == 0 }),
			w.unique(sense), w.references(), w.mirror(theirs, true, true), w.mirror(theirs, true, false), w.mirror(theirs, false, true),
		})
		if !slices.ContainsFunc(w.edges, func(e edge) bool { return e.kind == "R" }) {
			continue
		}
		edges := quality.Suite{Dataset: name("[:#R") + "]", Checks: checks(
			neoquality.Endpoints{From: []string{name("#B")}}, neoquality.Endpoints{From: []string{name("#B"), name("#A")}, To: []string{name("#B")}},
			neoquality.NoLoop{}, neoquality.NoParallel{Count: sense}, neoquality.NoParallel{Undirected: true, Count: sense},
			neoquality.NoParallel{Fields: []string{"weight"}, Count: sense}, quality.NotNull{Field: "weight"})}
		w.compare(t, round, g.assess(t, edges)[0], []figures{
			w.every(func(e edge) bool { return w.isB[e.from] }), w.every(func(e edge) bool { return w.isB[e.to] }),
			w.every(func(e edge) bool { return e.from != e.to }),
			w.parallel(sense, func(e edge) string { return fmt.Sprint(e.from, e.to) }),
			w.parallel(sense, func(e edge) string { return fmt.Sprint(min(e.from, e.to), max(e.from, e.to)) }),
			w.parallel(sense, func(e edge) string { return fmt.Sprint(e.from, e.to, e.weight) }),
			w.every(func(e edge) bool { return e.weight != 0 }),
		})
	}
}

func (w world) compare(t testing.TB, round int, r quality.Report, want []figures) {
	t.Helper()
	for i, result := range r.Results {
		if diff := cmp.Diff(want[i], figures{result.Judged, result.Unexpected}); diff != "" {
			t.Errorf("round %d, %s %d (-Go +graph):\n%s%+v", round, result.Kind, i, diff, w)
		}
		if int64(len(result.Examples)) == 0 && result.Unexpected > 0 {
			t.Errorf("round %d, %s %d: no example", round, result.Kind, i)
		}
	}
}

func (w world) all(good func(node int) bool) figures {
	return figures{int64(len(w.ids)), w.bad(good)}
}

func (w world) every(good func(edge) bool) (f figures) {
	for _, e := range w.edges {
		if e.kind != "R" {
			continue
		}
		f.Judged++
		if !good(e) {
			f.Unexpected++
		}
	}
	return f
}

func (w world) parallel(sense quality.Sense, key func(edge) string) figures {
	counts := map[string]int64{}
	for _, e := range w.edges {
		if e.kind == "R" {
			counts[key(e)]++
		}
	}
	return counted(counts, sense)
}

func (w world) unique(sense quality.Sense) figures {
	counts := map[string]int64{}
	for _, id := range w.ids {
		if id != "" {
			counts[id]++
		}
	}
	return counted(counts, sense)
}

func counted(counts map[string]int64, sense quality.Sense) (f figures) {
	for _, n := range counts {
		switch sense {
		case quality.ExcessRows:
			f.Judged, f.Unexpected = f.Judged+n, f.Unexpected+n-1
		case quality.Groups:
			f.Judged++
			f.Unexpected += min(n-1, 1)
		default:
			f.Judged += n
			if n > 1 {
				f.Unexpected += n
			}
		}
	}
	return f
}

func (w world) references() (f figures) {
	for _, id := range w.ids {
		if id == "" {
			continue
		}
		f.Judged++
		good := false
		for i, other := range w.ids {
			good = good || w.isB[i] && other == id
		}
		if !good {
			f.Unexpected++
		}
	}
	return f
}

func (w world) mirror(theirs []string, graph, other bool) (f figures) {
	for _, id := range w.ids {
		if graph && id != "" {
			f.Judged++
			if !slices.Contains(theirs, id) {
				f.Unexpected++
			}
		}
	}
	for _, id := range theirs {
		absent := !slices.Contains(w.ids, id)
		if other && (absent || !graph) {
			f.Judged++
		}
		if other && absent {
			f.Unexpected++
		}
	}
	return f
}

// randomIDs returns ids in ascending order of their bytes.
func randomIDs(rng *rand.Rand) []string {
	ids := map[string]bool{}
	for range rng.IntN(8) {
		ids[[]string{"1", "2", "3", "0", "先", "\uff5e", "\U00020BB7", "5"}[rng.IntN(8)]] = true
	}
	return slices.Sorted(maps.Keys(ids))
}

func stream(ids []string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for _, id := range ids {
			if !yield(id, nil) {
				return
			}
		}
	}
}
