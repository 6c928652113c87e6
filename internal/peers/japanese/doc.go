// Package japanese compares package japanese with its peers: textlint (15.8.0) with preset-ja-technical-writing (12.0.2, 23 rules),
// the pipeline of GiNZA (5.3.0, ja_ginza), and jreadability (1.1.5, with fugashi and unidic-lite). All of it is tests:
//
//	go test                                        the peers find what is known; the library scores as jreadability does, and finds
//	                                               what textlint finds where both have a rule for the same
//	go test -run - -bench Versus -benchtime 3x     each side by itself: characters per second, start-up, memory
//	go test -run - -bench Ratio -benchtime 5x      how many times slower each peer is, as a median over rounds by turns
//
// They need SHUGO_CORPORA, a folder with japanese/readability.json (543 sentences of a treebank) and japanese/rules.json (texts to warm
// up with); and, for the side of each peer:
//
//	./node.sh DIR && export SHUGO_TEXTLINT=DIR
//	./venv.sh ginza DIR && export SHUGO_GINZA=DIR/bin/python
//	./venv.sh jreadability DIR && export SHUGO_JREADABILITY=DIR/bin/python
//
// Once installed, nothing is fetched.
//
// # What is measured
//
// The CPU time of all threads of a side, each in a process of its own that is bound to one CPU where taskset is there, the library with
// GOMAXPROCS=1 and its garbage collection included. Characters per second are those of the sentences over that time: unlike
// the time on the clock, which is reported beside it, it hardly changes with what else the machine does. Start-up, until a first short
// text is done, is apart and in no ratio; so is a warm-up with other texts, which compiles what a side compiles while it runs.
// textlint keeps the analysis of each sentence that it has seen, so it gets the sentences once in a process, as GiNZA does, which takes
// ten seconds for them; the others get them ten times over.
//
// # What is compared
//
//   - textlint: one document of all sentences, by its 23 rules, against all rules of the library (see ours),
//     those of low severity too.
//   - GiNZA: its whole pipeline, in batches as spaCy makes them, against the same rules with each sentence as a document of its own.
//     They do different things with their words, so the ratio says only what it costs to have a text looked at.
//   - jreadability: the score of each sentence with one tagger for all, which is C++ (MeCab) but for the counting, against the score
//     of the library, analysis included.
//
// # What is not compared
//
// Other rules of textlint, other models of GiNZA, the tools' command lines, more than one core, and how right their findings are: that
// is measured in package japanese/unidic.
package japanese
