package servers

import (
	"context"
	"errors"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/examples/internal/data"
	"github.com/shugo-data/shugo/examples/tutor/internal/backend"
)

// Graph is the knowledge graph in Neo4j. Its nodes carry the run that they belong to, so that two runs of the example can
// share a server.
//
//shugo:raw package day governs it
type Graph struct {
	driver neo4j.DriverWithContext
	run    string
}

var _ backend.Graph = (*Graph)(nil)

const matchKanji = `
	MATCH (k:Kanji {run: $run, character: $character})
	OPTIONAL MATCH (k)-[a:READ_AS]->(r:Reading)
	WITH k, r, a ORDER BY a.place
	WITH k, collect(r.text) AS readings
	OPTIONAL MATCH (w:Word)-[:WRITTEN_WITH]->(k)
	WITH k, readings, w ORDER BY w.place
	RETURN k.meanings AS meanings, readings, collect(w.written) AS words`

// Kanji returns a character.
func (g *Graph) Kanji(ctx context.Context, character string) (backend.Kanji, error) {
	result, err := neo4j.ExecuteQuery(ctx, g.driver, matchKanji, map[string]any{"run": g.run, "character": character},
		neo4j.EagerResultTransformer, neo4j.ExecuteQueryWithReadersRouting())
	if err != nil {
		return backend.Kanji{}, err
	}
	if len(result.Records) == 0 {
		return backend.Kanji{}, backend.ErrNotFound
	}
	k := backend.Kanji{Character: character}
	for name, target := range map[string]*[]string{"meanings": &k.Meanings, "readings": &k.Readings, "words": &k.Words} {
		texts, _, err := neo4j.GetRecordValue[[]any](result.Records[0], name)
		if err != nil {
			return backend.Kanji{}, err
		}
		for _, text := range texts {
			if s, ok := text.(string); ok {
				*target = append(*target, s)
			}
		}
	}
	return k, nil
}

const createExplanation = `
	MATCH (item {run: $run, id: $item})
	CREATE (e:Explanation {run: $run, id: $id, language: $language, text: $text, model: $model})-[:EXPLAINS]->(item)
	RETURN e.id`

// Explain adds an explanation of an item that is there.
func (g *Graph) Explain(ctx context.Context, e backend.Explanation) error {
	result, err := neo4j.ExecuteQuery(ctx, g.driver, createExplanation, map[string]any{
		"run": g.run, "id": e.ID, "item": e.Item, "language": e.Language, "text": e.Text, "model": e.Model,
	}, neo4j.EagerResultTransformer)
	if err == nil && len(result.Records) == 0 {
		err = backend.ErrNotFound
	}
	return err
}

// The statements that load the graph, each for a list of rows.
const (
	mergeKanji = `
	UNWIND $rows AS row
	CREATE (k:Kanji {run: $run, id: row.id, character: row.character, meanings: row.meanings, grade: row.grade,
	                 strokes: row.strokes, level: row.level})
	WITH k, row UNWIND range(0, size(row.readings) - 1) AS place
	MERGE (r:Reading {run: $run, text: row.readings[place]})
	CREATE (k)-[:READ_AS {place: place}]->(r)`
	mergeWords = `
	UNWIND range(0, size($rows) - 1) AS place
	WITH place, $rows[place] AS row
	CREATE (w:Word {run: $run, id: row.id, written: row.written, reading: row.reading, meaning: row.meaning,
	                part_of_speech: row.part_of_speech, level: row.level, place: place})
	WITH w, row UNWIND row.kanji AS kanji
	MATCH (k:Kanji {run: $run, id: kanji})
	CREATE (w)-[:WRITTEN_WITH]->(k)`
	mergeGrammar = `
	UNWIND $rows AS row
	CREATE (:GrammarPoint {run: $run, id: row.id, pattern: row.pattern, meaning: row.meaning, level: row.level})`
	mergeLessons = `
	UNWIND $rows AS row
	CREATE (l:Lesson {run: $run, id: row.id, title: row.title, level: row.level})
	WITH l, row UNWIND range(0, size(row.teaches) - 1) AS place
	MATCH (item {run: $run, id: row.teaches[place]})
	CREATE (l)-[:TEACHES {place: place}]->(item)`
	mergeRequirements = `
	UNWIND $rows AS row UNWIND row.requires AS required
	MATCH (l:Lesson {run: $run, id: row.id}), (r:Lesson {run: $run, id: required})
	CREATE (l)-[:REQUIRES]->(r)`
	mergeExplanations = `
	UNWIND $rows AS row
	MATCH (item {run: $run, id: row.item})
	CREATE (:Explanation {run: $run, id: row.id, language: row.language, text: row.text, model: row.model})-[:EXPLAINS]->(item)`
	deleteRun = `MATCH (n {run: $run}) DETACH DELETE n`
)

// openGraph fills the part of the graph that belongs to the run.
//
//shugo:ungoverned sets the example up before the rules begin to hold, and takes it down after
func openGraph(ctx context.Context, at Addresses, run string, set data.Set, undo *closers) (*Graph, error) {
	driver, err := neo4j.NewDriverWithContext(at.Neo4j, neo4j.BasicAuth(at.Neo4jUser, at.Neo4jPassword, ""))
	if err != nil {
		return nil, errors.New("SHUGO_NEO4J_URL is not an address that Neo4j's driver understands")
	}
	undo.add(driver.Close)
	graph := &Graph{driver: driver, run: run}
	undo.add(graph.drop)
	return graph, graph.load(ctx, set)
}

// drop removes the part of the run.
//
//shugo:ungoverned sets the example up before the rules begin to hold, and takes it down after
func (g *Graph) drop(ctx context.Context) error {
	return g.execute(ctx, deleteRun, map[string]any{"run": g.run})
}

// load fills the graph: the set-up of the example, before the rules begin to hold.
func (g *Graph) load(ctx context.Context, set data.Set) error {
	for _, part := range []struct {
		cypher string
		rows   []any
	}{
		{mergeKanji, kanjiRows(set)}, {mergeWords, wordRows(set)}, {mergeGrammar, grammarRows(set)},
		{mergeLessons, lessonRows(set)}, {mergeRequirements, lessonRows(set)}, {mergeExplanations, explanationRows(set)},
	} {
		if err := g.execute(ctx, part.cypher, map[string]any{"run": g.run, "rows": part.rows}); err != nil {
			return err
		}
	}
	return nil
}

func (g *Graph) execute(ctx context.Context, cypher string, parameters map[string]any) error {
	_, err := neo4j.ExecuteQuery(ctx, g.driver, cypher, parameters, neo4j.EagerResultTransformer)
	return err
}
