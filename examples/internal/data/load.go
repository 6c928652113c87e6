package data

import (
	"cmp"
	_ "embed"
	"slices"
)

const (
	conversationsFile = "conversations.json"
	graphFile         = "graph.json"
)

//go:embed conversations.json
var conversationsJSON string

//go:embed graph.json
var graphJSON string

// Load decodes and checks the data set that is part of the program. Faults are all reported together in one
// [*ProblemsError]; the set is empty then. Each call returns a set of its own.
func Load() (Set, error) { return read(conversationsJSON, graphJSON) }

// read is Load for any two files. What the rows refer to is only checked once every row could be decoded, because a
// lost row would make each reference to it look wrong.
func read(conversations, graph string) (Set, error) {
	var set Set
	talk, net := &report{file: conversationsFile}, &report{file: graphFile}
	decodeConversations(talk, conversations, &set)
	decodeGraph(net, graph, &set)
	if len(talk.problems)+len(net.problems) == 0 {
		items := checkGraph(net, set)
		checkConversations(talk, set, items)
	}
	problems := slices.Concat(talk.problems, net.problems)
	if len(problems) > 0 {
		slices.SortStableFunc(problems, func(a, b *Problem) int { return cmp.Compare(a.File, b.File) })
		return Set{}, &ProblemsError{Problems: problems}
	}
	return set, nil
}
