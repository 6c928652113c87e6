// Package neopolicy carries the rules of a manifest into a Neo4j graph: a Cypher predicate that bounds a query to what a
// caller may reach, and a report of where the graph is not as the manifest declares it.
//
//	reach, err := guard.Reach(ctx, governance.Target{Dataset: "Memo", Action: governance.Read})
//	where, params, err := neopolicy.Predicate(reach, neopolicy.Query{Variable: "m", Standing: "Standing"})
//	result, err := neo4j.ExecuteQuery(ctx, driver, "MATCH (m:Memo) WHERE "+where+" RETURN m.text", params, ...)
//
// # Labels and relationship types
//
// A dataset of the manifest is a label, or, in Cypher's own notation, a relationship type: "Teacher", "[:TEACHES]". Its Subject
// is the property with the person's id, a string. A node with several labels is a record of each of their datasets: a query
// that reaches it through one must be bounded for all, with one predicate and one Prefix for each, joined by AND. A predicate
// bounds one variable: a pattern of several, such as (m:Memo)-[r:ABOUT]->(w:Word), has one for each.
//
// # Nearest vectors
//
// A vector index takes no predicate: db.index.vector.queryNodes returns the nearest of all nodes, whoever may see them.
// To take them and leave out, in Go, what is not within reach returns too few without saying so. Sound is to ask the index
// for more candidates than are needed, to put the predicate into the same statement, and to have it tell how many there were:
//
//	CALL db.index.vector.queryNodes($index, $candidates, $vector) YIELD node, score
//	WITH collect({node: node, score: score}) AS found
//	RETURN size(found) AS candidates, COLLECT {
//		UNWIND found AS f WITH f.node AS n, f.score AS score WHERE <predicate>
//		RETURN n.id ORDER BY score DESC LIMIT $k
//	} AS nearest
//
// With k nearest the answer is as good as the index, which is approximate. With fewer, and as many candidates as were asked
// for, there may be others further away: ask for more. With fewer candidates than were asked for, there are no others. Where
// few records are within reach, exact search reads those alone, and misses none:
//
//	MATCH (n:Memo) WHERE <predicate> AND n.embedding IS NOT NULL
//	RETURN n.id ORDER BY vector.similarity.cosine(n.embedding, $vector) DESC LIMIT $k
//
// # What the server enforces
//
// In the Community edition nothing: it has no roles, no privileges on labels and properties and no constraints on the
// existence of properties. Whoever has the password goes around every rule, and a query without its predicate reads
// everything. Report.Enforcement says so. Of the Enterprise edition, which has privileges, it says that they were not
// assessed. Policies written in Go (governance.Policy) about particular persons are the guard's alone.
//
// # Drift
//
// New takes the manifest; Policy.Drift finds labels, types and properties that nobody declared, what is declared and not
// there, missing indexes and constraints, and subjects that no predicate can read, with Cypher that repairs what can be
// repaired without a decision. Policy.Fields lists everything with its category.
//
// # Versions
//
// The text is Cypher 5, and tested on Neo4j 5.26 alone. Where a server's default is a later Cypher, statements want the prefix
// CYPHER 5, since Quote relies on how that reads \uXXXX.
//
// # Concurrency
//
// Everything is safe for concurrent use. No goroutine is started.
//
// # Errors
//
//	ErrStanding               consent, restriction or a hold decides, and there is no label that tells
//	*governance.ManifestError New: the manifest has faults
package neopolicy
