// Package neopolicy lays the rules of package governance down in Cypher: predicates that bound a query over a graph to what
// the caller may reach, and a report of what is in the graph and not in the manifest.
//
//	reach, err := guard.Reach(ctx, governance.Target{Dataset: "Note", Action: governance.Read})
//	where, parameters, err := neopolicy.Predicate(reach, neopolicy.Query{Variable: "n"})
//	result, err := neo4j.ExecuteQuery(ctx, driver, "MATCH (n:Note) WHERE "+where+" RETURN n LIMIT 20", parameters, ...)
//
// # Datasets
//
// A dataset of the manifest names a label, such as "Note", or a relationship type as Cypher writes it, "[:WROTE]". Its
// subject is the property with the person's id. A node with several labels is covered by each that is declared.
//
// # What the server enforces
//
// Nothing: the Community edition has neither roles nor rights on labels and properties, and whoever knows its password may
// do everything. The predicate holds for the queries that it is put into, and Report says so. Of the Enterprise edition,
// which has such rights, nothing is assessed, and Report says that too.
//
// # Vector indexes
//
// db.index.vector.queryNodes takes no predicate: it finds the nearest of all nodes, and a WHERE after it only thins them
// out. Ask it for more than are wanted, put the predicate into the same statement, and treat fewer than wanted as an answer
// that may be incomplete; where that is not good enough, compare all nodes that the predicate admits:
//
//	MATCH (n:Note) WHERE <predicate>
//	RETURN n ORDER BY vector.similarity.cosine(n.embedding, $vector) DESC LIMIT $k
//
// Everything in this package is safe for concurrent use.
package neopolicy
