// Package journal makes the writes of a Neo4j graph part of transactions of PostgreSQL, so that both can be restored to one
// moment, and neither can have what the other has lost.
//
//	err := j.Do(ctx, func(ctx context.Context, tx pgx.Tx, graph *journal.Graph) error {
//		if _, err := tx.Exec(ctx, `INSERT INTO card (id, word) VALUES ($1, $2)`, id, word); err != nil {
//			return err
//		}
//		return graph.PutNodes(ctx, journal.Node{GID: id, Labels: []string{"Card"}, Properties: map[string]any{"word": word}})
//	})
//
// # Governed entities
//
// A governed node has a label of its own ("Governed"), a property with the host's own stable id ("gid") and one with its
// version ("gseq"); a governed relationship has the two properties, and governed nodes at its ends. All of their writes go
// through Graph. What is written past it is neither lost nor refused, but it has no moment: backups find and report it.
//
// # Order
//
// A write changes the graph in a transaction of Neo4j, which locks what it touches. Only then does each touched entity get
// its version, from a sequence of PostgreSQL, and its image as the server has it goes into the journal, within the SQL
// transaction. PostgreSQL commits first, then the graph, which gives the locks back. Hence the versions of one entity ascend
// in the order in which they become visible, and what the graph shows is always in the journal already.
//
// # Failures
//
// Between the two commits a process may end, or a connection break. The journal is the truth then: the write is committed. Do
// settles it at once when it can; otherwise the error is an *UnsettledError. Settle gives the graph what it lacks. It locks
// an entity, reads its newest image, and applies it if the graph's version is older; so it may be repeated, and run beside
// writers. A writer that touches an entity whose newest image the graph has not got yet is told by the journal, which settles
// it and tries again: no write is ever based on a lost state.
//
// A transaction of PostgreSQL and one of Neo4j may wait for each other's locks, which neither server sees. Writes that lock
// rows and nodes in the same order do not; for others, Config.Timeout ends the wait, and the write is tried again.
//
// # Concurrency
//
// A Journal is safe for concurrent use. Only Run lasts, until its context ends.
package journal
