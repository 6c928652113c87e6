package governance

import "slices"

// OperationInfo is what a guard knows of an operation that is bound to it.
type OperationInfo struct {
	Name    string   // on record
	Store   string   // of the dataset, as the operation names it; empty: the only one that has the dataset
	Dataset string   // that the call works on
	Action  Action   // what it does
	Fields  []string // that it reads or writes; empty: all of the dataset
}

// Operations returns the operations that are bound to the guard, in the order in which they were. The caller owns them.
func (g *Guard) Operations() []OperationInfo {
	g.wiring.Lock()
	defer g.wiring.Unlock()
	list := make([]OperationInfo, len(g.wired))
	for i, w := range g.wired {
		list[i] = OperationInfo{Name: w.name, Store: w.store, Dataset: w.dataset, Action: w.action, Fields: slices.Clone(w.fields)}
	}
	return list
}
