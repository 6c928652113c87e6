// Package shugo is the documentation root of Shugo, an embeddable library for data governance.
//
// A host declares its data once, in a manifest: which tables, labels and fields it has, what category each belongs to, who
// may do what with it and for which purpose. It wraps its repository calls with package governance, and from then on every
// call is decided by those rules, masked where they say so, and put on record. What the manifest does not name is refused.
//
// This package holds no code. Start with [github.com/shugo-data/shugo/governance], or with examples/quickstart.
package shugo
