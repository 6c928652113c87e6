// Package neokb is a knowledge base of Japanese in Neo4j: nodes such as words and kanji, whose properties are facts.
//
// A [Config] maps labels and properties to kinds of facts; [TutorLabels] is the mapping of the tutor's graph. Items are looked up in batches,
// one statement for each label, and what was found is kept for a while, also that nothing was. Names are in the statements, quoted; values are
// parameters. Nothing is written.
//
// A server that cannot be reached is an error, and never an answer that nothing is known.
package neokb
