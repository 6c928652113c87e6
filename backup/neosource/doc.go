// Package neosource backs a graph of Neo4j up over Bolt, Community Edition included, and restores it to the cut of the
// PostgreSQL database that its writes belong to.
//
// # An exact state from a server that gives none
//
// A transaction that reads a graph sees what others commit meanwhile, so that an export shows no one moment. Of the writes that
// go through the journal (package journal) every version of a node and a relationship is known. A [Source] therefore
//
//  1. settles: all that the journal had at a mark is in the graph;
//  2. reads all nodes, then all relationships, while others write;
//  3. takes a cut: a position in PostgreSQL's log and the journal at it;
//  4. adds what the journal says of every entity that changed between the mark and the cut.
//
// What changed is taken from step 4, all else from step 2: it did not change, so that reading it at any time is as good. A
// [Graph] restores this state, or, given the journal of a restored database, that of the moment to which the database was
// restored: what the journal says changed since the cut supersedes the snapshot in the same way. So no reference between the two
// stores can dangle after a restore that could not before.
//
// # What is not governed
//
// Entities that were written past the journal are kept as they were read, which is at no one moment. A relationship whose end
// was not there when the nodes were read is left out and counted. Examine tells of both: of entities that are not governed,
// and, where it is given the journal, of governed ones that are not what the journal says. Constraints and indexes are kept as
// they are at the end of a backup.
//
// Examine a restored graph before writers, or Settle, use it with the restored journal: they give it what it lacks, without a word.
//
// # The form of a snapshot
//
// The item "about" is JSON and says what the snapshot is, "schema" is JSON with the statements that make constraints and
// indexes. The items "nodes-N" and "relationships-N" have the entities with the server's ids from N times 8192 on, in the order
// of the ids, as records of internal/graphimage, so that where nothing changed the bytes are those of the snapshot before and
// are not stored again. "changes" has records of what supersedes them. "facts" are counts and digests of the state at the cut.
//
// # Limits
//
// A property of the type LocalDateTime that lies within an hour of a change of the clocks of this program's time zone is refused,
// since the driver may have moved it; run with TZ=UTC, or where the clocks do not change, and there is none. So is a time in a
// zone that this machine does not know. An entity of more than 16 MiB is refused. A backup holds some 50 bytes for each entity in
// memory, a restore some 8 bytes for each node and the stable ids of what changed. The journal keeps what snapshots may need until
// [Source.Trim] is called. Users, roles and the settings of a server are not part of a graph.
package neosource
