package journal

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/shugo-data/shugo/internal/graphimage"
	"github.com/shugo-data/shugo/internal/pgerror"
)

// record writes what was touched into the journal, where every entity gets its version now that all of them are locked,
// and gives the versions to the graph.
func (g *Graph) record(ctx context.Context) error {
	const insert = `WITH given AS (
	SELECT * FROM unnest($1::smallint[], $2::text[], $3::boolean[], $4::bytea[]) WITH ORDINALITY AS g("kind", "gid", "gone", "image", "place")
), newest AS (
	SELECT g."place", n.* FROM given g CROSS JOIN LATERAL (SELECT "version", "gone" AS "was_gone", "image" AS "was"
		FROM {schema}."graph_journal" j WHERE j."kind" = g."kind" AND j."gid" = g."gid" ORDER BY "version" DESC LIMIT 1) n
), written AS (
	INSERT INTO {schema}."graph_journal" ("kind", "gid", "version", "gone", "image")
	SELECT "kind", "gid", nextval('{schema}."graph_version"'), "gone", "image" FROM given RETURNING "kind", "gid", "version"
)
SELECT w."version", coalesce(n."version", 0), coalesce(n."was_gone", true), CASE WHEN g."kind" = 2 THEN n."was" END
FROM given g JOIN written w USING ("kind", "gid") LEFT JOIN newest n USING ("place") ORDER BY g."place"`
	if len(g.touched) == 0 {
		return nil
	}
	keys := slices.SortedFunc(maps.Keys(g.touched), compareKeys)
	var kinds []int16
	var gids []string
	var gone []bool
	var images [][]byte
	for _, k := range keys {
		t := g.touched[k]
		kinds, gids, gone, images = append(kinds, int16(k.kind)), append(gids, k.gid), append(gone, t.gone), append(images, t.image)
	}
	rows, err := g.sql.Query(ctx, g.journal.schema.sql(insert), kinds, gids, gone, images)
	if err != nil {
		return pgerror.Wrap("journal: record", err)
	}
	defer rows.Close()
	versions := make([]int64, 0, len(keys))
	var stale []key
	for rows.Next() {
		var version, newest int64
		var wasGone bool
		var was []byte
		if err := rows.Scan(&version, &newest, &wasGone, &was); err != nil {
			return pgerror.Wrap("journal: record", err)
		}
		k := keys[len(versions)]
		versions = append(versions, version)
		behind, err := g.touched[k].judge(k, newest, wasGone, was)
		if err != nil {
			return err
		}
		if behind {
			stale = append(stale, k)
		}
	}
	if err := rows.Err(); err != nil {
		return pgerror.Wrap("journal: record", err)
	}
	if len(stale) > 0 {
		return &staleError{keys: stale}
	}
	return g.give(ctx, keys, versions)
}

// judge compares an entity, as it was when it was locked, with the newest image of it in the journal.
func (t *touch) judge(k key, newest int64, gone bool, was []byte) (behind bool, err error) {
	if t.seen > newest {
		return false, fmt.Errorf("%w: a %s has version %d, the journal's newest is %d", ErrAhead, k.kind, t.seen, newest)
	}
	if k.kind == graphimage.Relationship && newest > 0 {
		if err := sameHead(was, t.image); err != nil {
			return false, err
		}
	}
	return t.seen < newest && !(gone && t.seen == 0), nil
}

func sameHead(was, is []byte) error {
	a, err := graphimage.DecodeHead(was)
	if err != nil {
		return fmt.Errorf("journal: an image: %w", err)
	}
	b, err := graphimage.DecodeHead(is)
	if err != nil {
		return fmt.Errorf("journal: an image: %w", err)
	}
	if a.Type != b.Type || a.From != b.From || a.To != b.To {
		return ErrMoved
	}
	return nil
}

// give sets the versions in the graph.
func (g *Graph) give(ctx context.Context, keys []key, versions []int64) error {
	const nodes = `UNWIND $rows AS row MATCH (n) WHERE elementId(n) = row[0] SET n.{version} = row[1]`
	const relationships = `UNWIND $rows AS row MATCH ()-[r]->() WHERE elementId(r) = row[0] SET r.{version} = row[1]`
	rows := map[graphimage.Kind][]any{}
	for i, k := range keys {
		if t := g.touched[k]; !t.gone {
			rows[k.kind] = append(rows[k.kind], []any{t.element, versions[i]})
		}
	}
	for kind, statement := range map[graphimage.Kind]string{graphimage.Node: nodes, graphimage.Relationship: relationships} {
		if len(rows[kind]) == 0 {
			continue
		}
		if _, err := g.run(ctx, "give versions", g.journal.cypher(statement), map[string]any{"rows": rows[kind]}); err != nil {
			return err
		}
	}
	return nil
}

func compareKeys(a, b key) int {
	if a.kind != b.kind {
		return int(a.kind) - int(b.kind)
	}
	return strings.Compare(a.gid, b.gid)
}
