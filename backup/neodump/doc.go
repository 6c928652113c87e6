// Package neodump backs up a Neo4j database whose server is stopped, by the server's own tool, where an administrator's machine has
// the server's files. Of a server that runs and is to go on, package neosource takes the graph over the network.
//
// A [Source] has neo4j-admin check the database, then dump it. The dump is read while it passes: it is committed only when it is
// a whole archive and the tool says that it succeeded. It is compressed, so that a snapshot shares nothing with the one before it.
//
// A [Store] is where a snapshot is restored: a database of a stopped server. It is loaded in a folder beside its place, compared,
// made durable and renamed into place.
//
// What is compared: the name, the size and the SHA-256 of each file of the database and of its transaction logs, as the archive
// has them and as they are on the disk after the load. A dump's own digest is of no use, since an archive has the times of files;
// but the tool loads each file byte for byte, and its check changes none (seen with Neo4j 5.26). Numbers of nodes and
// relationships are not among the facts: no command of the tool prints them. That files hold a sound graph is what the tool's
// check says, before the dump and after the load. A server changes the files when it starts: examine before.
//
// What a snapshot holds: the item "dump", whose chunks one after another are the archive, for `neo4j-admin database load
// --from-stdin`, and the facts. Versions: archives "DZV1" (Zstandard) and "DGV1" (gzip), which Neo4j 5 writes; others are refused.
//
// The tool is run as the user of this process: it must be the one that the server runs as, or one that may read, and for a Store
// write, its files as the server can use them. Its messages may quote data, so that no error repeats them.
package neodump
