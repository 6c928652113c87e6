package journal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/graphimage"
	"github.com/shugo-data/shugo/internal/pgerror"
)

// settleBatch is how many entities are looked at together.
const settleBatch = 1000

// Settle gives the graph what the journal has and the graph has not: after a connection or a process was lost between the
// two commits of a write. It returns how many entities it had to give. Calling it again, or from several places, does no harm.
func (j *Journal) Settle(ctx context.Context) (int, error) {
	_, given, err := j.settle(ctx)
	return given, err
}

// Run settles every so often until its context ends, and returns nothing then. A failure is reported, and tried again the next
// time; report may be nil.
func (j *Journal) Run(ctx context.Context, every time.Duration, report func(given int, err error)) error {
	if every <= 0 {
		return errors.New("journal: run: the interval is not positive")
	}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		given, err := j.Settle(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if report != nil && (err != nil || given > 0) {
			report(given, err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// settle also returns a snapshot of transactions: all that it shows of the journal is in the graph.
func (j *Journal) settle(ctx context.Context) (snapshot string, given int, err error) {
	const changed = `SELECT s."settled"::text, pg_current_snapshot()::text FROM {schema}."graph_state" s`
	const keysSince = `SELECT DISTINCT "kind", "gid" FROM {schema}."graph_journal"
		WHERE "tx" >= pg_snapshot_xmin($1::pg_snapshot) AND NOT pg_visible_in_snapshot("tx", $1::pg_snapshot) ORDER BY 1, 2`
	const settled = `UPDATE {schema}."graph_state" SET "settled" = $1::pg_snapshot
		WHERE pg_snapshot_xmin("settled") <= pg_snapshot_xmin($1::pg_snapshot)`
	var since string
	if err := j.pool.QueryRow(ctx, j.schema.sql(changed)).Scan(&since, &snapshot); err != nil {
		return "", 0, pgerror.Wrap("journal: settle", err)
	}
	rows, err := j.pool.Query(ctx, j.schema.sql(keysSince), since)
	if err != nil {
		return "", 0, pgerror.Wrap("journal: settle", err)
	}
	keys, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (k key, err error) { return k, row.Scan(&k.kind, &k.gid) })
	if err != nil {
		return "", 0, pgerror.Wrap("journal: settle", err)
	}
	for batch := range slices.Chunk(keys, settleBatch) {
		behind, err := j.behind(ctx, batch)
		if err != nil {
			return "", given, err
		}
		if err := j.settleKeys(ctx, behind); err != nil {
			return "", given, err
		}
		given += len(behind)
	}
	_, err = j.pool.Exec(ctx, j.schema.sql(settled), snapshot)
	return snapshot, given, pgerror.Wrap("journal: settle", err)
}

// newest is the newest image of an entity.
type newest struct {
	key
	Version int64
	Gone    bool
	Image   []byte
}

// newestOf returns what the journal has of entities. The statement sees what is committed when it begins.
func (j *Journal) newestOf(ctx context.Context, keys []key) ([]newest, error) {
	const query = `SELECT g."kind", g."gid", n.* FROM unnest($1::smallint[], $2::text[]) AS g("kind", "gid") CROSS JOIN LATERAL (
		SELECT "version", "gone", "image" FROM {schema}."graph_journal" j WHERE j."kind" = g."kind" AND j."gid" = g."gid"
		ORDER BY "version" DESC LIMIT 1) n ORDER BY 1, 2`
	kinds, gids := make([]int16, len(keys)), make([]string, len(keys))
	for i, k := range keys {
		kinds[i], gids[i] = int16(k.kind), k.gid
	}
	rows, err := j.pool.Query(ctx, j.schema.sql(query), kinds, gids)
	if err != nil {
		return nil, pgerror.Wrap("journal: newest images", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (n newest, err error) {
		return n, row.Scan(&n.kind, &n.gid, &n.Version, &n.Gone, &n.Image)
	})
	return list, pgerror.Wrap("journal: newest images", err)
}

// behind returns the entities of which the graph shows an older version than the journal has. It locks nothing: what is
// about to be committed by a writer seems to be behind, and what is not behind is committed.
func (j *Journal) behind(ctx context.Context, keys []key) ([]key, error) {
	list, err := j.newestOf(ctx, keys)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	g := &Graph{journal: j}
	defer g.close(ctx)
	versions, err := g.versions(ctx, list, false)
	if err != nil {
		return nil, err
	}
	var behind []key
	for _, n := range list {
		version, found := versions[n.key]
		if found && version < n.Version || !found && !n.Gone {
			behind = append(behind, n.key)
		}
	}
	return behind, nil
}

// settleKeys gives the graph the newest images of entities where it has older ones.
func (j *Journal) settleKeys(ctx context.Context, keys []key) error {
	var err error
	for try := range j.tries {
		if try > 0 {
			if stop := pause(ctx, try); stop != nil {
				return stop
			}
		}
		if err = j.trySettle(ctx, keys); err == nil || !passing(err) {
			return err
		}
	}
	return err
}

// trySettle locks, then reads the journal, then applies: whoever wrote one of the entities later has committed to the
// journal before the lock was to be had, so that nothing newer is overwritten and nothing deleted comes back.
func (j *Journal) trySettle(ctx context.Context, keys []key) error {
	list, err := j.newestOf(ctx, keys)
	if err != nil || len(list) == 0 {
		return err
	}
	g := &Graph{journal: j}
	defer g.close(ctx)
	nodes, relationships := split(list)
	if err := g.settleNodes(ctx, nodes); err != nil {
		return err
	}
	if err := g.settleRelationships(ctx, relationships); err != nil {
		return err
	}
	return g.commit(ctx)
}

func split(list []newest) (nodes, relationships []newest) {
	for _, n := range list {
		if n.kind == graphimage.Node {
			nodes = append(nodes, n)
		} else {
			relationships = append(relationships, n)
		}
	}
	return nodes, relationships
}

func keysOf(list []newest) []key {
	keys := make([]key, len(list))
	for i, n := range list {
		keys[i] = n.key
	}
	return keys
}

func (g *Graph) settleNodes(ctx context.Context, nodes []newest) error {
	const put = `UNWIND $rows AS row MATCH (n:{label} {{gid}: row.gid}) WITH n, row, [l IN labels(n) WHERE NOT l IN row.labels] AS others
		REMOVE n:$(others) SET n:$(row.labels) SET n = row.properties`
	const remove = `UNWIND $rows AS row MATCH (n:{label} {{gid}: row.gid}) DETACH DELETE n`
	if len(nodes) == 0 {
		return nil
	}
	versions, err := g.versions(ctx, nodes, true)
	if err != nil {
		return err
	}
	if nodes, err = g.journal.newestOf(ctx, keysOf(nodes)); err != nil {
		return err
	}
	var puts, removals []any
	var decoder graphimage.Decoder
	for _, n := range nodes {
		switch version := versions[n.key]; {
		case n.Gone:
			removals = append(removals, map[string]any{"gid": n.gid})
		case version < n.Version:
			i, err := decoder.Decode(graphimage.Node, n.Image)
			if err != nil {
				return fmt.Errorf("journal: version %d: %w", n.Version, err)
			}
			puts = append(puts, map[string]any{"gid": n.gid, "labels": append(i.Labels, g.journal.names.Label), "properties": g.journal.properties(n, i)})
		}
	}
	if _, err = g.run(ctx, "settle nodes", g.journal.cypher(put), map[string]any{"rows": puts}); err != nil {
		return err
	}
	_, err = g.run(ctx, "settle nodes", g.journal.cypher(remove), map[string]any{"rows": removals})
	return err
}

// properties are those of an entity in the graph.
func (j *Journal) properties(n newest, i graphimage.Image) map[string]any {
	i.Properties[j.names.GID], i.Properties[j.names.Version] = n.gid, n.Version
	return i.Properties
}

func (g *Graph) settleRelationships(ctx context.Context, relationships []newest) error {
	const put = `UNWIND $rows AS row MATCH (:{label} {{gid}: row.from})-[r:{type} {{gid}: row.gid}]->(:{label} {{gid}: row.to}) SET r = row.properties`
	const remove = `UNWIND $rows AS row MATCH (:{label} {{gid}: row.from})-[r:{type} {{gid}: row.gid}]->(:{label} {{gid}: row.to}) DELETE r`
	if len(relationships) == 0 {
		return nil
	}
	versions, err := g.versions(ctx, relationships, true)
	if err != nil {
		return err
	}
	if relationships, err = g.journal.newestOf(ctx, keysOf(relationships)); err != nil {
		return err
	}
	puts, removals := map[string][]any{}, map[string][]any{}
	var decoder graphimage.Decoder
	for _, n := range relationships {
		version, found := versions[n.key]
		if n.Gone {
			head, err := graphimage.DecodeHead(n.Image)
			if err != nil {
				return fmt.Errorf("journal: version %d: %w", n.Version, err)
			}
			removals[head.Type] = append(removals[head.Type], row(n, head))
			continue
		}
		i, err := decoder.Decode(graphimage.Relationship, n.Image)
		switch {
		case err != nil:
			return fmt.Errorf("journal: version %d: %w", n.Version, err)
		case !found:
			return g.missing(ctx, []key{{graphimage.Node, i.From.GID}, {graphimage.Node, i.To.GID}})
		case version < n.Version:
			r := row(n, i)
			r["properties"] = g.journal.properties(n, i)
			puts[i.Type] = append(puts[i.Type], r)
		}
	}
	for statement, rows := range map[string]map[string][]any{put: puts, remove: removals} {
		for kind, list := range rows {
			if _, err := g.run(ctx, "settle relationships", g.journal.typed(statement, kind), map[string]any{"rows": list}); err != nil {
				return err
			}
		}
	}
	return nil
}

func row(n newest, i graphimage.Image) map[string]any {
	return map[string]any{"gid": n.gid, "from": i.From.GID, "to": i.To.GID}
}

// versions returns the versions of those entities that the graph has. With lock it locks them, until the transaction ends,
// and makes those that it has not, with version 0, so that nobody else makes them meanwhile; those that are to be gone are
// only locked if they are there.
func (g *Graph) versions(ctx context.Context, list []newest, lock bool) (map[key]int64, error) {
	const readNodes = `UNWIND $rows AS row MATCH (n:{label} {{gid}: row.gid}) RETURN row.gid, coalesce(n.{version}, 0), n.{gid}`
	const lockNodes = `UNWIND $rows AS row MERGE (n:{label} {{gid}: row.gid}) SET n.{version} = coalesce(n.{version}, 0) RETURN row.gid, n.{version}, n.{gid}`
	const readRelationships = `UNWIND $rows AS row MATCH (:{label} {{gid}: row.from})-[r:{type} {{gid}: row.gid}]->(:{label} {{gid}: row.to})
		RETURN row.gid, coalesce(r.{version}, 0), r.{gid}`
	const lockRelationships = `UNWIND $rows AS row MATCH (a:{label} {{gid}: row.from}) MATCH (b:{label} {{gid}: row.to})
		MERGE (a)-[r:{type} {{gid}: row.gid}]->(b) SET r.{version} = coalesce(r.{version}, 0) RETURN row.gid, r.{version}, r.{gid}`
	var nodes []any
	types := map[string][]any{}
	for _, n := range list {
		if n.kind == graphimage.Node {
			nodes = append(nodes, map[string]any{"gid": n.gid})
			continue
		}
		head, err := graphimage.DecodeHead(n.Image)
		if err != nil {
			return nil, fmt.Errorf("journal: version %d: %w", n.Version, err)
		}
		types[head.Type] = append(types[head.Type], row(n, head))
	}
	ofNodes, ofRelationships := readNodes, readRelationships
	if lock {
		ofNodes, ofRelationships = lockNodes, lockRelationships
	}
	found := map[key]int64{}
	if len(nodes) > 0 {
		if err := g.found(ctx, graphimage.Node, g.journal.cypher(ofNodes), nodes, found); err != nil {
			return nil, err
		}
	}
	for kind, rows := range types {
		if err := g.found(ctx, graphimage.Relationship, g.journal.typed(ofRelationships, kind), rows, found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func (g *Graph) found(ctx context.Context, kind graphimage.Kind, statement string, rows []any, found map[key]int64) error {
	records, err := g.run(ctx, "versions", statement, map[string]any{"rows": rows})
	if err != nil {
		return err
	}
	for _, r := range records {
		gid, version := r.Values[0].(string), r.Values[1]
		v, is := version.(int64)
		if !is || r.Values[2] != gid {
			return g.raced(kind, gid)
		}
		found[key{kind, gid}] = v
	}
	return nil
}
