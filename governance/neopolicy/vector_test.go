package neopolicy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/neopolicy"
)

// nearest is the statement of the package's documentation.
const nearest = `CALL db.index.vector.queryNodes($index, $candidates, $vector) YIELD node, score
	WITH collect({node: node, score: score}) AS found
	RETURN size(found) AS candidates, COLLECT {
		UNWIND found AS f WITH f.node AS n, f.score AS score WHERE <predicate>
		RETURN n.id ORDER BY score DESC LIMIT $k
	} AS nearest`

// exact is the other one.
const exact = `MATCH (n:<label>) WHERE <predicate> AND n.embedding IS NOT NULL
	RETURN n.id ORDER BY vector.similarity.cosine(n.embedding, $vector) DESC LIMIT $k`

// TestNearestVectors has the nearest of ann's and bob's, asked by bob: ann restricts, and cid consents.
func TestNearestVectors(t *testing.T) {
	t.Parallel()
	g := newGraph(t)
	memo, standing, name := quote(t, g.prefix+"Memo"), g.prefix+"Standing", g.prefix+"vectors"
	g.run(t,
		"CREATE VECTOR INDEX "+quote(t, name)+" FOR (n:"+memo+") ON (n.embedding) OPTIONS {indexConfig: {"+
			"`vector.dimensions`: 2, `vector.similarity_function`: 'cosine', `vector.quantization.enabled`: false}}",
		"CREATE (:"+quote(t, standing)+" {subject: 'ann', restricted: true})",
		"UNWIND range(0, 19) AS i CREATE (:"+memo+" {id: i, owner: ['ann', 'bob', 'cid'][i % 3], embedding: [1.0, i / 10.0]})")
	g.await(t)
	reach := governance.Reach{Dataset: governance.Dataset{Subject: "owner"}, Caller: "bob", Own: governance.Every,
		Others: governance.Every, Standing: true}
	where, params, err := neopolicy.Predicate(reach, neopolicy.Query{Standing: standing})
	if err != nil {
		t.Fatal(err)
	}
	params["index"], params["vector"] = name, []float64{1, 0}
	for _, test := range []struct {
		candidates, k, wantCandidates int64
		want                          []any
	}{
		{candidates: 10, k: 3, wantCandidates: 10, want: []any{int64(1), int64(2), int64(4)}},
		{candidates: 3, k: 3, wantCandidates: 3, want: []any{int64(1), int64(2)}},                              // ask for more
		{candidates: 1, k: 3, wantCandidates: 1, want: []any{}},                                                // likewise
		{candidates: 100, k: 100, wantCandidates: 20, want: ids(1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19)}, // all there are
	} {
		params["candidates"], params["k"] = test.candidates, test.k
		got := g.ask(t, t.Context(), strings.ReplaceAll(nearest, "<predicate>", where), params)[0].Values
		if diff := cmp.Diff([]any{test.wantCandidates, test.want}, got); diff != "" {
			t.Errorf("%d of %d candidates (-want +got):\n%s", test.k, test.candidates, diff)
		}
		var all []any
		for _, r := range g.ask(t, t.Context(), strings.NewReplacer("<predicate>", where, "<label>", memo).Replace(exact), params) {
			all = append(all, r.Values[0])
		}
		want := ids(1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19)
		if !slices.Equal(all, want[:min(int(test.k), len(want))]) {
			t.Errorf("exact: %v", all)
		}
	}
}

func ids(list ...int64) []any {
	all := make([]any, len(list))
	for i, id := range list {
		all[i] = id
	}
	return all
}
