package blockstate

// conditions are what a range must meet to be left unread. All hold, but in the tests that show what each is for.
type conditions struct{ wasVisible, isVisible, sameMap, sameHeap bool }

func everyCondition() conditions { return conditions{true, true, true, true} }

// plan divides the ranges: those to keep as they are, those that are unchanged if the log positions of their pages say so,
// and those to read.
type plan struct{ keep, doubtful, read []int }

// plan compares a state whose values are yet to come with an earlier one of the same width, or none.
func (c conditions) plan(now, before *state) plan {
	var p plan
	for i := range now.visible {
		switch {
		case before == nil || i >= len(before.visible),
			!sameBlocks(i, now.extent, before.extent),
			c.wasVisible && !before.visible[i],
			c.isVisible && !now.visible[i]:
			p.read = append(p.read, i)
		case c.sameMap && !sameMap(i, now, before):
			p.doubtful = append(p.doubtful, i)
		default:
			p.keep = append(p.keep, i)
		}
	}
	return p
}

// sameBlocks reports whether a range has the same blocks in both: the table may have grown, or been cut off.
func sameBlocks(i int, now, before extent) bool {
	_, a := now.span(i)
	_, b := before.span(i)
	return a == b
}

// sameMap reports whether no mark has been set since in the pages of the map that cover a range.
func sameMap(i int, now, before *state) bool {
	first, after := now.extent.span(i)
	for page := first / blocksPerMap; page <= (after-1)/blocksPerMap; page++ {
		if page >= int64(len(now.maps)) || page >= int64(len(before.maps)) || now.maps[page] != before.maps[page] {
			return false
		}
	}
	return true
}
