// Package japanese checks Japanese text as a language teacher and a proofreader would: whether it is intact, right, at a learner's level
// and in the right register, and whether an explanation agrees with what is known.
//
// A [Document] is a text analysed once: its sentences and, where an [Analyzer] is wired, its words. A [Rule] is a pure function over a
// document. A [Finding] says where (in bytes, runes and UTF-16 units), why, how sure, and what would mend it; it holds no text of the
// document but what its fix puts in the place. A rule that needs what is not wired is skipped, and says so: skipped is never a pass.
//
// The package imports the standard library, golang.org/x/text and package quality; the dictionary is in japanese/unidic.
package japanese
